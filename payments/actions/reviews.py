"""Reviewing what one bought; a product's counts change with each review, in one transaction."""

import datetime as dt
import uuid

from django.db.models import F

from accounts.selectors.relations import visible_person
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.moments import present
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from payments.cards.reviews import ReviewCard
from payments.enums import ProductState
from payments.errors.reviews import NotBought
from payments.events.reviews import ProductReviewed, ReviewDeleted
from payments.models import Product, Review
from payments.selectors.orders import has_bought
from payments.selectors.reviews import card_of


def review_product(actor: Viewer, *, product_id: uuid.UUID, rating: int, text: str) -> ReviewCard:
    """Say something of a product one bought, in the place of what one said before; NotBought.

    NotFound for what is not on sale and was not bought, and across a block.
    """
    return card_of(_review(actor, product_id, rating, text, present()))


@settled
@atomic
def delete_review(actor: Viewer, *, product_id: uuid.UUID) -> None:
    """Take back what one said of a product; nothing when one said nothing."""
    review = Review.objects.filter(author_id=actor.id, product_id=product_id).first()
    if review is not None:
        remove_review(review)


@atomic
def remove_review(review: Review) -> None:
    """Delete just the review that was read, and count it no more; LostRace when it was changed."""
    if not Review.objects.filter(pk=review.pk, rating=review.rating).delete()[0]:
        raise LostRace
    _count(review.product_id, stars=-review.rating, reviews=-1)
    emit(ReviewDeleted(product_id=review.product_id, author_id=review.author_id))


@settled
@atomic
def _review(actor: Viewer, product_id: uuid.UUID, rating: int, text: str, now: dt.datetime) -> Review:
    _check_may_review(actor, product_id)
    review = Review.objects.filter(author_id=actor.id, product_id=product_id).first()
    if review is None:
        review = Review(created_at=now, author_id=actor.id, product_id=product_id, rating=rating, text=text)
        review.save(force_insert=True)
        _count(product_id, stars=rating, reviews=1)
    elif (review.rating, review.text) != (rating, text):
        same = Review.objects.filter(pk=review.pk, rating=review.rating)
        if same.update(rating=rating, text=text, edited_at=now) != 1:
            raise LostRace
        _count(product_id, stars=rating - review.rating, reviews=0)
        review.rating, review.text, review.edited_at = rating, text, now
    emit(ProductReviewed(product_id=product_id, author_id=actor.id, rating=rating))
    return review


def _check_may_review(actor: Viewer, product_id: uuid.UUID) -> None:
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    visible_person(actor, product.seller_id)
    if has_bought(actor.id, product_id):
        return
    if product.state == ProductState.PUBLISHED or product.seller_id == actor.id:
        raise NotBought
    raise NotFound


def _count(product_id: uuid.UUID, *, stars: int, reviews: int) -> None:
    Product.objects.filter(pk=product_id).update(
        rating_sum=F("rating_sum") + stars,
        review_count=F("review_count") + reviews,
        version=F("version") + 1,
    )
