"""Disputes: the money is set aside, and given again or lost."""

import datetime as dt

import pytest
from django.utils import timezone

from payments.actions.disputes import record_dispute
from payments.actions.holds import release_due
from payments.actions.refunds import refund_as_staff
from payments.cards.money import Money
from payments.enums import AccountKind, DisputeState, PaymentState
from payments.models import Dispute, Payment
from payments.policies.places import of_platform
from payments.providers.base import SeenDispute
from payments.selectors.ledger import balance_of, balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import make_paid_tip

pytestmark = pytest.mark.django_db

PENDING = (AccountKind.PENDING, "USD")


def hear(payment: Payment, state: DisputeState, value: int = 1_000) -> None:
    assert payment.capture_id is not None
    seen = SeenDispute(
        id="PP-1", state=state, capture_id=payment.capture_id, amount=Money(value, "USD"), reason="ITEM"
    )
    assert record_dispute(seen, now=timezone.now())
    payment.refresh_from_db()


def test_a_dispute_sets_the_money_aside() -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada)

    hear(payment, DisputeState.OPEN)
    hear(payment, DisputeState.OPEN)

    assert payment.state == PaymentState.DISPUTED
    assert balances_of(ada.pk)[PENDING] == 0
    assert balance_of(of_platform(AccountKind.DISPUTES, "USD")) == 1_000
    assert balance_of(of_platform(AccountKind.FEES, "USD")) == 0
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize("is_heard_of_before", [True, False])
@pytest.mark.parametrize(
    ("state", "after", "pending", "clearing"),
    [
        (DisputeState.WON, PaymentState.WON, 950, -1_000),
        (DisputeState.LOST, PaymentState.LOST, 0, 0),
    ],
)
def test_a_dispute_is_decided_once(
    state: DisputeState, after: PaymentState, pending: int, clearing: int, is_heard_of_before: bool
) -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada)
    if is_heard_of_before:
        hear(payment, DisputeState.OPEN)

    hear(payment, state)
    hear(payment, state)
    hear(payment, DisputeState.OPEN)

    assert payment.state == after
    assert balances_of(ada.pk)[PENDING] == pending
    assert balance_of(of_platform(AccountKind.DISPUTES, "USD")) == 0
    assert balance_of(of_platform(AccountKind.PROVIDER_CLEARING, "USD")) == clearing
    assert check_ledger().faults == []


def test_what_was_released_is_taken_of_the_available_money_and_may_leave_a_debt() -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada)
    release_due(timezone.now() + dt.timedelta(days=8))
    assert balances_of(ada.pk)[AccountKind.AVAILABLE, "USD"] == 950

    hear(payment, DisputeState.LOST)

    assert balances_of(ada.pk)[AccountKind.AVAILABLE, "USD"] == 0
    assert check_ledger().faults == []


def test_a_dispute_of_no_payment_of_ours_is_said_so() -> None:
    seen = SeenDispute(id="PP-2", state=DisputeState.OPEN, capture_id="x", amount=Money(1, "USD"))

    assert record_dispute(seen, now=timezone.now()) is False


def test_only_what_was_not_given_back_is_set_aside() -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada)
    refund_as_staff(
        refund_id=make_user().pk,
        payment_id=payment.pk,
        amount=Money(400, "USD"),
        reason="",
        staff_id=make_user(is_staff=True).pk,
    )

    hear(payment, DisputeState.LOST, 1_000)

    assert Dispute.objects.get().amount == 600
    assert balance_of(of_platform(AccountKind.FEES, "USD")) == 0
    assert balance_of(of_platform(AccountKind.PROVIDER_CLEARING, "USD")) == 0
    assert check_ledger().faults == []
