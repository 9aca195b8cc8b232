"""The tables of content; private to it."""

from content.models.comments import Comment, CommentReaction
from content.models.highlights import Highlight, HighlightShelf, HighlightStory
from content.models.posts import (
    PinnedPost,
    Post,
    PostReaction,
    PostRevision,
    PostView,
    SavedPost,
)
from content.models.stories import CloseFriend, Story, StoryReaction, StoryView

__all__ = [
    "CloseFriend",
    "Comment",
    "CommentReaction",
    "Highlight",
    "HighlightShelf",
    "HighlightStory",
    "PinnedPost",
    "Post",
    "PostReaction",
    "PostRevision",
    "PostView",
    "SavedPost",
    "Story",
    "StoryReaction",
    "StoryView",
]
