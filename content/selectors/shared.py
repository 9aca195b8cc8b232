"""Posts inside messages, as just the reader of the message may see them."""

import uuid
from collections.abc import Collection

from content.cards import QuotedCard
from content.selectors.posts import quoted_cards
from grover.core.viewers import AnyViewer
from messaging.cards.messages import SharedCard

POST = "post"
LONGEST_TEXT = 300


def find_shared(
    kind: str, ids: Collection[uuid.UUID], viewer: AnyViewer
) -> dict[uuid.UUID, SharedCard] | None:
    """Show the posts among these that the viewer may see; None when they are not posts."""
    if kind != POST:
        return None
    return {key: _card(card) for key, card in quoted_cards(ids, viewer).items()}


def _card(post: QuotedCard) -> SharedCard:
    """Show a post small; of one with a warning nothing but the warning."""
    image = post.media[0] if post.media else None
    image_url = None if image is None else (image.variants[0].url if image.variants else image.url)
    return SharedCard(
        kind=POST,
        id=post.id,
        author=post.author,
        text=(post.content_warning or post.text)[:LONGEST_TEXT],
        image_url=image_url,
    )
