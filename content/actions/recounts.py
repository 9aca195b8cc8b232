"""Finding the counters of posts, comments and stories that differ from the rows, and mending them."""

import uuid
from collections.abc import Callable
from collections.abc import Collection as Ids
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from content.models import (
    Collection,
    Comment,
    Community,
    Highlight,
    Poll,
    PollOption,
    Post,
    Story,
    Tag,
)
from content.selectors.tallies import (
    Tallies,
    tally_collections,
    tally_comments,
    tally_communities,
    tally_highlights,
    tally_polls,
    tally_posts,
    tally_stories,
    tally_tags,
    tally_votes,
)
from grover.core.batches import batches_of_ids
from grover.core.caching import bump
from grover.core.db import atomic
from messaging.enums import ReactionKind

REACTION_FIELDS = ("reaction_count", *(f"{kind.value}_count" for kind in ReactionKind))


@dataclass(frozen=True, slots=True)
class Drift:
    """A counter that was wrong."""

    kind: str
    id: uuid.UUID
    field: str
    was: int
    is_now: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A kind of thing that has counters, and how to count again."""

    kind: str
    rows: Any
    fields: tuple[str, ...]
    tally: Callable[[Ids[uuid.UUID]], Tallies]
    stamp: str


POSTS = Counted(
    "post",
    Post.objects,
    (*REACTION_FIELDS, "comment_count", "repost_count", "quote_count", "save_count", "view_count"),
    tally_posts,
    "post:{pk}",
)
COMMENTS = Counted(
    "comment", Comment.objects, (*REACTION_FIELDS, "reply_count"), tally_comments, "comments:{post_id}"
)
TAGS = Counted("tag", Tag.objects, ("post_count", "follower_count"), tally_tags, "tag:{name}")
POLLS = Counted("poll", Poll.objects, ("voter_count",), tally_polls, "post:{pk}")
OPTIONS = Counted("poll option", PollOption.objects, ("vote_count",), tally_votes, "post:{post_id}")
COLLECTIONS = Counted("collection", Collection.objects, ("follower_count",), tally_collections, "")
COMMUNITIES = Counted("community", Community.objects, ("member_count",), tally_communities, "community:{pk}")
STORIES = Counted(
    "story", Story.objects, (*REACTION_FIELDS, "view_count", "highlight_count"), tally_stories, "story:{pk}"
)
HIGHLIGHTS = Counted("highlight", Highlight.objects, ("story_count",), tally_highlights, "highlight:{pk}")
ALL = (POSTS, COMMENTS, STORIES, HIGHLIGHTS, TAGS, POLLS, OPTIONS, COLLECTIONS, COMMUNITIES)


def recount_content(*, mend: bool = True) -> list[Drift]:
    """Compare all counters with the rows, give what differs and, unless told not to, mend it."""
    return [
        drift
        for counted in ALL
        for ids in batches_of_ids(counted.rows.all())
        for key in _suspects(counted, ids)
        for drift in _settle(counted, key, mend)
    ]


def _suspects(counted: Counted, ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Name the things whose counters seem wrong; a change under way may add some."""
    said = {row.pk: row for row in counted.rows.filter(pk__in=ids)}
    tallies = counted.tally(ids)
    return [
        key
        for key in ids
        if key in said and any(getattr(said[key], name) != tallies[key][name] for name in counted.fields)
    ]


@atomic
def _settle(counted: Counted, key: uuid.UUID, mend: bool) -> list[Drift]:
    """Count one thing again while nobody changes its counters, and set what is wrong."""
    this = counted.rows.filter(pk=key)
    first = counted.fields[0]
    this.update(**{first: F(first)})  # others wait for this row, or start again
    row = this.first()
    if row is None:
        return []
    tally = counted.tally([key])[key]
    drifts = [
        Drift(counted.kind, key, name, was, tally[name])
        for name in counted.fields
        if (was := getattr(row, name)) != tally[name]
    ]
    if drifts and mend:
        this.update(**{drift.field: drift.is_now for drift in drifts})
        bump(counted.stamp.format_map({"pk": key, **vars(row)}))
    return drifts
