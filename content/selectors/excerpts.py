"""How posts and comments begin, for those who are told of them."""

import uuid
from collections.abc import Collection

from content.models import Post
from content.selectors.comments import visible_comments
from content.selectors.posts import quoted_cards
from grover.core.viewers import Viewer

POST = "post"
COMMENT = "comment"
LONGEST = 140


def find_excerpts(kind: str, ids: Collection[uuid.UUID], viewer: Viewer) -> dict[uuid.UUID, str] | None:
    """Give how the posts or comments among these begin that the viewer may see; None when it is neither."""
    match kind:
        case "post":
            return {
                key: excerpt_of(card.content_warning or card.text)
                for key, card in quoted_cards(ids, viewer).items()
            }
        case "comment":
            return {row.pk: excerpt_of(row.text) for row in visible_comments(viewer, ids)}
    return None


def excerpt_of_post(post: Post) -> str:
    """Give how a post begins; of one with a warning, the warning."""
    return excerpt_of(post.content_warning or post.text)


def excerpt_of(text: str) -> str:
    """Give the beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
