"""PayPal's webhooks of a payment in every order, three times each, or not at all."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from grover.core.jobs import sweep_outbox
from payments.actions.reconciling import reconcile
from payments.enums import AccountKind, PaymentState, TransferKind, WebhookState
from payments.models import Payment, Transfer, WebhookEvent
from payments.policies.places import of_platform
from payments.providers.registry import provider
from payments.selectors.ledger import balance_of, balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import make_tip
from tests.payments.paypal.authority import SentEvent
from tests.payments.paypal.faults import Fault
from tests.payments.paypal.server import PayPalServer

pytestmark = pytest.mark.django_db

HOOK = "/api/v1/webhooks/paypal"
FIVE = [
    "CHECKOUT.ORDER.APPROVED",
    "PAYMENT.CAPTURE.PENDING",
    "CHECKOUT.ORDER.COMPLETED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.REFUNDED",
]
ORDERS = list(itertools.permutations(range(5)))
PARTS = 6


def deliver(event: SentEvent) -> int:
    """Hand one webhook to the real endpoint."""
    answer = Client().post(HOOK, event.body, "application/json", headers=event.headers)
    return answer.status_code


def happen(paypal: PayPalServer, payment: Payment) -> list[SentEvent]:
    """Let a payment go its whole way at PayPal, without us hearing of it; give the webhooks of it."""
    first = len(paypal.events)
    assert payment.order_id is not None
    paypal.approve(payment.order_id)
    paypal.faults.order("capture_order", Fault.PENDING_CAPTURE)
    captured = provider().capture_order(payment.order_id, request_id=f"{payment.pk}:capture")
    assert captured.capture is not None
    paypal.complete_pending_capture(captured.capture.id)
    paypal.refund_by_hand(captured.capture.id, {"currency_code": "USD", "value": "4.00"})
    events = paypal.events[first:]
    assert [event.type for event in events] == FIVE
    return events


@pytest.mark.parametrize("part", range(PARTS))
def test_every_order_of_the_webhooks_ends_as_in_order(paid_by_paypal: PayPalServer, part: int) -> None:
    orders: Sequence[tuple[int, ...]] = ORDERS[part::PARTS]
    ada, bob = make_user(), make_user()
    for order in orders:
        payment = make_tip(bob, ada, 1_000)
        events = happen(paid_by_paypal, payment)

        statuses = {deliver(events[index]) for index in order for _ in range(3)}

        assert statuses == {200}
        payment.refresh_from_db()
        assert (payment.state, payment.refunded, payment.frozen_reason) == (
            PaymentState.PARTIALLY_REFUNDED,
            400,
            "",
        ), order
    count = len(orders)
    assert Transfer.objects.filter(kind=TransferKind.CAPTURE).count() == count
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 570 * count}
    assert balance_of(of_platform(AccountKind.PROVIDER_CLEARING, "USD")) == -600 * count
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1), tick=False):
        sweep_outbox(timezone.now())  # of refunds told of before their payment was captured
    assert WebhookEvent.objects.filter(state=WebhookState.DONE).count() == 5 * count
    assert check_ledger().faults == []


def test_there_are_120_orders() -> None:
    assert len({order for part in range(PARTS) for order in ORDERS[part::PARTS]}) == 120


def test_with_every_webhook_dropped_everything_still_settles(paid_by_paypal: PayPalServer) -> None:
    ada = make_user()
    payments = [make_tip(make_user(), ada, 1_000) for _ in range(3)]
    for payment in payments[:2]:
        happen(paid_by_paypal, payment)
    assert payments[2].order_id is not None
    paid_by_paypal.approve(payments[2].order_id)

    for later in (dt.timedelta(minutes=1), dt.timedelta(days=1, minutes=2)):
        with time_machine.travel(timezone.now() + later, tick=False):
            reconcile(timezone.now())

    found = list(Payment.objects.order_by("id").values_list("state", "refunded"))
    assert found == [
        (PaymentState.PARTIALLY_REFUNDED, 400),
        (PaymentState.PARTIALLY_REFUNDED, 400),
        (PaymentState.CAPTURED, 0),
    ]
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 570 + 570 + 950}
    assert check_ledger().faults == []


def test_a_forged_webhook_changes_nothing(paid_by_paypal: PayPalServer) -> None:
    payment = make_tip(make_user(), make_user(), 1_000)
    [approved, *_] = happen(paid_by_paypal, payment)

    answer = Client().post(
        HOOK,
        approved.body.replace(b"APPROVED", b"COMPLETE"),
        "application/json",
        headers=approved.headers,
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "webhook_signature_invalid")
    assert WebhookEvent.objects.count() == 0
    payment.refresh_from_db()
    assert payment.state == PaymentState.CREATED


def test_a_true_webhook_that_lies_is_not_believed(paid_by_paypal: PayPalServer) -> None:
    """What a signature covers of the body is only a checksum, so what the body says is never booked."""
    payment = make_tip(make_user(), make_user(), 1_000)
    paid_by_paypal.tell("PAYMENT.CAPTURE.COMPLETED", _capture_that_never_was(payment))

    assert deliver(paid_by_paypal.events[-1]) == 200

    payment.refresh_from_db()
    assert (payment.state, Transfer.objects.count()) == (PaymentState.CREATED, 0)


def _capture_that_never_was(payment: Payment) -> dict[str, Any]:
    return {
        "id": "CAPTURE-OF-NOBODY",
        "status": "COMPLETED",
        "custom_id": str(payment.pk),
        "amount": {"currency_code": "USD", "value": "10.00"},
        "supplementary_data": {"related_ids": {"order_id": payment.order_id}},
        "links": [],
    }


def test_a_webhook_about_nothing_is_left_to_the_staff(paid_by_paypal: PayPalServer) -> None:
    paid_by_paypal.tell(
        "CHECKOUT.ORDER.APPROVED", {"id": "ORDER-OF-OTHERS", "purchase_units": [{"custom_id": "x"}]}
    )
    assert deliver(paid_by_paypal.events[-1]) == 200
    assert WebhookEvent.objects.get().state == WebhookState.RECEIVED

    for minutes in (1, 10, 40):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes), tick=False):
            sweep_outbox(timezone.now())

    assert WebhookEvent.objects.get().state == WebhookState.UNKNOWN


def test_an_idempotency_key_changes_nothing(paid_by_paypal: PayPalServer) -> None:
    payment = make_tip(make_user(), make_user(), 1_000)
    [approved, *_] = happen(paid_by_paypal, payment)
    headers = {**approved.headers, "Idempotency-Key": "k"}

    answers = [Client().post(HOOK, approved.body, "application/json", headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert WebhookEvent.objects.count() == 1
