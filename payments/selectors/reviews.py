"""Reviews as a viewer may see them."""

import uuid
from collections.abc import Sequence

from accounts.cards.people import UserSummary
from accounts.selectors.people import get_person, users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer
from payments.cards.reviews import ReviewCard
from payments.models import Review
from payments.selectors.products import visible_product


def reviews_of(viewer: AnyViewer, product_id: uuid.UUID, request: PageRequest) -> Page[ReviewCard]:
    """Read a page of what buyers say of a product, the newest first, without those across a block.

    NotFound when the viewer does not see the product.
    """
    visible_product(viewer, product_id)
    rows = Review.objects.filter(product_id=product_id)
    return filled_page(
        lambda part: keyset_page(rows, part),
        lambda found: _cards(found, viewer),
        request,
        lambda review: (review.pk,),
    )


def card_of(review: Review) -> ReviewCard:
    """Show a review to its author."""
    return _card(review, get_person(review.author_id).summary)


def _cards(reviews: Sequence[Review], viewer: AnyViewer) -> list[ReviewCard | None]:
    authors = {review.author_id for review in reviews}
    blocked = blocked_ids(viewer.id, among=authors) if viewer.id is not None and authors else set()
    users = users_by_id(authors - blocked)
    return [
        _card(review, users[review.author_id]) if review.author_id in users else None for review in reviews
    ]


def _card(review: Review, author: UserSummary) -> ReviewCard:
    return ReviewCard(
        id=review.pk,
        product_id=review.product_id,
        author=author,
        rating=review.rating,
        text=review.text,
        created_at=review.created_at,
        edited_at=review.edited_at,
    )
