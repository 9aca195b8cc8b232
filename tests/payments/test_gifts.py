"""Coins and the gifts that are paid with them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from messaging.models import Notification
from payments.actions.gifts import send_gift
from payments.actions.refunds import refund_as_staff
from payments.enums import AccountKind
from payments.errors.payments import InsufficientFunds
from payments.models import Gift, Hold, Payment
from payments.policies.gifts import GIFTS
from payments.policies.places import of_platform
from payments.selectors.ledger import balance_of, balances_of, check_ledger
from tests.content.people import block
from tests.factories.accounts import make_user
from tests.factories.cast import ada, bob
from tests.factories.payments import pay
from tests.factories.wallet import give_coins
from tests.messaging.frames import published
from tests.payments.requests import key, refusal, summary

__all__ = ["ada", "bob"]

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]


def coins_of(user: User) -> int:
    return balances_of(user.pk).get((AccountKind.COINS, "USD"), 0)


def pending_of(user: User) -> int:
    return balances_of(user.pk).get((AccountKind.PENDING, "USD"), 0)


# --- coins ---------------------------------------------------------------------------------------


def test_coins_are_sold_in_packs_at_a_cent_each(api: Api, bob: User) -> None:
    answer = api(bob).get("coin-packs").json()

    assert answer == {
        "results": [
            {"id": f"coins_{coins}", "coins": coins, "price": {"value": coins, "currency": "USD"}}
            for coins in (100, 500, 1_000, 5_000, 10_000)
        ],
        "next": None,
    }


def test_coins_are_there_once_they_are_paid_for(api: Api, bob: User) -> None:
    bought = api(bob).post("me/coins", json={"pack": "coins_500"}, **key())

    card = bought.json()
    assert (bought.status_code, bought["Location"]) == (201, f"/api/v1/payments/{card['id']}")
    assert (card["purpose"], card["payee"], card["amount"]) == (
        "coins",
        None,
        {"value": 500, "currency": "USD"},
    )
    assert coins_of(bob) == 0
    pay(uuid.UUID(card["id"]))
    assert coins_of(bob) == 500
    assert balance_of(of_platform(AccountKind.FEES, "USD")) == 0
    assert check_ledger().faults == []


@pytest.mark.parametrize("body", [{}, {"pack": "coins_7"}, {"pack": 100}, {"pack": "coins_100", "more": 1}])
def test_no_other_pack_is_sold(api: Api, bob: User, body: Any) -> None:
    answer = api(bob).post("me/coins", json=body, **key())

    assert (answer.status_code, Payment.objects.count()) == (422, 0)


def test_a_repeated_purchase_is_the_same(api: Api, bob: User) -> None:
    same = key()
    client = api(bob)
    answers = [client.post("me/coins", json={"pack": "coins_100"}, **same) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert Payment.objects.count() == 1
    assert refusal(client.post("me/coins", json={"pack": "coins_100"})) == (400, "idempotency_key_required")


def test_staff_give_back_coins_that_are_not_spent(api: Api, ada: User, bob: User) -> None:
    payment = pay(uuid.UUID(api(bob).post("me/coins", json={"pack": "coins_100"}, **key()).json()["id"]))
    api(bob).post("users/@ada/gifts", json={"gift": "heart", "quantity": 4}, **key())
    staff = {"payment_id": payment.pk, "amount": None, "reason": "", "staff_id": make_user(is_staff=True).pk}

    with pytest.raises(InsufficientFunds):
        refund_as_staff(refund_id=new_id(), **staff)
    give_coins(bob, 40)
    card = refund_as_staff(refund_id=new_id(), **staff)

    assert (card.state, card.amount.value, coins_of(bob)) == ("completed", 100, 0)
    assert check_ledger().faults == []


# --- gifts ---------------------------------------------------------------------------------------


def test_the_catalogue_is_shown(api: Api, bob: User) -> None:
    results = api(bob).get("gifts").json()["results"]

    assert results[0] == {"id": "rose", "name": "Rose", "coins": 1}
    assert [kind["id"] for kind in results] == list(GIFTS)
    assert [kind["coins"] for kind in results] == sorted(kind["coins"] for kind in results)


def test_a_gift_moves_coins_to_the_creator_and_the_platform(api: Api, ada: User, bob: User) -> None:
    give_coins(bob, 100)

    answer = api(bob).post(
        "users/@ada/gifts", json={"gift": "heart", "quantity": 3, "note": "Bravo"}, **key()
    )

    gift = Gift.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/gifts/{gift.pk}"
    assert answer.json() == {
        "id": str(gift.pk),
        "gift": {"id": "heart", "name": "Heart", "coins": 10},
        "quantity": 3,
        "coins": 30,
        "sender": summary(bob),
        "receiver": summary(ada),
        "note": "Bravo",
        "thing_id": None,
        "created_at": answer.json()["created_at"],
    }
    assert balances_of(bob.pk) == {(AccountKind.COINS, "USD"): 70}
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 27}
    assert balance_of(of_platform(AccountKind.FEES, "USD")) == 3
    hold = Hold.objects.get()
    assert (hold.owner_id, hold.source_id, hold.amount) == (ada.pk, gift.pk, 27)
    assert check_ledger().faults == []
    for user in (ada, bob):
        assert api(user).get(f"gifts/{gift.pk}").json() == answer.json()
    for path in (gift.pk, new_id(), "rose"):
        assert refusal(api(make_user()).get(f"gifts/{path}")) == (404, "not_found")


def test_the_creator_is_told_of_a_gift(ada: User, bob: User) -> None:
    give_coins(bob, 10)
    gift_id, stream_id = new_id(), new_id()

    send_gift(
        on_behalf_of(bob.pk),
        gift_id=gift_id,
        target_id=ada.pk,
        gift="heart",
        quantity=1,
        note="",
        thing_id=stream_id,
    )

    told = Notification.objects.get()
    assert (told.user_id, told.kind, told.thing_kind, told.thing_id, told.data) == (
        ada.pk,
        "payment",
        "gift",
        gift_id,
        {"what": "gift", "gift": "heart", "quantity": "1", "value": "10", "currency": "USD"},
    )
    assert Gift.objects.get().thing_id == stream_id


@pytest.mark.django_db(transaction=True)
def test_both_are_sent_the_gift(api: Api, ada: User, bob: User) -> None:
    give_coins(bob, 10)
    with published() as frames:
        card = api(bob).post("users/@ada/gifts", json={"gift": "heart"}, **key()).json()

    sent = [(frame.group, frame.data) for frame in frames if frame.type == "gift.sent"]
    assert sent == [(f"user.{user.pk}", {"gift_id": card["id"], "gift": card}) for user in (bob, ada)]


def test_a_repeated_gift_is_given_once(api: Api, ada: User, bob: User) -> None:
    give_coins(bob, 30)
    client, same, gift_id = api(bob), key(), new_id()

    answers = [client.post("users/@ada/gifts", json={"gift": "heart"}, **same) for _ in range(2)]
    cards = [
        send_gift(client.viewer, gift_id=gift_id, target_id=ada.pk, gift="heart", quantity=1, note="")
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert cards[0] == cards[1]
    assert (coins_of(bob), pending_of(ada), Gift.objects.count()) == (10, 18, 2)


def test_what_is_refused_costs_nothing(api: Api, ada: User, bob: User) -> None:
    give_coins(bob, 9)
    blocked = make_user()
    block(blocked, bob)
    heart = {"gift": "heart"}

    assert refusal(api(bob).post("users/@ada/gifts", json=heart, **key())) == (409, "insufficient_funds")
    assert refusal(api(bob).post("users/@bob/gifts", json=heart, **key())) == (409, "paying_oneself")
    assert refusal(api(bob).post("users/@ada/gifts", json=heart)) == (400, "idempotency_key_required")
    for target in (blocked.pk, new_id(), "@nobody", "nonsense"):
        assert refusal(api(bob).post(f"users/{target}/gifts", json=heart, **key())) == (404, "not_found")
    assert (coins_of(bob), Gift.objects.count(), Hold.objects.count()) == (9, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"gift": "yacht"},
        {"gift": "rose", "quantity": 0},
        {"gift": "rose", "quantity": 100},
        {"gift": "rose", "quantity": "1"},
        {"gift": "rose", "quantity": 1.5},
        {"gift": "rose", "quantity": True},
        {"gift": "rose", "note": "x" * 201},
        {"gift": "rose", "coins": 1},
    ],
    ids=str,
)
def test_what_cannot_be_given_is_invalid(api: Api, ada: User, bob: User, body: Any) -> None:
    give_coins(bob, 1_000)

    assert refusal(api(bob).post("users/@ada/gifts", json=body, **key())) == (422, "invalid")
    assert (coins_of(bob), Gift.objects.count()) == (1_000, 0)


@pytest.mark.parametrize(("gift", "fee"), [("rose", 0), ("coffee", 0), ("heart", 1), ("castle", 500)])
def test_the_fee_is_rounded_half_to_even(ada: User, bob: User, gift: str, fee: int) -> None:
    coins = GIFTS[gift].coins
    give_coins(bob, coins)
    send_gift(on_behalf_of(bob.pk), gift_id=new_id(), target_id=ada.pk, gift=gift, quantity=1, note="")

    assert (Gift.objects.get().fee, pending_of(ada)) == (fee, coins - fee)
    assert check_ledger().faults == []
