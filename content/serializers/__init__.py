"""What clients send about content, a module per noun."""

from content.serializers.posts import (
    CommentChanges,
    CommentInput,
    CommentQuery,
    MediaIdsField,
    MediaQuery,
    PostChanges,
    PostInput,
    PostQuery,
    ReactionInput,
    ReactionQuery,
)

__all__ = [
    "CommentChanges",
    "CommentInput",
    "CommentQuery",
    "MediaIdsField",
    "MediaQuery",
    "PostChanges",
    "PostInput",
    "PostQuery",
    "ReactionInput",
    "ReactionQuery",
]
