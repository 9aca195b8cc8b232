"""Random histories of what buyers, sellers, the provider and its webhooks do, in any order.

However they come about, once all is quiet every payment stands where its provider has it, what moved
here is what moved there, and nothing is left over.
"""

import contextlib
import datetime as dt
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from grover.core.errors import Problem
from grover.core.ids import new_id
from grover.core.jobs import sweep_outbox
from grover.core.providers import ProviderRefused
from grover.core.viewers import on_behalf_of
from payments.actions.disputes import reconcile_disputes
from payments.actions.payments import capture_payment
from payments.actions.reconciling import reconcile
from payments.actions.refunds import refund_payment
from payments.actions.webhooks import receive_webhook
from payments.cards.money import Money
from payments.enums import AccountKind, DisputeState, PaymentState, TransferKind
from payments.models import LedgerAccount, Payment, Transfer
from payments.providers.base import CaptureState, OrderState, SeenCapture
from payments.providers.registry import provider
from payments.providers.sandbox.captures import settle_capture
from payments.providers.sandbox.disputes import open_dispute, resolve_dispute
from payments.providers.sandbox.events import signed_event
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.records import SandboxRecord
from payments.selectors.ledger import check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import make_tip
from tests.sizes import size

pytestmark = pytest.mark.django_db

IS_SQLITE = connection.vendor == "sqlite"
HISTORIES = size(short=12, whole=2_000 if IS_SQLITE else 200)
EVENTS, ORDERS = 40, 10
AMOUNTS = (500, 1_013, 1_014, 999, 2_000)  # some are declined, or pending for a while


@dataclass
class History:
    """Ten payments of three buyers to two creators, and what happens to them."""

    dice: random.Random
    payments: list[Payment] = field(default_factory=list)

    def begin(self) -> None:
        creators = [make_user() for _ in range(2)]
        buyers = [make_user() for _ in range(3)]
        for number in range(ORDERS):
            amount = self.dice.choice(AMOUNTS)
            self.payments.append(make_tip(buyers[number % 3], creators[number % 2], amount))

    def step(self) -> None:
        happening = self.dice.choice(HAPPENINGS)
        with contextlib.suppress(Problem, ProviderRefused):  # whoever asked is told no
            happening(self, self.dice.choice(self.payments))

    def approve(self, payment: Payment) -> None:
        decide(str(payment.order_id), approves=self.dice.random() < 0.9)

    def capture(self, payment: Payment) -> None:
        capture_payment(on_behalf_of(payment.payer_id), payment_id=payment.pk)

    def refund(self, payment: Payment) -> None:
        refund_payment(
            on_behalf_of(payment.payee_id or uuid.UUID(int=0)),
            refund_id=new_id(),
            payment_id=payment.pk,
            amount=self.some_of(payment),
            reason="",
        )

    def some_of(self, payment: Payment) -> Money:
        return Money(self.dice.choice([1, 7, payment.amount // 3, payment.amount]), "USD")

    def refund_by_hand(self, payment: Payment) -> None:
        capture = capture_of(payment)
        if capture is not None:
            provider().refund_capture(
                capture.id, self.some_of(payment), reference="", request_id=str(new_id())
            )

    def dispute(self, payment: Payment) -> None:
        capture = capture_of(payment)
        if capture is not None and capture.state == CaptureState.COMPLETED:
            open_dispute(capture.id)

    def decide_dispute(self, payment: Payment) -> None:
        for record in SandboxRecord.objects.filter(kind="dispute"):
            if record.document["reference"] == str(payment.pk):
                resolve_dispute(record.key, won=self.dice.random() < 0.5)

    def settle(self, payment: Payment) -> None:
        capture = capture_of(payment)
        if capture is not None and capture.state == CaptureState.PENDING:
            settle_capture(capture.id)

    def hear(self, payment: Payment) -> None:
        """Hear of anything that ever happened, as often as it is sent."""
        keys = list(SandboxRecord.objects.filter(kind="event").values_list("key", flat=True))
        for key in self.dice.choices(keys, k=min(3, len(keys))):
            headers, body = signed_event(key)
            receive_webhook(headers, body)

    def reconcile(self, payment: Payment) -> None:
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=1), tick=False):
            sweep_outbox(timezone.now())
            reconcile(timezone.now())

    def settle_down(self) -> None:
        """Let the jobs run for two days."""
        for later in (dt.timedelta(minutes=2), dt.timedelta(days=1, minutes=3), dt.timedelta(days=2)):
            with time_machine.travel(timezone.now() + later, tick=False):
                sweep_outbox(timezone.now())
                reconcile(timezone.now())
                reconcile_disputes(timezone.now())


HAPPENINGS: list[Callable[[History, Payment], None]] = [
    History.approve,
    History.approve,
    History.capture,
    History.refund,
    History.refund_by_hand,
    History.dispute,
    History.decide_dispute,
    History.settle,
    History.hear,
    History.hear,
    History.reconcile,
]


def capture_of(payment: Payment) -> SeenCapture | None:
    assert payment.order_id is not None
    return provider().get_order(payment.order_id).capture


def expected_of(payment: Payment) -> tuple[str, int, int]:
    """Tell where a payment must stand, how much is back with the buyer, and how much is disputed or lost."""
    assert payment.order_id is not None
    order = provider().get_order(payment.order_id)
    if order.capture is None:
        over = {OrderState.VOIDED: PaymentState.FAILED, OrderState.CREATED: PaymentState.EXPIRED}
        return over[order.state], 0, 0
    if order.capture.state != CaptureState.COMPLETED:
        pending = {
            CaptureState.DECLINED: PaymentState.FAILED,
            CaptureState.PENDING: PaymentState.APPROVED,
        }
        return pending[order.capture.state], 0, 0
    returned = sum(refund.amount.value for refund in order.capture.refunds)
    disputes = {
        seen.state: seen.amount.value
        for seen in provider().disputes_since(timezone.now() - dt.timedelta(days=9))
        if seen.capture_id == order.capture.id
    }
    taken = disputes.get(DisputeState.LOST, 0) + disputes.get(DisputeState.OPEN, 0)
    return _state(payment.amount, returned, set(disputes)).value, returned, taken


def _state(amount: int, returned: int, disputes: set[DisputeState]) -> PaymentState:
    if DisputeState.LOST in disputes:
        return PaymentState.LOST
    if DisputeState.OPEN in disputes:
        return PaymentState.DISPUTED
    if returned == amount:
        return PaymentState.REFUNDED
    if DisputeState.WON in disputes:
        return PaymentState.WON
    return PaymentState.PARTIALLY_REFUNDED if returned else PaymentState.CAPTURED


def total(*kinds: AccountKind) -> int:
    return sum(LedgerAccount.objects.filter(kind__in=kinds).values_list("balance", flat=True))


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_however_it_comes_about_all_ends_as_the_provider_has_it(seed: int) -> None:
    history = History(random.Random(seed))
    history.begin()
    for _ in range(EVENTS):
        history.step()
    history.settle_down()

    expected = {payment.pk: expected_of(payment) for payment in history.payments}
    found = {
        payment.pk: (payment.state, payment.refunded, payment.frozen_reason)
        for payment in Payment.objects.all()
    }
    assert found == {key: (state, returned, "") for key, (state, returned, _) in expected.items()}

    captures = {payment: capture_of(payment) for payment in history.payments}
    taken = [
        payment.amount
        for payment, capture in captures.items()
        if capture is not None and capture.state == CaptureState.COMPLETED
    ]
    assert Transfer.objects.filter(kind=TransferKind.CAPTURE).count() == len(taken)
    returned = sum(back for _, back, _ in expected.values())
    lost = sum(gone for state, _, gone in expected.values() if state == PaymentState.LOST)
    disputed = sum(gone for state, _, gone in expected.values() if state == PaymentState.DISPUTED)
    assert total(AccountKind.PROVIDER_CLEARING) == -(sum(taken) - returned - lost)
    assert (total(AccountKind.REFUNDS), total(AccountKind.DISPUTES)) == (0, disputed)
    assert total(*AccountKind) == 0
    assert check_ledger().faults == []
