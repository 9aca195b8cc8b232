"""What the staff sees of money, and does about it."""

import csv
import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from grover.core.models import AuditEntry
from payments.actions.disputes import record_dispute
from payments.actions.outcomes import record_order
from payments.actions.payout_batches import pay_out
from payments.cards.money import Money
from payments.enums import AccountKind, CorrectionState, DisputeState, PaymentState, PayoutState, WebhookState
from payments.models import (
    Correction,
    Dispute,
    Hold,
    MoneyCheck,
    Payment,
    Payout,
    Refund,
    Transfer,
    WebhookEvent,
)
from payments.policies.corrections import ALONE_UP_TO
from payments.policies.places import of_platform
from payments.providers.base import SeenDispute
from payments.providers.registry import provider
from payments.selectors.ledger import balance_of, balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import make_paid_tip, make_tip
from tests.factories.wallet import make_payout

pytestmark = pytest.mark.django_db

ADMIN = "/admin/payments"
USD = "USD"


def staff_of(name: str) -> tuple[User, Client]:
    user = make_user(name, is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    return user, client


@pytest.fixture
def pages(db: None) -> Client:
    return staff_of("judge")[1]


def make_webhook(**fields: Any) -> WebhookEvent:
    values = {"type": "X", "about": "dispute", "thing_id": "none", "body": {}, **fields}
    return WebhookEvent.objects.create(
        provider="sandbox", event_id=str(uuid.uuid4()), happened_at=timezone.now(), **values
    )


def test_every_page_of_money_shows_what_there_is(pages: Client) -> None:
    payment = make_paid_tip(make_user(), make_user(), note="<b>=1+1")
    assert payment.capture_id is not None
    seen = SeenDispute(id="PP", state=DisputeState.LOST, capture_id=payment.capture_id, amount=Money(1, USD))
    record_dispute(seen, now=timezone.now())
    refund = Refund.objects.create(payment=payment, amount=1, fee=0, checked_at=timezone.now())
    rows = [payment, refund, Dispute.objects.get(), Hold.objects.get(), make_webhook()]

    for row in rows:
        page = f"{ADMIN}/{row._meta.model_name}/"
        assert str(row.pk) in pages.get(page).content.decode()
        assert pages.get(f"{page}?q={row.pk}").status_code == 200
        assert pages.get(f"{page}{row.pk}/change/").status_code == 200
        assert pages.post(f"{page}{row.pk}/change/", {"amount": 1}).status_code == 403
        assert pages.post(f"{page}{row.pk}/delete/").status_code == 403
    assert pages.get(f"{ADMIN}/payment/?frozen=yes").content.decode().count(str(payment.pk)) == 0
    assert pages.get(f"{ADMIN}/moneycheck/").status_code == 200


def test_a_table_taken_away_holds_no_formula(pages: Client) -> None:
    payment = make_tip(make_user(), make_user(), note='=HYPERLINK("http://x")')

    answer = pages.post(f"{ADMIN}/payment/", {"action": "export_csv", "_selected_action": [str(payment.pk)]})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    [row] = csv.DictReader(b"".join(answer.streaming_content).decode().splitlines())  # type: ignore[attr-defined]
    assert row["note"] == '\'=HYPERLINK("http://x")'
    assert (row["id"], row["amount"], row["state"]) == (str(payment.pk), "1000", "created")


def test_the_staff_gives_a_payment_back(pages: Client) -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada)

    pages.post(f"{ADMIN}/payment/act/refund/?ids={payment.pk}", {"reason": "Sent twice"})

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert balances_of(ada.pk) == {(AccountKind.PENDING, USD): 0}
    entry = AuditEntry.objects.get(action="refund_payment")
    assert (entry.target_id, entry.reason, entry.actor_label) == (str(payment.pk), "Sent twice", "@judge")


def test_a_frozen_payment_goes_on_when_the_staff_says_so(pages: Client) -> None:
    payment = make_tip(make_user(), make_user())
    assert payment.order_id is not None
    seen = provider().get_order(payment.order_id)
    record_order(payment.pk, seen, payee="somebody else", now=timezone.now())
    payment.refresh_from_db()
    assert payment.frozen_reason == "another payee"

    page = f"{ADMIN}/payment/act/thaw/?ids={payment.pk}"
    pages.post(page, {"reason": "Our payee changed"})
    again = pages.post(page, {"reason": "Again"}, follow=True)

    payment.refresh_from_db()
    assert payment.frozen_reason == ""
    assert "This is not frozen" in again.content.decode()


def test_a_webhook_about_nothing_known_is_looked_at_again(pages: Client) -> None:
    payment = make_paid_tip(make_user(), make_user())
    known = make_webhook(about="order", thing_id=payment.order_id, state=WebhookState.UNKNOWN)
    unknown = make_webhook(about="order", state=WebhookState.UNKNOWN)

    pages.post(f"{ADMIN}/webhookevent/act/again/?ids={known.pk},{unknown.pk}", {"reason": "Look"})

    states = dict(WebhookEvent.objects.values_list("pk", "state"))
    assert states == {known.pk: WebhookState.DONE, unknown.pk: WebhookState.UNKNOWN}


def propose(client: Client, amount: int, **fields: Any) -> Any:
    said = {
        "from_kind": AccountKind.FEES,
        "to_kind": AccountKind.AVAILABLE,
        "amount": amount,
        "currency": USD,
        "reason": "Goodwill",
        **fields,
    }
    return client.post(f"{ADMIN}/correction/add/", said, follow=True)


def test_a_small_correction_is_done_by_one_person(pages: Client) -> None:
    ada = make_user()

    propose(pages, ALONE_UP_TO, to_owner_id=ada.pk)

    correction = Correction.objects.get()
    assert (correction.state, correction.decided_by_id) == (CorrectionState.DONE, correction.author_id)
    assert balances_of(ada.pk) == {(AccountKind.AVAILABLE, USD): ALONE_UP_TO}
    transfer = Transfer.objects.get()
    assert (transfer.author_id, transfer.reason) == (correction.author_id, "Goodwill")
    assert check_ledger().faults == []


def test_a_large_correction_needs_a_second_person() -> None:
    ada, (_, first), (second_user, second) = make_user(), staff_of("first"), staff_of("second")
    propose(first, ALONE_UP_TO + 1, to_owner_id=ada.pk)
    correction = Correction.objects.get()
    assert (correction.state, balances_of(ada.pk)) == (CorrectionState.PROPOSED, {})
    page = f"{ADMIN}/correction/act/approve/?ids={correction.pk}"

    alone = first.post(page, {"reason": "Yes"}, follow=True)
    assert "Somebody else has to decide" in alone.content.decode()
    assert balances_of(ada.pk) == {}
    second.post(page, {"reason": "Yes"})
    again = second.post(page, {"reason": "Yes"}, follow=True)

    assert "This correction was decided already" in again.content.decode()
    correction.refresh_from_db()
    assert (correction.state, correction.decided_by_id) == (CorrectionState.DONE, second_user.pk)
    assert balances_of(ada.pk) == {(AccountKind.AVAILABLE, USD): ALONE_UP_TO + 1}


def test_a_rejected_correction_moves_nothing() -> None:
    (_, first), (_, second) = staff_of("first"), staff_of("second")
    propose(first, ALONE_UP_TO + 1, to_owner_id=make_user().pk)
    correction = Correction.objects.get()

    second.post(f"{ADMIN}/correction/act/reject/?ids={correction.pk}", {"reason": "No"})
    second.post(f"{ADMIN}/correction/act/approve/?ids={correction.pk}", {"reason": "Yes"})

    correction.refresh_from_db()
    assert (correction.state, Transfer.objects.count()) == (CorrectionState.REJECTED, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 0},
        {"from_kind": AccountKind.PENDING},
        {"to_kind": AccountKind.FEES, "to_owner_id": ""},
        {"to_kind": AccountKind.FEES},
        {"to_owner_id": ""},
    ],
    ids=str,
)
def test_a_correction_that_cannot_be_is_refused(pages: Client, fields: dict[str, Any]) -> None:
    said = {"to_owner_id": make_user().pk, **fields}

    propose(pages, said.pop("amount", 5), **said)

    assert (Correction.objects.count(), Transfer.objects.count()) == (0, 0)


def test_nobody_is_corrected_below_zero(pages: Client) -> None:
    ada = make_user()

    answer = propose(
        pages,
        5,
        from_owner_id=ada.pk,
        from_kind=AccountKind.AVAILABLE,
        to_kind=AccountKind.FEES,
        to_owner_id="",
    )

    assert "There is not enough money for this" in answer.content.decode()
    assert (Correction.objects.count(), balance_of(of_platform(AccountKind.FEES, USD))) == (0, 0)


def test_without_the_right_nothing_is_done() -> None:
    payment = make_paid_tip(make_user(), make_user())
    client = Client()
    client.force_login(make_user("clerk", is_staff=True))

    for path in (
        f"{ADMIN}/payment/",
        f"{ADMIN}/correction/add/",
        f"{ADMIN}/payment/act/refund/?ids={payment.pk}",
    ):
        assert client.post(path, {"reason": "x"}).status_code == 403
    assert Payment.objects.get().state == PaymentState.CAPTURED
    assert MoneyCheck.objects.count() == 0


def make_frozen_payout() -> Payout:
    payout = make_payout(make_user(), 2_500)
    Payout.objects.filter(pk=payout.pk).update(frozen_reason="another amount")
    pay_out(timezone.now())
    payout.refresh_from_db()
    assert payout.state == PayoutState.REQUESTED
    return payout


def test_a_frozen_payout_goes_on_when_the_staff_says_so(pages: Client) -> None:
    payout = make_frozen_payout()

    pages.post(f"{ADMIN}/payout/act/thaw/?ids={payout.pk}", {"reason": "It was our mistake"})
    pay_out(timezone.now() + dt.timedelta(hours=1))

    payout.refresh_from_db()
    assert (payout.state, payout.frozen_reason) == (PayoutState.SETTLED, "")
    assert AuditEntry.objects.get(action="thaw_payout").reason == "It was our mistake"


def test_a_frozen_payout_is_given_back_when_the_staff_says_so(pages: Client) -> None:
    payout = make_frozen_payout()
    page = f"{ADMIN}/payout/act/end/?ids={payout.pk}"

    pages.post(page, {"reason": "Never arrived"})
    again = pages.post(page, {"reason": "Again"}, follow=True)

    payout.refresh_from_db()
    assert payout.state == PayoutState.FAILED
    assert balances_of(payout.user_id)[AccountKind.AVAILABLE, USD] == 2_500
    assert "This is not frozen" in again.content.decode()
    assert check_ledger().faults == []
