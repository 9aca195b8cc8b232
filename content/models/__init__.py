"""The tables of content; private to it."""

from content.models.collections import Collection, CollectionFollow, CollectionItem
from content.models.comments import Comment, CommentReaction
from content.models.communities import Community, CommunityMember, CommunityRequest
from content.models.drafts import Draft
from content.models.highlights import Highlight, HighlightShelf, HighlightStory
from content.models.polls import Poll, PollOption, PollVote
from content.models.posts import (
    PinnedPost,
    Post,
    PostReaction,
    PostRevision,
    PostView,
    SavedPost,
)
from content.models.reposts import Repost
from content.models.search import IndexedPost
from content.models.stories import CloseFriend, Story, StoryReaction, StoryView
from content.models.tags import Category, Mention, PostTag, Tag, TagFollow
from content.models.trends import Trend

__all__ = [
    "Category",
    "CloseFriend",
    "Collection",
    "CollectionFollow",
    "CollectionItem",
    "Comment",
    "CommentReaction",
    "Community",
    "CommunityMember",
    "CommunityRequest",
    "Draft",
    "Highlight",
    "HighlightShelf",
    "HighlightStory",
    "IndexedPost",
    "Mention",
    "PinnedPost",
    "Poll",
    "PollOption",
    "PollVote",
    "Post",
    "PostReaction",
    "PostRevision",
    "PostTag",
    "PostView",
    "Repost",
    "SavedPost",
    "Story",
    "StoryReaction",
    "StoryView",
    "Tag",
    "TagFollow",
    "Trend",
]
