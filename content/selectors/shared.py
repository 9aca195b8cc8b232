"""Posts and stories inside messages, as just the reader of the message may see them."""

import uuid
from collections.abc import Collection

from django.utils import timezone

from content.cards import QuotedCard
from content.cards.stories import StoryCard
from content.selectors.posts import quoted_cards
from content.selectors.stories import STORY, stories_by_id
from grover.core.viewers import AnyViewer
from grover.media.cards import MediaCard
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
    """Show a post small; of one with a warning nothing but the warning, of a locked one the preview."""
    first = post.media[0] if post.media else None
    return SharedCard(
        kind=POST,
        id=post.id,
        author=post.author,
        text=(post.content_warning or (post.preview if post.is_locked else post.text))[:LONGEST_TEXT],
        image_url=_small_url(first),
    )


def find_shared_stories(
    kind: str, ids: Collection[uuid.UUID], viewer: AnyViewer
) -> dict[uuid.UUID, SharedCard] | None:
    """Show the stories among these that are there and for the viewer; None when they are no stories."""
    if kind != STORY:
        return None
    stories = stories_by_id(ids, viewer, now=timezone.now())
    return {key: _story_card(card) for key, card in stories.items()}


def _story_card(story: StoryCard) -> SharedCard:
    return SharedCard(
        kind=STORY,
        id=story.id,
        author=story.author,
        text=story.text[:LONGEST_TEXT],
        image_url=_small_url(story.media),
    )


def _small_url(upload: MediaCard | None) -> str | None:
    if upload is None:
        return None
    if upload.variants:
        return upload.variants[0].url
    return upload.url if upload.kind == "image" else None
