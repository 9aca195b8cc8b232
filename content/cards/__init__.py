"""What clients see of content, a module per noun."""

from content.cards.posts import (
    CommentCard,
    CommentCounts,
    CommentMarks,
    PostCard,
    PostCounts,
    PostMarks,
    ReactionCard,
    ReactionName,
    RevisionCard,
)

__all__ = [
    "CommentCard",
    "CommentCounts",
    "CommentMarks",
    "PostCard",
    "PostCounts",
    "PostMarks",
    "ReactionCard",
    "ReactionName",
    "RevisionCard",
]
