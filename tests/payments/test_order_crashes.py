"""A crash after any commit of ordering and cancelling is healed by the jobs that run anyway."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from accounts.models import User
from grover.core.errors import Problem
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.cancelling import cancel_order
from payments.actions.payments import capture_payment
from payments.models import Order, Payment, Product
from tests.factories.accounts import make_user
from tests.factories.market import make_discount, make_order, make_paid_order, make_product
from tests.factories.payments import approve
from tests.payments.crashes import counted_commits, die_after_each

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class World:
    """A product of which there are five, and an order of two, which may not have been placed yet."""

    buyer: User
    product: Product
    order_id: uuid.UUID

    def state(self) -> tuple[str, str, int, str, bool, int | None, int]:
        """Tell what has come of the order, and of all that it takes."""
        order, payment = Order.objects.get(pk=self.order_id), Payment.objects.get(pk=self.order_id)
        stock = Product.objects.values_list("stock", flat=True).get(pk=self.product.pk)
        return (
            order.state,
            payment.state,
            payment.refunded,
            payment.frozen_reason,
            bool(payment.approve_url),
            stock,
            0 if order.discount_id is None else 1,
        )


def begin() -> World:
    seller = make_user()
    make_discount(seller)
    return World(make_user(), make_product(seller, stock=5), new_id())


def order(world: World) -> None:
    make_order(world.buyer, world.product, quantity=2, order_id=world.order_id, discount_code="SPRING")


def begin_placed() -> World:
    world = begin()
    order(world)
    return world


def begin_approved() -> World:
    world = begin_placed()
    approve(world.order_id)
    return world


def begin_heard_of() -> World:
    """Begin with an approved payment whose money may just be under way."""
    world = begin_approved()
    Payment.objects.filter(pk=world.order_id).update(state="approved")
    return world


def begin_paid() -> World:
    world = begin()
    make_paid_order(world.buyer, world.product, quantity=2, order_id=world.order_id)
    return world


def capture(world: World) -> None:
    capture_payment(on_behalf_of(world.buyer.pk), payment_id=world.order_id)


def cancel(world: World) -> None:
    """Cancel the order as a client does that may have got no answer."""
    try:
        cancel_order(on_behalf_of(world.buyer.pk), order_id=world.order_id)
    except Problem as refusal:
        assert refusal.code == "order_transition_refused"  # noqa: PT017 - it is refunded by now


@dataclass(frozen=True)
class Flow:
    """What is done with a world; `heals_alone` says that once begun nobody needs to ask again."""

    begin: Callable[[], World]
    run: Callable[[World], None]
    heals_alone: bool
    expected: tuple[str, str, int | None]


FLOWS = {
    "ordering": Flow(begin, order, True, ("pending", "created", 3)),
    "capture": Flow(begin_approved, capture, True, ("paid", "captured", 3)),
    "cancelling what is not approved": Flow(begin_placed, cancel, False, ("cancelled", "failed", 5)),
    "cancelling what is approved": Flow(begin_heard_of, cancel, False, ("refunded", "refunded", 5)),
    "cancelling what is paid": Flow(begin_paid, cancel, True, ("refunded", "refunded", 5)),
}


@pytest.mark.parametrize("name", FLOWS)
def test_a_crash_after_any_commit_is_healed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = FLOWS[name]
    with counted_commits(monkeypatch) as commits:
        undisturbed = flow.begin()
        commits.count = 0
        flow.run(undisturbed)
        commit_count = commits.count
        expected = undisturbed.state()
        assert (*expected[:2], expected[5]) == flow.expected
        assert commit_count >= 1
        die_after_each(commits, commit_count, flow, expected)
