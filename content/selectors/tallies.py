"""Counting the rows that counters stand for."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count, QuerySet

from content.models import (
    CollectionFollow,
    Comment,
    CommentReaction,
    CommunityMember,
    HighlightStory,
    PollOption,
    PollVote,
    Post,
    PostReaction,
    PostTag,
    PostView,
    Repost,
    SavedPost,
    StoryReaction,
    StoryView,
    Tag,
    TagFollow,
)
from content.models.moderation import COUNTED

Tallies = dict[uuid.UUID, Counter[str]]


def tally_posts(ids: Collection[uuid.UUID]) -> Tallies:
    """Count, by counter, what hangs on each of these posts."""
    tallies: Tallies = defaultdict(Counter)
    _add_reactions(tallies, PostReaction.objects.filter(post_id__in=ids), "post_id")
    comments = Comment.objects.filter(post_id__in=ids, moderation__in=COUNTED)
    _add(tallies, comments.filter(parent__isnull=True), "post_id", "comment_count")
    replies = comments.filter(parent__post_id__in=ids, parent__moderation__in=COUNTED)
    _add(tallies, replies, "post_id", "comment_count")
    _add(tallies, Repost.objects.filter(post_id__in=ids), "post_id", "repost_count")
    quotes = Post.objects.filter(quote_of_id__in=ids, moderation__in=COUNTED)
    _add(tallies, quotes, "quote_of_id", "quote_count")
    _add(tallies, SavedPost.objects.filter(post_id__in=ids), "post_id", "save_count")
    _add(tallies, PostView.objects.filter(post_id__in=ids), "post_id", "view_count")
    return tallies


def tally_comments(ids: Collection[uuid.UUID]) -> Tallies:
    """Count, by counter, what hangs on each of these comments."""
    tallies: Tallies = defaultdict(Counter)
    _add_reactions(tallies, CommentReaction.objects.filter(comment_id__in=ids), "comment_id")
    replies = Comment.objects.filter(parent_id__in=ids, moderation__in=COUNTED)
    _add(tallies, replies, "parent_id", "reply_count")
    return tallies


def tally_tags(ids: Collection[uuid.UUID]) -> Tallies:
    """Count, by counter, what bears and who follows each of these tags."""
    keys = dict(Tag.objects.filter(pk__in=ids).values_list("name", "pk"))
    tallies: Tallies = defaultdict(Counter)
    for table, field in ((PostTag, "post_count"), (TagFollow, "follower_count")):
        rows = table._default_manager.filter(tag__in=list(keys)).values_list("tag")
        for name, number in rows.annotate(number=Count("pk")):
            tallies[keys[name]][field] += number
    return tallies


def tally_votes(ids: Collection[uuid.UUID]) -> Tallies:
    """Count who chose each of these options of polls."""
    places = {
        (post_id, position): key
        for key, post_id, position in PollOption.objects.filter(pk__in=ids).values_list(
            "pk", "post_id", "position"
        )
    }
    tallies: Tallies = defaultdict(Counter)
    votes = PollVote.objects.filter(post_id__in={post_id for post_id, _ in places})
    for post_id, options in votes.values_list("post_id", "options").iterator():
        for position in options:
            if (post_id, position) in places:
                tallies[places[post_id, position]]["vote_count"] += 1
    return tallies


def tally_polls(ids: Collection[uuid.UUID]) -> Tallies:
    """Count who answered each of these polls."""
    tallies: Tallies = defaultdict(Counter)
    _add(tallies, PollVote.objects.filter(post_id__in=ids), "post_id", "voter_count")
    return tallies


def tally_communities(ids: Collection[uuid.UUID]) -> Tallies:
    """Count the members of each of these communities."""
    tallies: Tallies = defaultdict(Counter)
    _add(tallies, CommunityMember.objects.filter(community_id__in=ids), "community_id", "member_count")
    return tallies


def tally_collections(ids: Collection[uuid.UUID]) -> Tallies:
    """Count who follows each of these collections."""
    tallies: Tallies = defaultdict(Counter)
    _add(tallies, CollectionFollow.objects.filter(collection_id__in=ids), "collection_id", "follower_count")
    return tallies


def tally_stories(ids: Collection[uuid.UUID]) -> Tallies:
    """Count, by counter, what hangs on each of these stories."""
    tallies: Tallies = defaultdict(Counter)
    _add_reactions(tallies, StoryReaction.objects.filter(story_id__in=ids), "story_id")
    _add(tallies, StoryView.objects.filter(story_id__in=ids), "story_id", "view_count")
    _add(tallies, HighlightStory.objects.filter(story_id__in=ids), "story_id", "highlight_count")
    return tallies


def tally_highlights(ids: Collection[uuid.UUID]) -> Tallies:
    """Count the stories of each of these highlights."""
    tallies: Tallies = defaultdict(Counter)
    _add(tallies, HighlightStory.objects.filter(highlight_id__in=ids), "highlight_id", "story_count")
    return tallies


def count_posts(author_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count the posts of people; those without any are left out."""
    rows = Post.objects.filter(author_id__in=author_ids, moderation__in=COUNTED).values_list("author_id")
    return dict(rows.annotate(number=Count("pk")))


def _add(tallies: Tallies, rows: QuerySet[Any], thing: str, field: str) -> None:
    for key, number in rows.values_list(thing).annotate(number=Count("pk")):
        tallies[key][field] += number


def _add_reactions(tallies: Tallies, rows: QuerySet[Any], thing: str) -> None:
    for key, kind, number in rows.values_list(thing, "kind").annotate(number=Count("pk")):
        tallies[key]["reaction_count"] += number
        tallies[key][f"{kind}_count"] += number
