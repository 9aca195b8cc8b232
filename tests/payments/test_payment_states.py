"""What providers say of payments: repeated, late, wrong, or never told."""

import dataclasses
import datetime as dt
import itertools

import pytest
import time_machine
from django.utils import timezone

from grover.core.viewers import on_behalf_of
from payments.actions.outcomes import record_order
from payments.actions.payments import refresh_payment
from payments.actions.reconciling import reconcile
from payments.actions.refunds import refund_payment
from payments.cards.money import Money
from payments.enums import AccountKind, PaymentState
from payments.models import Payment, Transfer
from payments.providers.base import CaptureState, OrderState, SeenCapture, SeenOrder
from payments.providers.registry import provider
from payments.providers.sandbox.orders import PAYEE
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import approve, make_paid_tip, make_tip
from tests.payments.paypal.faults import Fault
from tests.payments.paypal.server import PayPalServer

pytestmark = pytest.mark.django_db


def make_seen(payment: Payment, **fields: object) -> SeenOrder:
    assert payment.order_id is not None
    seen = SeenOrder(
        id=payment.order_id,
        state=OrderState.COMPLETED,
        reference=str(payment.pk),
        amount=Money(payment.amount, payment.currency),
        payee=PAYEE,
        capture=SeenCapture(
            id=f"capture-of-{payment.order_id}"[:64],
            state=CaptureState.COMPLETED,
            amount=Money(payment.amount, payment.currency),
        ),
    )
    return dataclasses.replace(seen, **fields)


def tell(payment: Payment, seen: SeenOrder) -> Payment:
    record_order(payment.pk, seen, payee=PAYEE, now=timezone.now())
    payment.refresh_from_db()
    return payment


def test_snapshots_in_any_order_and_any_number_have_one_effect() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    for number, order in enumerate(itertools.permutations(range(3)), 1):
        payment = make_tip(bob, ada, 100)
        done = make_seen(payment)
        snapshots = [
            dataclasses.replace(done, state=OrderState.CREATED, capture=None),
            dataclasses.replace(done, state=OrderState.APPROVED, capture=None),
            done,
        ]
        for index in order:
            tell(payment, snapshots[index])
            tell(payment, snapshots[index])

        assert payment.state == PaymentState.CAPTURED
        assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 95 * number}
    assert Transfer.objects.count() == 6
    assert check_ledger().faults == []


WRONG = {
    "another amount": {"amount": Money(99, "USD")},
    "another currency": {"amount": Money(100, "EUR")},
    "another payee": {"payee": "somebody-else"},
    "another reference": {"reference": "0198"},
}


@pytest.mark.parametrize(("reason", "fields"), WRONG.items(), ids=WRONG)
def test_what_was_not_asked_for_freezes_the_payment(reason: str, fields: dict[str, object]) -> None:
    payment = make_tip(make_user(), make_user(), 100)

    tell(payment, make_seen(payment, **fields))
    tell(payment, make_seen(payment))

    assert (payment.state, payment.frozen_reason) == (PaymentState.CREATED, reason)
    assert Transfer.objects.count() == 0


def test_a_capture_of_another_amount_freezes_the_payment() -> None:
    payment = make_tip(make_user(), make_user(), 100)
    capture = SeenCapture(id="c", state=CaptureState.COMPLETED, amount=Money(1, "USD"))

    tell(payment, make_seen(payment, capture=capture))

    assert payment.frozen_reason == "another amount"


def test_a_pending_capture_grants_nothing_and_is_not_given_up() -> None:
    payment = make_tip(make_user(), make_user(), 100)
    pending = SeenCapture(id="c", state=CaptureState.PENDING, amount=Money(100, "USD"))

    tell(payment, make_seen(payment, capture=pending))

    assert (payment.state, Transfer.objects.count()) == (PaymentState.APPROVED, 0)
    tell(payment, make_seen(payment))
    assert (payment.state, Transfer.objects.count()) == (PaymentState.CAPTURED, 1)


def test_a_declined_capture_fails() -> None:
    payment = make_tip(make_user(), make_user(), 100)
    declined = SeenCapture(id="c", state=CaptureState.DECLINED, amount=Money(100, "USD"))

    assert tell(payment, make_seen(payment, capture=declined)).state == PaymentState.FAILED


def test_money_for_a_payment_that_is_over_freezes_it() -> None:
    payment = make_tip(make_user(), make_user(), 100)
    tell(payment, make_seen(payment, state=OrderState.VOIDED, capture=None))
    assert payment.state == PaymentState.FAILED

    tell(payment, make_seen(payment))

    assert (payment.state, payment.frozen_reason) == (PaymentState.FAILED, "paid after it was over")
    assert Transfer.objects.count() == 0


def test_without_any_webhook_an_approved_payment_is_captured() -> None:
    ada = make_user()
    payment = make_tip(make_user(), ada, 100)
    approve(payment.pk)

    reconcile(timezone.now() + dt.timedelta(minutes=1))

    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 95}


def test_what_nobody_approves_expires_and_takes_no_money_later() -> None:
    payment = make_tip(make_user(), make_user(), 100)

    with time_machine.travel(payment.expires_at, tick=False):
        reconcile(timezone.now())
    approve(payment.pk)
    refresh_payment(payment.pk)

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert payment.order_id is not None
    assert provider().get_order(payment.order_id).capture is None


def test_a_refund_at_the_providers_own_site_is_found_within_a_day() -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada, 1_000)
    assert payment.capture_id is not None
    provider().refund_capture(payment.capture_id, Money(400, "USD"), reference="", request_id="by hand")

    reconcile(timezone.now() + dt.timedelta(days=1, minutes=1))
    reconcile(timezone.now() + dt.timedelta(days=2, minutes=2))

    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == (PaymentState.PARTIALLY_REFUNDED, 400)
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 570}
    assert check_ledger().faults == []


def test_an_order_that_the_provider_forgot_expires(paid_by_paypal: PayPalServer) -> None:
    payment = make_tip(make_user(), make_user(), 100)
    assert payment.order_id is not None
    paid_by_paypal.forget_order(payment.order_id)

    refresh_payment(payment.pk)
    payment.refresh_from_db()
    assert payment.state == PaymentState.CREATED
    with time_machine.travel(payment.expires_at, tick=False):
        refresh_payment(payment.pk)

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.RESET, Fault.RESET_AFTER])
@pytest.mark.parametrize("operation", ["create_order", "capture_order", "get_order", "refund_capture"])
def test_whatever_goes_wrong_at_paypal_is_healed(
    paid_by_paypal: PayPalServer, operation: str, fault: Fault
) -> None:
    """Each request fails as often as it is tried, and then once more by the reconciler."""
    ada, bob = make_user(), make_user()
    paid_by_paypal.faults.order(operation, fault, times=4)
    payment = make_tip(bob, ada, 1_000)
    heal_payments(1, 2, 3)
    payment.refresh_from_db()
    assert payment.order_id is not None
    paid_by_paypal.approve(payment.order_id)
    heal_payments(11, 12, 13)
    refund_payment(
        on_behalf_of(ada.pk), refund_id=ada.pk, payment_id=payment.pk, amount=Money(400, "USD"), reason=""
    )
    heal_payments(21, 22, 23)

    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == (PaymentState.PARTIALLY_REFUNDED, 400)
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 570}
    [order] = paid_by_paypal.orders.values()
    [capture] = paid_by_paypal.captures.values()
    assert (order["status"], capture["status"]) == ("COMPLETED", "PARTIALLY_REFUNDED")
    assert [refund["amount"]["value"] for refund in paid_by_paypal.refunds.values()] == ["4.00"]
    assert check_ledger().faults == []


def heal_payments(*after: int) -> None:
    for minutes in after:
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes), tick=False):
            reconcile(timezone.now())
