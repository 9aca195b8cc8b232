"""What the staff does at the sandbox: the part of buyers, receivers and those who decide between them."""

import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from grover.core.models import AuditEntry
from payments.cards.money import Money
from payments.enums import DisputeState, PaymentState
from payments.models import Dispute, Payment
from payments.providers.base import CaptureState, NewPayout, PayoutState
from payments.providers.sandbox.events import signed_event
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.records import SandboxRecord
from tests.factories.accounts import make_user
from tests.factories.payments import make_paid_tip
from tests.factories.sandbox import make_captured_order

pytestmark = pytest.mark.django_db

PAGE = "/admin/payments/sandboxrecord/"


@pytest.fixture
def judge(db: None) -> User:
    return make_user("judge", is_staff=True, is_superuser=True)


@pytest.fixture
def pages(judge: User) -> Client:
    client = Client()
    client.force_login(judge)
    return client


def act(pages: Client, name: str, kind: str) -> str:
    ids = SandboxRecord.objects.filter(kind=kind).values_list("pk", flat=True)
    url = f"{PAGE}act/{name}/?ids={','.join(map(str, ids))}"
    return str(pages.post(url, {"reason": "A demo"}, follow=True).content.decode())


def hear_all() -> None:
    """Take all webhooks in that the sandbox would send."""
    for key in SandboxRecord.objects.filter(kind="event").order_by("id").values_list("key", flat=True):
        headers, body = signed_event(key)
        names = {name: value for name, value in headers.items() if name.startswith("sandbox-")}
        answer = Client().post(
            "/api/v1/webhooks/sandbox", body, content_type="application/json", headers=names
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("decision", "state", "after"),
    [("win", DisputeState.WON, PaymentState.WON), ("lose", DisputeState.LOST, PaymentState.LOST)],
)
def test_a_dispute_is_played_through(
    pages: Client, decision: str, state: DisputeState, after: PaymentState
) -> None:
    payment = make_paid_tip(make_user(), make_user())

    act(pages, "dispute", "capture")
    hear_all()
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.DISPUTED
    act(pages, decision, "dispute")
    hear_all()

    assert Payment.objects.get(pk=payment.pk).state == after
    assert Dispute.objects.get().state == state
    entries = AuditEntry.objects.filter(action="act_at_sandbox")
    assert {(entry.reason, entry.actor_label) for entry in entries} == {("A demo", "@judge")}
    assert len(entries) == 2


def test_what_is_pending_is_settled(pages: Client) -> None:
    order = make_captured_order(514)
    payouts = [
        NewPayout(reference=reference, amount=Money(2_000, "USD"), receiver="pending@example.com")
        for reference in ("one", "two")
    ]
    batch = Sandbox().create_payouts(payouts, batch="batch")

    act(pages, "settle", "capture")
    act(pages, "settle", "payout")

    capture = Sandbox().get_order(order.id).capture
    assert capture is not None
    assert capture.state == CaptureState.COMPLETED
    assert {payout.state for payout in Sandbox().get_payouts(batch)} == {PayoutState.COMPLETED}


def test_an_act_that_does_not_fit_is_refused(pages: Client) -> None:
    order = make_captured_order(1_000)
    assert order.capture is not None
    Sandbox().refund_capture(order.capture.id, Money(1_000, "USD"), reference="r", request_id="r")

    assert "Nothing is left of this payment" in act(pages, "dispute", "capture")
    assert "Dispute a capture, as its buyer: 0 done" in act(pages, "dispute", "order")
    assert AuditEntry.objects.filter(action="act_at_sandbox").count() == 0


def test_the_page_is_read_only_and_there_while_the_sandbox_is(pages: Client, settings: Any) -> None:
    make_captured_order()
    row = SandboxRecord.objects.filter(kind="capture").get()

    assert row.key in pages.get(f"{PAGE}?q={row.key}").content.decode()
    assert pages.get(f"{PAGE}{row.pk}/change/").status_code == 200
    assert pages.post(f"{PAGE}{row.pk}/change/", {"version": 7}).status_code == 403
    assert pages.post(f"{PAGE}{row.pk}/delete/").status_code == 403
    settings.PAYMENT_PROVIDER = "paypal"
    assert pages.get(PAGE).status_code == 403
    assert pages.post(f"{PAGE}act/dispute/?ids={row.pk}", {"reason": "A demo"}).status_code == 403
    assert not SandboxRecord.objects.filter(kind="dispute").exists()


def test_only_the_staff_acts(judge: User) -> None:
    make_captured_order()
    row = SandboxRecord.objects.filter(kind="capture").get()
    client = Client()
    client.force_login(make_user("helper", is_staff=True))

    url = f"{PAGE}act/dispute/?ids={row.pk},{uuid.uuid4()}"

    assert client.post(url, {"reason": "A demo"}).status_code == 403
    assert Client().post(url, {"reason": "A demo"}).status_code == 302
    assert not SandboxRecord.objects.filter(kind="dispute").exists()
