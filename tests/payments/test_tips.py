"""Tipping: from the intent to the money, over REST."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from grover.core.models import AuditEntry
from payments.enums import AccountKind, PaymentState
from payments.models import Payment, Transfer
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import approve, make_paid_tip

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]
USD = "USD"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def test_a_tip_is_approved_captured_and_pending(api: Api) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    buyer = api(bob)

    begun = buyer.post(
        "users/@ada/tips", json={"amount": {"value": 1_000, "currency": USD}, "note": "Bravo"}, **key()
    )

    assert begun.status_code == 201
    card = begun.json()
    assert begun["Location"] == f"/api/v1/payments/{card['id']}"
    assert (card["state"], card["note"], card["amount"]) == (
        "created",
        "Bravo",
        {"value": 1_000, "currency": USD},
    )
    assert "/sandbox/orders/" in card["approve_url"]
    early = buyer.post(f"payments/{card['id']}/capture")
    assert (early.status_code, early.json()["code"]) == (409, "payment_not_approved")

    approve(uuid.UUID(card["id"]))
    taken = buyer.post(f"payments/{card['id']}/capture")

    assert (taken.status_code, taken.json()["state"], taken.json()["approve_url"]) == (200, "captured", None)
    assert balances_of(ada.pk) == {(AccountKind.PENDING, USD): 950}
    assert check_ledger().faults == []
    assert buyer.post(f"payments/{card['id']}/capture").json()["state"] == "captured"
    assert Transfer.objects.count() == 1


def test_a_declined_tip_fails(api: Api) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    card = api(bob).post("users/@ada/tips", json={"amount": {"value": 100, "currency": USD}}, **key()).json()

    approve(uuid.UUID(card["id"]), approves=False)
    answer = api(bob).post(f"payments/{card['id']}/capture")

    assert (answer.status_code, answer.json()["code"]) == (409, "payment_over")
    assert Payment.objects.get().state == PaymentState.FAILED
    assert balances_of(ada.pk) == {}


def test_a_refund_gives_all_back(api: Api) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    payment = make_paid_tip(bob, ada, 999)

    part = api(ada).post(
        f"payments/{payment.pk}/refunds", json={"amount": {"value": 333, "currency": USD}}, **key()
    )
    rest = api(ada).post(f"payments/{payment.pk}/refunds", json={}, **key())

    assert (part.status_code, part.json()["state"], part.json()["amount"]["value"]) == (201, "completed", 333)
    assert (rest.status_code, rest.json()["amount"]["value"]) == (201, 666)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == (PaymentState.REFUNDED, 999)
    assert {kind: value for kind, value in balances_of(ada.pk).items() if value} == {}
    report = check_ledger()
    assert report.faults == []


def test_the_staff_gives_back_whenever_it_was(api: Api) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    payment = make_paid_tip(bob, ada, 1_000)
    long_ago = timezone.now() - dt.timedelta(days=31)
    Payment.objects.filter(pk=payment.pk).update(captured_at=long_ago)
    path, body = f"payments/{payment.pk}/refunds", {"reason": "Sent twice"}

    seller = api(ada).post(path, json=body, **key())
    clerk = api(make_user("clerk", is_staff=True)).post(path, json=body, **key())
    judge = api(make_user("judge", is_staff=True, is_superuser=True)).post(path, json=body, **key())

    assert (seller.status_code, seller.json()["code"]) == (409, "too_late_to_refund")
    assert clerk.status_code == 404
    assert (judge.status_code, judge.json()["amount"]["value"]) == (201, 1_000)
    entry = AuditEntry.objects.get(action="refund_payment")
    assert (entry.actor_label, entry.reason) == ("@judge", "Sent twice")
