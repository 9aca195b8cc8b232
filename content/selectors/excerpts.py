"""How posts, comments and stories begin, for those who are told of them."""

import uuid
from collections.abc import Collection

from django.utils import timezone

from content.models import Post
from content.selectors.comments import visible_comments
from content.selectors.posts import quoted_cards
from content.selectors.stories import stories_by_id
from grover.core.viewers import Viewer

POST = "post"
COMMENT = "comment"
LONGEST = 140


def find_excerpts(kind: str, ids: Collection[uuid.UUID], viewer: Viewer) -> dict[uuid.UUID, str] | None:
    """Give how those of these things begin that the viewer may see; None for a kind that is none of ours.

    Of a post that they have not paid for it is nothing, and of a comment under one there is nothing.
    """
    match kind:
        case "post":
            return {
                key: excerpt_of(card.content_warning or card.text)
                for key, card in quoted_cards(ids, viewer).items()
            }
        case "comment":
            return {row.pk: excerpt_of(row.text) for row in visible_comments(viewer, ids)}
        case "story":
            return _stories(viewer, ids)
    return None


def excerpt_of_post(post: Post) -> str:
    """Give how a post begins, to its author; of one with a warning, the warning."""
    return excerpt_of(post.content_warning or post.text)


def excerpt_for_others(post: Post) -> str:
    """Give how a post begins to somebody of whom nobody asked whether they paid for it."""
    return excerpt_of(post.content_warning) if post.is_for_payers else excerpt_of_post(post)


def excerpt_of(text: str) -> str:
    """Give the beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _stories(viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    stories = stories_by_id(ids, viewer, now=timezone.now())
    return {key: excerpt_of(card.text) for key, card in stories.items()}
