"""The posts that somebody keeps for later."""

from content.cards import PostCard
from content.models import SavedPost
from content.selectors.posts import posts_by_id
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import Viewer


def saved_posts(viewer: Viewer, request: PageRequest) -> Page[PostCard]:
    """Read a page of the posts the viewer saved, the last saved first, as far as they still see them."""
    rows = SavedPost.objects.filter(user_id=viewer.id)

    def keep(found: list[SavedPost]) -> list[PostCard | None]:
        cards = {card.id: card for card in posts_by_id([row.post_id for row in found], viewer)}
        return [cards.get(row.post_id) for row in found]

    return filled_page(lambda part: keyset_page(rows, part), keep, request, lambda row: (row.pk,))
