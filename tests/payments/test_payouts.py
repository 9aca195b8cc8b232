"""Being paid out: where to, how much, and what comes of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import Session, User
from grover.core.ids import new_id
from payments.actions.holds import release_due
from payments.models import Payout, PayoutAccount
from payments.policies.payouts import hint_of
from payments.selectors.ledger import check_ledger
from tests.content.costs import cost_of
from tests.factories.accounts import make_user
from tests.factories.cast import ada, bob
from tests.factories.payments import make_paid_tip
from tests.factories.wallet import give_money, make_payout, make_payout_account
from tests.payments.requests import key, money_of, refusal

__all__ = ["ada", "bob"]

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]
MINUTE = dt.timedelta(minutes=1)


def usd(value: int) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


# --- where to ------------------------------------------------------------------------------------


def test_an_account_is_said_and_used_from_tomorrow_on(api: Api, ada: User) -> None:
    client = api(ada)
    give_money(ada, 5_000)
    assert refusal(client.get("me/payout-account")) == (404, "not_found")
    assert refusal(client.post("me/payouts", json={}, **key())) == (409, "no_payout_account")

    begun = timezone.now()
    said = client.put("me/payout-account", json={"receiver": "ada@pay.example"})

    assert said.status_code == 200
    assert said.json() == client.get("me/payout-account").json()
    assert said.json()["receiver"] == "ada@pay.example"
    usable_at = PayoutAccount.objects.get().usable_at
    assert dt.timedelta(hours=24) <= usable_at - begun + MINUTE <= dt.timedelta(hours=24, minutes=2)
    assert refusal(client.post("me/payouts", json={}, **key())) == (409, "payout_account_too_new")
    PayoutAccount.objects.update(usable_at=begun)
    assert client.post("me/payouts", json={}, **key()).status_code == 201


def test_a_change_waits_again_and_is_mailed_to_the_owner(api: Api, ada: User) -> None:
    make_payout_account(ada, "ada@pay.example")
    before = PayoutAccount.objects.get().usable_at
    client = api(ada)

    client.put("me/payout-account", json={"receiver": "ada@pay.example"})
    assert (PayoutAccount.objects.get().usable_at, mail.outbox) == (before, [])
    client.put("me/payout-account", json={"receiver": "thief@pay.example"})

    assert PayoutAccount.objects.get().usable_at > timezone.now() + dt.timedelta(hours=23)


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_mailed_of_a_change_without_the_whole_address(api: Api, ada: User) -> None:
    api(ada).put("me/payout-account", json={"receiver": "thief@pay.example"})

    [message] = mail.outbox
    assert (message.to, message.subject) == (["ada@example.com"], "Your payout account was changed")
    assert "from tomorrow on you are paid to t***@pay.example." in message.body
    assert "thief" not in message.body


def test_a_change_needs_the_password_of_just_now(api: Api, ada: User) -> None:
    client = api(ada)
    Session.objects.update(reauthenticated_at=timezone.now() - 11 * MINUTE)

    answer = client.put("me/payout-account", json={"receiver": "ada@pay.example"})

    assert refusal(answer) == (403, "reauthentication_required")
    assert not PayoutAccount.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"receiver": "ada"},
        {"receiver": ""},
        {"receiver": 7},
        {"receiver": None},
        {"email": "a@b.example"},
    ],
)
def test_an_account_is_an_address(api: Api, ada: User, body: Any) -> None:
    assert refusal(api(ada).put("me/payout-account", json=body)) == (422, "invalid")


def test_addresses_are_hinted_at() -> None:
    assert hint_of("ada@pay.example") == "a***@pay.example"
    assert hint_of(hint_of("ada@pay.example")) == "a***@pay.example"


# --- asking --------------------------------------------------------------------------------------


def test_a_payout_is_set_aside_at_once(api: Api, ada: User) -> None:
    give_money(ada, 5_000)
    make_payout_account(ada, "ada@pay.example")

    answer = api(ada).post("me/payouts", json={"amount": usd(3_000)}, **key())

    payout = Payout.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/me/payouts/{payout.pk}"
    assert answer.json() == {
        "id": str(payout.pk),
        "amount": usd(3_000),
        "receiver": "a***@pay.example",
        "state": "requested",
        "is_frozen": False,
        "reason": "",
        "created_at": answer.json()["created_at"],
        "over_at": None,
    }
    assert money_of(ada) == {"available": 2_000, "reserved": 3_000}
    assert api(ada).get(f"me/payouts/{payout.pk}").json() == answer.json()
    for path in (payout.pk, new_id(), "nonsense"):
        assert refusal(api(make_user()).get(f"me/payouts/{path}")) == (404, "not_found")


def test_all_that_is_available_is_paid_out(api: Api, ada: User, bob: User) -> None:
    give_money(ada, 5_001)
    make_payout_account(ada)
    make_paid_tip(bob, ada, 1_000)
    client, same = api(ada), key()

    answers = [client.post("me/payouts", json={}, **same) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["amount"] == usd(5_001)
    assert money_of(ada) == {"reserved": 5_001, "pending": 950}
    assert refusal(client.post("me/payouts", json={}, **key())) == (409, "insufficient_funds")
    assert refusal(client.post("me/payouts", json={})) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("available", "body"),
    [(1_999, {}), (0, {}), (5_000, {"amount": usd(5_001)}), (1_999, {"amount": usd(2_000)}), (-1, {})],
    ids=str,
)
def test_what_is_not_there_is_not_paid_out(api: Api, ada: User, bob: User, available: int, body: Any) -> None:
    make_payout_account(ada)
    if available < 0:
        payment = make_paid_tip(bob, ada, 3_000)
        give_money(ada, 2_000)
        with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
            release_due(timezone.now())
        assert api(ada).post("me/payouts", json={}, **key()).status_code == 201
        assert api(ada).post(f"payments/{payment.pk}/refunds", json={}, **key()).status_code == 201
    elif available:
        give_money(ada, available)
    made = Payout.objects.count()

    assert refusal(api(ada).post("me/payouts", json=body, **key())) == (409, "insufficient_funds")
    assert Payout.objects.count() == made
    assert check_ledger().faults == []


@pytest.mark.parametrize(
    "amount",
    [
        usd(1_999),
        usd(0),
        usd(-1),
        usd(10**12),
        {"value": 2_000, "currency": "EUR"},
        {"value": "2000", "currency": "USD"},
        2_000,
        {},
    ],
    ids=str,
)
def test_other_amounts_are_invalid(api: Api, ada: User, amount: Any) -> None:
    give_money(ada, 50_000)
    make_payout_account(ada)

    assert refusal(api(ada).post("me/payouts", json={"amount": amount}, **key())) == (422, "invalid")
    assert money_of(ada) == {"available": 50_000}


def test_payouts_are_listed_at_one_cost(api: Api, ada: User, bob: User) -> None:
    client, costs, made = api(ada), [], []
    make_payout(bob)
    for _ in range(3):
        made.append(make_payout(ada))
        costs.append(cost_of(client, "me/payouts"))

    listed = client.get("me/payouts").json()["results"]
    assert [card["id"] for card in listed] == [str(payout.pk) for payout in reversed(made)]
    assert (costs[0], costs[2]) == (1, 1)
    first = client.get("me/payouts?limit=2").json()
    rest = client.get(first["next"].partition("/api/v1/")[2]).json()
    assert first["results"] + rest["results"] == listed
