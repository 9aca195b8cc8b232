"""The wallet, and how its money came and went."""

import datetime as dt
from collections.abc import Callable
from typing import Any, get_args

import pytest
from django.utils import timezone

from accounts.models import User
from payments.actions.holds import release_due
from payments.actions.payout_batches import pay_out
from payments.cards.earnings import SourceName
from payments.cards.payouts import PayoutStateName
from payments.cards.wallet import AccountName, TransferKindName
from payments.enums import OF_PEOPLE, PayoutState, Purpose, TransferKind
from payments.models import Hold, Payout, Refund
from payments.selectors.earnings import GIFT
from tests.content.costs import cost_of
from tests.factories.cast import ada, bob
from tests.factories.payments import make_paid_tip
from tests.factories.wallet import give_coins, give_money, make_gift, make_payout, make_payout_account
from tests.payments.requests import key, refusal

__all__ = ["ada", "bob"]

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]
A_WEEK_ON = dt.timedelta(days=8)


def usd(value: int) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


# --- the wallet ----------------------------------------------------------------------------------


def test_a_new_wallet_is_empty(api: Api, ada: User) -> None:
    assert api(ada).get("me/wallet").json() == {
        "coins": 0,
        "balances": [
            {
                "currency": "USD",
                "available": usd(0),
                "pending": usd(0),
                "reserved": usd(0),
                "next_release_at": None,
            }
        ],
    }


def test_a_wallet_shows_all_that_one_has(api: Api, ada: User, bob: User) -> None:
    give_coins(ada, 70)
    make_payout(ada, 2_000)
    give_money(ada, 300)
    make_paid_tip(bob, ada, 1_000)
    make_paid_tip(bob, ada, 100)

    wallet = api(ada).get("me/wallet").json()

    first = Hold.objects.order_by("release_at").values_list("release_at", flat=True)[0]
    assert wallet["coins"] == 70
    [balance] = wallet["balances"]
    at = balance.pop("next_release_at")
    assert dt.datetime.fromisoformat(at) == first
    assert balance == {
        "currency": "USD",
        "available": usd(300),
        "pending": usd(1_045),
        "reserved": usd(2_000),
    }


def test_what_was_given_back_is_not_waited_for(api: Api, ada: User, bob: User) -> None:
    payment = make_paid_tip(bob, ada, 1_000)
    api(ada).post(f"payments/{payment.pk}/refunds", json={}, **key())

    assert api(ada).get("me/wallet").json()["balances"][0]["next_release_at"] is None


def test_a_wallet_costs_the_same_whatever_is_in_it(api: Api, ada: User, bob: User) -> None:
    client = api(ada)
    costs = [cost_of(client, "me/wallet")]
    for _ in range(3):
        make_paid_tip(bob, ada)
        make_payout(ada)
        costs.append(cost_of(client, "me/wallet"))

    assert costs == [2, 2, 2, 2]


# --- transactions --------------------------------------------------------------------------------


def test_every_transfer_is_told_with_what_it_was_about(api: Api, ada: User, bob: User) -> None:
    tip = make_paid_tip(bob, ada, 1_000)
    api(ada).post(f"payments/{tip.pk}/refunds", json={"amount": usd(100)}, **key())
    refund = Refund.objects.get()
    gift = make_gift(bob, ada)
    release_due(timezone.now() + A_WEEK_ON)
    make_payout_account(ada)
    give_money(ada, 1_200)
    api(ada).post("me/payouts", json={}, **key())
    pay_out(timezone.now())
    payout = Payout.objects.get()

    results = api(ada).get("me/transactions").json()["results"]

    told = [(card["kind"], card["about"], _moved(card)) for card in results]
    tips, gifts = {"kind": "income", "id": str(tip.pk)}, {"kind": "income", "id": str(gift.pk)}
    of_payout = {"kind": "payout", "id": str(payout.pk)}
    assert told[0] == ("payout_settled", of_payout, {"reserved": -2_064})
    assert told[1] == ("payout", of_payout, {"available": -2_064, "reserved": 2_064})
    assert told[2][2] == {"available": 1_200}
    assert sorted(told[3:5], key=str) == sorted(
        [
            ("release", tips, {"available": 855, "pending": -855}),
            ("release", gifts, {"available": 9, "pending": -9}),
        ],
        key=str,
    )
    assert told[5] == ("gift", {"kind": "gift", "id": str(gift.pk)}, {"pending": 9})
    assert told[6] == ("refund", {"kind": "refund", "id": str(refund.pk)}, {"pending": -95})
    assert told[7] == ("capture", {"kind": "payment", "id": str(tip.pk)}, {"pending": 950})
    assert len(told) == 8
    of_bob = api(bob).get("me/transactions").json()["results"]
    assert [_moved(card) for card in of_bob] == [{"coins": -10}, {"coins": 10}]


def _moved(card: dict[str, Any]) -> dict[str, int]:
    moved = {movement["account"]: movement["amount"]["value"] for movement in card["movements"]}
    assert len(moved) == len(card["movements"])
    assert {movement["amount"]["currency"] for movement in card["movements"]} == {"USD"}
    return moved


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_neither_repeat_nor_skip_a_transfer(api: Api, ada: User, bob: User, limit: int) -> None:
    for _ in range(2):
        make_paid_tip(bob, ada)
        make_payout(ada)
    release_due(timezone.now() + A_WEEK_ON)
    client = api(ada)
    whole = client.get("me/transactions").json()["results"]

    pages, url = [], f"me/transactions?limit={limit}"
    while url:
        page = client.get(url).json()
        pages.append(page["results"])
        assert len(pages) < 20
        url = (page["next"] or "").partition("/api/v1/")[2]
        make_payout(ada)  # does not disturb what comes after

    assert [card for page in pages for card in page] == whole
    assert {len(page) for page in pages[:-1]} <= {limit}
    assert [card["id"] for card in whole] == sorted((card["id"] for card in whole), reverse=True)


def test_transactions_cost_the_same_however_many(api: Api, ada: User, bob: User) -> None:
    client, costs = api(ada), []
    for _ in range(3):
        make_paid_tip(bob, ada)
        release_due(timezone.now() + A_WEEK_ON)
        make_payout(ada)
        costs.append(cost_of(client, "me/transactions"))

    assert costs == [5, 5, 5]


def test_cards_have_a_name_for_every_word_of_the_ledger() -> None:
    assert set(get_args(TransferKindName)) == set(TransferKind.values)
    assert set(get_args(AccountName)) == {kind.value for kind in OF_PEOPLE}
    assert set(get_args(SourceName)) == {*Purpose.values, GIFT} - {Purpose.COINS}
    assert set(get_args(PayoutStateName)) == set(PayoutState.values)


def test_transactions_are_of_the_viewer_alone(api: Api, ada: User, bob: User) -> None:
    make_paid_tip(bob, ada)

    assert api(bob).get("me/transactions").json() == {"results": [], "next": None}
    assert refusal(api().get("me/transactions")) == (401, "not_signed_in")
