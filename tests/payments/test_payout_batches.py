"""Payouts on their way: sent in batches, settled or given back, and told of."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from messaging.models import Notification
from payments.actions import payout_batches
from payments.actions.payout_batches import pay_out, refresh_batch
from payments.actions.payout_outcomes import record_payout
from payments.actions.webhooks import NotKnownYet, process_webhook
from payments.cards.money import Money
from payments.enums import AccountKind, PayoutState
from payments.models import Payout, PayoutBatch, WebhookEvent
from payments.policies.payouts import pause_after
from payments.policies.places import of_platform
from payments.providers import base
from payments.providers.base import NewPayout, SeenPayout
from payments.providers.sandbox.payouts import settle_payout
from payments.providers.sandbox.provider import Sandbox
from payments.selectors.ledger import balance_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.cast import ada, bob
from tests.factories.wallet import make_payout, make_payout_account
from tests.messaging.frames import published
from tests.payments.requests import money_of, paid_at_provider

__all__ = ["ada", "bob"]

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]
MINUTE = dt.timedelta(minutes=1)


def now_and_later() -> tuple[dt.datetime, dt.datetime]:
    now = timezone.now()
    return now, now + 20 * MINUTE


# --- sending -------------------------------------------------------------------------------------


def test_payouts_are_sent_and_settled(ada: User, bob: User) -> None:
    payouts = [make_payout(ada, 2_000), make_payout(bob, 3_000)]
    before = balance_of(of_platform(AccountKind.PROVIDER_CLEARING, "USD"))

    now, later = now_and_later()
    pay_out(now)
    pay_out(later)

    batch = PayoutBatch.objects.get()
    assert batch.is_done
    for payout in payouts:
        payout.refresh_from_db()
        assert (payout.state, payout.batch_id, payout.over_at) == ("settled", batch.pk, payout.over_at)
        assert payout.provider_payout_id is not None
        assert payout.receiver in ("a***@example.com", "b***@example.com")
    assert (money_of(ada), money_of(bob)) == ({}, {})
    assert balance_of(of_platform(AccountKind.PROVIDER_CLEARING, "USD")) == before + 5_000
    assert check_ledger().faults == []


def test_what_cannot_be_paid_is_available_again(api: Api, ada: User) -> None:
    make_payout_account(ada, "fail@pay.example")
    payout = make_payout(ada, 2_500)

    pay_out(timezone.now())

    card = api(ada).get(f"me/payouts/{payout.pk}").json()
    assert (card["state"], card["reason"], card["receiver"]) == (
        "failed",
        "RECEIVER_UNREGISTERED",
        "f***@pay.example",
    )
    assert card["over_at"] is not None
    assert money_of(ada) == {"available": 2_500}
    assert check_ledger().faults == []


@pytest.mark.parametrize(("pays", "state"), [(True, "settled"), (False, "failed")])
def test_a_payout_that_takes_long_is_asked_about_again(ada: User, pays: bool, state: str) -> None:
    make_payout_account(ada, "pending@pay.example")
    payout = make_payout(ada)
    now, later = now_and_later()
    pay_out(now)
    payout.refresh_from_db()
    assert (payout.state, money_of(ada)) == ("sent", {"reserved": 2_000})

    settle_payout(_item_id(payout), pays=pays)
    pay_out(now)
    payout.refresh_from_db()
    assert payout.state == "sent"
    pay_out(later)

    payout.refresh_from_db()
    assert (payout.state, PayoutBatch.objects.get().is_done) == (state, True)
    assert money_of(ada) == ({} if pays else {"available": 2_000})


def test_a_batch_is_asked_about_when_the_provider_tells_of_it(ada: User) -> None:
    make_payout_account(ada, "pending@pay.example")
    payout = make_payout(ada)
    assert not refresh_batch("unknown", timezone.now())
    pay_out(timezone.now())
    settle_payout(_item_id(payout))
    provider_batch_id = PayoutBatch.objects.get().provider_batch_id
    assert provider_batch_id is not None

    for _ in range(2):
        assert refresh_batch(provider_batch_id, timezone.now())
        payout.refresh_from_db()
        assert payout.state == "settled"


def test_a_webhook_has_its_batch_asked_about(ada: User) -> None:
    make_payout_account(ada, "pending@pay.example")
    payout = make_payout(ada)
    pay_out(timezone.now())
    settle_payout(_item_id(payout))
    known, unknown = (
        _webhook(str(thing_id)) for thing_id in (PayoutBatch.objects.get().provider_batch_id, "B-1")
    )

    process_webhook(known.pk, timezone.now())
    with pytest.raises(NotKnownYet):
        process_webhook(unknown.pk, timezone.now())

    payout.refresh_from_db()
    known.refresh_from_db()
    assert (payout.state, known.state) == ("settled", "done")


def _webhook(thing_id: str) -> WebhookEvent:
    return WebhookEvent.objects.create(
        provider="sandbox",
        event_id=thing_id,
        type="payout.completed",
        about="payout",
        thing_id=thing_id,
        happened_at=timezone.now(),
        body={},
    )


def test_more_payouts_than_a_batch_takes_are_sent_in_several(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payout_batches, "IN_A_BATCH", 2)
    payouts = [make_payout(ada) for _ in range(5)]

    pay_out(timezone.now())

    batches = [payout.batch_id for payout in Payout.objects.order_by("pk")]
    assert [batches.count(batch_id) for batch_id in dict.fromkeys(batches)] == [2, 2, 1]
    assert paid_at_provider() == {str(payout.pk): 1 for payout in payouts}
    assert set(Payout.objects.values_list("state", flat=True)) == {"settled"}


def test_nothing_is_done_when_there_is_nothing_to_pay() -> None:
    pay_out(timezone.now())

    assert not PayoutBatch.objects.exists()


def test_the_provider_is_asked_less_often_as_a_batch_gets_older() -> None:
    assert pause_after(dt.timedelta(0)) == dt.timedelta(seconds=30)
    assert pause_after(dt.timedelta(hours=1)) == dt.timedelta(minutes=6)
    assert pause_after(dt.timedelta(days=20)) == dt.timedelta(hours=1)


def _item_id(payout: Payout) -> str:
    payout.refresh_from_db()
    assert payout.batch is not None
    assert payout.batch.provider_batch_id is not None
    items = Sandbox().get_payouts(payout.batch.provider_batch_id)
    [item] = [item for item in items if item.reference == str(payout.pk)]
    return item.id


# --- what providers may say ----------------------------------------------------------------------


class Strange(Sandbox):
    """A provider that refuses some batches, and says of payouts what we did not ask for."""

    def __init__(
        self,
        *,
        refuses: Callable[[Sequence[NewPayout]], bool] = lambda payouts: False,
        says: Callable[[tuple[SeenPayout, ...]], tuple[SeenPayout, ...]] = lambda seen: seen,
    ) -> None:
        self.refuses, self.says = refuses, says

    def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
        if self.refuses(payouts):
            raise base.ProviderRefused("No")
        return super().create_payouts(payouts, batch=batch)

    def get_payouts(self, batch_id: str) -> tuple[SeenPayout, ...]:
        return self.says(super().get_payouts(batch_id))


def use(monkeypatch: pytest.MonkeyPatch, provider: Sandbox) -> None:
    monkeypatch.setattr(payout_batches, "provider", lambda name: provider)


def changed(seen: SeenPayout, **fields: Any) -> SeenPayout:
    return SeenPayout(**{name: getattr(seen, name) for name in SeenPayout.__slots__} | fields)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount": Money(2_001, "USD")}, "another amount"),
        ({"amount": Money(1, "USD"), "state": base.PayoutState.FAILED}, "another amount"),
        ({"amount": Money(2_000, "EUR")}, "another currency"),
    ],
)
def test_what_we_did_not_ask_for_is_left_to_the_staff(
    api: Api,
    ada: User,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, Any],
    reason: str,
) -> None:
    payout, other = make_payout(ada), make_payout(bob)
    use(
        monkeypatch,
        Strange(
            says=lambda seen: tuple(
                changed(item, **fields) if item.reference == str(payout.pk) else item for item in seen
            )
        ),
    )

    with caplog.at_level(logging.CRITICAL):
        pay_out(timezone.now())

    payout.refresh_from_db()
    other.refresh_from_db()
    assert (payout.state, payout.frozen_reason, other.state) == ("sent", reason, "settled")
    assert money_of(ada) == {"reserved": 2_000}
    assert api(ada).get(f"me/payouts/{payout.pk}").json()["is_frozen"] is True
    assert [record.getMessage() for record in caplog.records] == [
        f"The payout {payout.pk} is frozen: {reason}"
    ]
    assert PayoutBatch.objects.get().is_done


def test_a_payout_that_is_in_a_batch_twice_is_frozen(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    payout = make_payout(ada)
    use(monkeypatch, Strange(says=lambda seen: (*seen, changed(seen[0], id="another"))))

    pay_out(timezone.now())

    payout.refresh_from_db()
    assert (payout.state, payout.frozen_reason) == ("sent", "paid more than once")


def test_a_stranger_in_a_batch_is_cried_out(
    ada: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    payout = make_payout(ada)
    use(monkeypatch, Strange(says=lambda seen: (*seen, changed(seen[0], id="another", reference="strange"))))

    with caplog.at_level(logging.CRITICAL):
        pay_out(timezone.now())

    payout.refresh_from_db()
    batch = PayoutBatch.objects.get()
    assert payout.state == "settled"
    assert [record.getMessage() for record in caplog.records] == [
        f"The batch {batch.pk} pays what was not asked for: ['strange']"
    ]


def test_an_older_word_of_the_provider_changes_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    payout = make_payout(ada)
    now, later = now_and_later()
    pay_out(now)
    for state in (base.PayoutState.PENDING, base.PayoutState.FAILED):
        use(
            monkeypatch,
            Strange(says=lambda seen, state=state: tuple(changed(item, state=state) for item in seen)),
        )
        PayoutBatch.objects.update(is_done=False, due_at=now)
        pay_out(later)

    payout.refresh_from_db()
    assert (payout.state, money_of(ada)) == ("settled", {})


def test_what_is_over_stays_so_whatever_is_said_of_it(ada: User) -> None:
    payout = make_payout(ada)
    pay_out(timezone.now())
    [seen] = Sandbox().get_payouts(str(PayoutBatch.objects.get().provider_batch_id))

    for state in base.PayoutState:
        record_payout(payout.pk, [changed(seen, state=state)], timezone.now())

    payout.refresh_from_db()
    assert (payout.state, money_of(ada)) == ("settled", {})


def test_nobody_sends_a_batch_that_somebody_is_sending(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    payout = make_payout(ada)
    now = timezone.now()
    sent: list[str] = []

    class Slow(Sandbox):
        def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
            sent.append(batch)
            pay_out(now + 9 * MINUTE)
            return super().create_payouts(payouts, batch=batch)

    use(monkeypatch, Slow())
    pay_out(now)

    payout.refresh_from_db()
    assert (len(sent), payout.state) == (1, "settled")


def test_one_bad_address_spoils_no_other_payout(
    ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = make_user("eve")
    good, bad, fine = make_payout(ada), make_payout(eve), make_payout(bob)
    use(monkeypatch, Strange(refuses=lambda payouts: "eve@example.com" in {one.receiver for one in payouts}))

    now, later = now_and_later()
    pay_out(now)
    assert set(Payout.objects.values_list("state", flat=True)) == {PayoutState.REQUESTED}
    pay_out(later)

    found = {payout.pk: (payout.state, payout.reason) for payout in Payout.objects.all()}
    assert found == {
        good.pk: ("settled", ""),
        fine.pk: ("settled", ""),
        bad.pk: ("failed", "refused by the payment provider"),
    }
    assert (money_of(ada), money_of(bob), money_of(eve)) == ({}, {}, {"available": 2_000})
    assert set(PayoutBatch.objects.values_list("is_done", flat=True)) == {True}


def test_a_batch_that_was_accepted_after_it_was_refused_is_left_to_the_staff(
    ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two send one batch, the first of them for longer than any call may take; the second is refused."""
    payouts = [make_payout(ada), make_payout(bob)]
    now, later = now_and_later()

    class Slow(Sandbox):
        def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
            use(monkeypatch, Strange(refuses=lambda payouts: True))
            pay_out(later)
            return super().create_payouts(payouts, batch=batch)

    use(monkeypatch, Slow())
    pay_out(now)

    for payout in payouts:
        payout.refresh_from_db()
        assert (payout.state, payout.frozen_reason) == ("requested", "sent after it was refused")
    use(monkeypatch, Sandbox())
    pay_out(later + dt.timedelta(days=1))
    assert paid_at_provider() == {str(payout.pk): 1 for payout in payouts}
    assert not PayoutBatch.objects.filter(provider_batch_id=None, is_done=False).exists()
    assert (money_of(ada), money_of(bob)) == ({"reserved": 2_000}, {"reserved": 2_000})


# --- what is told --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("receiver", "subject", "line", "what"),
    [
        (
            "ada@pay.example",
            "You were paid 25.00 USD",
            "25.00 USD were paid to a***@pay.example.",
            "paid_out",
        ),
        (
            "fail@pay.example",
            "You could not be paid 25.00 USD",
            "25.00 USD could not be paid to f***@pay.example, and are available to you again.",
            "payout_failed",
        ),
    ],
)
def test_the_creator_is_told_what_came_of_a_payout(
    api: Api, ada: User, receiver: str, subject: str, line: str, what: str
) -> None:
    make_payout_account(ada, receiver)
    client = api(ada)
    with published() as frames:
        payout = make_payout(ada, 2_500)
        pay_out(timezone.now())

    end = "settled" if what == "paid_out" else "failed"
    assert [frame.data["state"] for frame in frames if frame.type == "payout.changed"] == [
        "requested",
        "sent",
        end,
    ]
    [message] = mail.outbox
    assert (message.to, message.subject) == (["ada@example.com"], subject)
    assert line in message.body
    [told] = client.get("notifications").json()["results"]
    assert (told["kind"], told["thing"], told["actors"], told["actor_count"]) == (
        "payment",
        {"kind": "payout", "id": str(payout.pk)},
        [],
        0,
    )
    assert told["data"] == {"what": what, "value": "2500", "currency": "USD"}
    assert Notification.objects.count() == 1


# --- the staff -----------------------------------------------------------------------------------


def test_staff_look_at_payouts_and_change_nothing(client: Any, ada: User) -> None:
    staff = make_user("staff", is_staff=True, is_superuser=True)
    client.force_login(staff)
    payout = make_payout(ada)
    pay_out(timezone.now())
    batch = PayoutBatch.objects.get()

    for path in ("payout", "payoutbatch", "gift"):
        assert client.get(f"/admin/payments/{path}/").status_code == 200
    for path in (f"payout/{payout.pk}/change/", f"payoutbatch/{batch.pk}/change/"):
        assert client.get(f"/admin/payments/{path}").status_code == 200
        assert client.post(f"/admin/payments/{path}", {"state": "failed"}).status_code == 403
    assert str(payout.pk) in client.get(f"/admin/payments/payout/?q={ada.pk}").content.decode()
