"""Buying posts: what is sold here; payments takes the money."""

import uuid

from content.errors import NothingToBuy
from content.selectors.posts import visible_post
from grover.core.viewers import Viewer
from payments.actions import posts as payments
from payments.actions.intents import is_intended
from payments.actions.payments import open_payment
from payments.cards.money import Money
from payments.cards.payments import PaymentCard


def buy_post(actor: Viewer, *, payment_id: uuid.UUID, post_id: uuid.UUID) -> PaymentCard:
    """Begin to buy a post that the actor sees, at the price it has now; NothingToBuy when it has none.

    Begun again under the same id it is the same payment, whatever became of the post.
    """
    if is_intended(payment_id):
        return open_payment(payment_id)
    post = visible_post(actor, post_id)
    if post.price is None:
        raise NothingToBuy
    return payments.buy_post(
        actor,
        payment_id=payment_id,
        post_id=post.pk,
        author_id=post.author_id,
        price=Money(post.price, post.currency),
    )
