"""The tables of content; private to it."""

from content.models.comments import Comment, CommentReaction
from content.models.posts import (
    PinnedPost,
    Post,
    PostReaction,
    PostRevision,
    PostView,
    SavedPost,
)

__all__ = [
    "Comment",
    "CommentReaction",
    "PinnedPost",
    "Post",
    "PostReaction",
    "PostRevision",
    "PostView",
    "SavedPost",
]
