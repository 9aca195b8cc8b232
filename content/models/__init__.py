"""The tables of content; private to it."""

from content.models.collections import Collection, CollectionFollow, CollectionItem
from content.models.comments import Comment, CommentReaction
from content.models.communities import Community, CommunityMember, CommunityRequest
from content.models.drafts import Draft
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
from content.models.tags import Category, Mention, PostTag, Tag, TagFollow
from content.models.trends import Trend

__all__ = [
    "Category",
    "Collection",
    "CollectionFollow",
    "CollectionItem",
    "Comment",
    "CommentReaction",
    "Community",
    "CommunityMember",
    "CommunityRequest",
    "Draft",
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
    "Tag",
    "TagFollow",
    "Trend",
]
