"""A crash after any commit of any flow of money is healed by the jobs that run anyway."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.disputes import record_dispute
from payments.actions.holds import release_due
from payments.actions.payments import capture_payment
from payments.actions.refunds import refund_payment
from payments.actions.tips import send_tip
from payments.cards.money import Money
from payments.enums import DisputeState
from payments.models import LedgerAccount, Payment
from payments.providers.base import SeenDispute
from tests.factories.accounts import make_user
from tests.factories.payments import approve, make_paid_tip
from tests.payments.crashes import counted_commits, die_after_each

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class World:
    """A creator, a buyer, and a payment between them, which may not have been begun yet."""

    creator_id: uuid.UUID
    buyer_id: uuid.UUID
    payment_id: uuid.UUID
    before: Counter[str]

    def payment(self) -> Payment:
        return Payment.objects.get(pk=self.payment_id)

    def state(self) -> tuple[str, int, str, dict[str, int]]:
        """Tell what has come of the payment, and how all balances have changed."""
        payment = self.payment()
        moved = totals()
        moved.subtract(self.before)
        changed = {kind: amount for kind, amount in moved.items() if amount}
        return payment.state, payment.refunded, payment.frozen_reason, changed


def totals() -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, balance in LedgerAccount.objects.values_list("kind", "balance"):
        found[kind] += balance
    return found


def begin() -> World:
    return World(make_user().pk, make_user().pk, new_id(), totals())


def begin_paid() -> World:
    creator, buyer = make_user(), make_user()
    payment = make_paid_tip(buyer, creator)
    return World(creator.pk, buyer.pk, payment.pk, totals())


def begin_approved() -> World:
    world = begin()
    ask_for_tip(world)
    approve(world.payment_id)
    return world


def ask_for_tip(world: World) -> None:
    send_tip(
        on_behalf_of(world.buyer_id),
        payment_id=world.payment_id,
        target_id=world.creator_id,
        amount=Money(1_000, "USD"),
        note="",
    )


def capture(world: World) -> None:
    capture_payment(on_behalf_of(world.buyer_id), payment_id=world.payment_id)


def refund(world: World) -> None:
    refund_payment(
        on_behalf_of(world.creator_id),
        refund_id=world.payment_id,
        payment_id=world.payment_id,
        amount=Money(400, "USD"),
        reason="",
    )


def lose_dispute(world: World) -> None:
    capture_id = world.payment().capture_id
    assert capture_id is not None
    for state in (DisputeState.OPEN, DisputeState.LOST):
        seen = SeenDispute(
            id=f"PP-{world.payment_id}", state=state, capture_id=capture_id, amount=Money(1_000, "USD")
        )
        record_dispute(seen, now=timezone.now())


def release(world: World) -> None:
    release_due(timezone.now() + dt.timedelta(days=8))


@dataclass(frozen=True)
class Flow:
    """What is done with a world; `heals_alone` says that once begun nobody needs to ask again."""

    begin: Callable[[], World]
    run: Callable[[World], None]
    heals_alone: bool


FLOWS = {
    "asking for a tip": Flow(begin, ask_for_tip, heals_alone=True),
    "capture": Flow(begin_approved, capture, heals_alone=True),
    "refund": Flow(begin_paid, refund, heals_alone=True),
    "dispute": Flow(begin_paid, lose_dispute, heals_alone=False),
    "release": Flow(begin_paid, release, heals_alone=False),
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
        assert commit_count >= 1
        die_after_each(commits, commit_count, flow, expected)
