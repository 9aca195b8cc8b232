"""Posts inside messages, as just the reader of the message may see them."""

import uuid
from collections.abc import Collection

from content.cards import PostCard
from content.selectors.marks import NO_MARKS
from content.selectors.posts import cards_of, shared_posts
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
    posts = list(shared_posts(ids).values())
    cards = cards_of(posts, viewer, marks=dict.fromkeys((post.id for post in posts), NO_MARKS))
    return {card.id: _card(card) for card in cards}


def _card(post: PostCard) -> SharedCard:
    """Show a post small; of one with a warning nothing but the warning."""
    image = post.media[0] if post.media and not post.content_warning else None
    image_url = None if image is None else (image.variants[0].url if image.variants else image.url)
    return SharedCard(
        kind=POST,
        id=post.id,
        author=post.author,
        text=(post.content_warning or post.text)[:LONGEST_TEXT],
        image_url=image_url,
    )
