"""Tiers: offered, described and closed by creators, seen by everybody else."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import ports
from accounts.models import User
from grover.core.ids import new_id
from payments.models import Tier
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.factories.accounts import make_user
from tests.factories.subscriptions import begin_subscription, make_subscription, make_tier
from tests.races import run_parallel

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "Friends", "price": {"value": 500, "currency": "USD"}, **fields}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def errors(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def summary(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": "",
        "avatar_url": None,
        "is_verified": False,
    }


def test_a_tier_is_offered_and_seen(api: Api, ada: User, bob: User) -> None:
    made = api(ada).post("me/tiers", json=body(description="All of it.", benefits=["Sketches", "A call"]))
    card = made.json()

    assert (made.status_code, made["Location"]) == (201, f"/api/v1/me/tiers/{card['id']}")
    assert card == {
        "id": card["id"],
        "creator": summary(ada),
        "name": "Friends",
        "description": "All of it.",
        "price": {"value": 500, "currency": "USD"},
        "benefits": ["Sketches", "A call"],
        "is_open": True,
        "subscriber_count": 0,
        "created_at": card["created_at"],
    }
    assert api(ada).get("me/tiers").json() == {"results": [card], "next": None}
    for_others = card | {"subscriber_count": None}
    for client in (api(), api(bob), api(ada)):
        assert client.get("users/@ada/tiers").json()["results"] == [for_others]


def test_only_its_creator_sees_how_many_subscribe(api: Api, ada: User, bob: User) -> None:
    tier, other = make_tier(ada), make_tier(ada, 900)
    for _ in range(2):
        make_subscription(make_user(), tier)
    begin_subscription(bob, other)

    counts = {card["id"]: card["subscriber_count"] for card in api(ada).get("me/tiers").json()["results"]}
    assert counts == {str(tier.pk): 2, str(other.pk): 0}
    assert {card["subscriber_count"] for card in api(bob).get("users/@ada/tiers").json()["results"]} == {None}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"name": ""}, [("/name", "blank")]),
        ({"name": "x" * 61}, [("/name", "max_length")]),
        ({"description": "x" * 1001}, [("/description", "max_length")]),
        ({"benefits": ["x"] * 11}, [("/benefits", "max_length")]),
        ({"benefits": ["x" * 121]}, [("/benefits/0", "max_length")]),
        ({"benefits": [""]}, [("/benefits/0", "blank")]),
        ({"benefits": "x"}, [("/benefits", "not_a_list")]),
        ({"price": {"value": 98, "currency": "USD"}}, [("/price/value", "min_value")]),
        ({"price": {"value": 99_901, "currency": "USD"}}, [("/price/value", "max_value")]),
        ({"price": {"value": 500, "currency": "EUR"}}, [("/price/currency", "invalid_choice")]),
        ({"price": {"value": "500", "currency": "USD"}}, [("/price/value", "invalid")]),
        ({"price": {"value": True, "currency": "USD"}}, [("/price/value", "invalid")]),
        ({"price": 5.0}, [("/price", "invalid")]),
        ({"is_open": False}, [("/is_open", "unknown")]),
    ],
)
def test_a_wrong_tier_is_not_offered(api: Api, ada: User, changed: Any, found: Any) -> None:
    assert errors(api(ada).post("me/tiers", json=body(**changed))) == found
    assert not Tier.objects.exists()


def test_a_tier_needs_a_name_and_a_price(api: Api, ada: User) -> None:
    assert errors(api(ada).post("me/tiers", json={})) == [("/name", "required"), ("/price", "required")]


def test_the_limits_themselves_are_taken(api: Api, ada: User) -> None:
    for value in (99, 99_900):
        whole = body(
            name="x" * 60,
            description="x" * 1000,
            benefits=["x" * 120] * 10,
            price={"value": value, "currency": "USD"},
        )
        assert api(ada).post("me/tiers", json=whole).status_code == 201


def test_a_tier_is_described_otherwise_but_not_priced(api: Api, ada: User, bob: User) -> None:
    tier, client = make_tier(ada), api(ada)

    changed = client.patch(f"me/tiers/{tier.pk}", json={"name": "Kin", "description": "New", "benefits": []})
    assert (changed.status_code, changed.json()["name"], changed.json()["benefits"]) == (200, "Kin", [])
    assert client.patch(f"me/tiers/{tier.pk}", json={}).json() == changed.json()

    priced = client.patch(f"me/tiers/{tier.pk}", json={"price": {"value": 600, "currency": "USD"}})
    assert errors(priced) == [("/price", "fixed")]
    [error] = priced.json()["errors"]
    assert error["detail"] == "The price of a tier does not change: close it and open another one"
    assert errors(client.patch(f"me/tiers/{tier.pk}", json={"name": ""})) == [("/name", "blank")]
    assert refusal(api(bob).patch(f"me/tiers/{tier.pk}", json={"name": "Mine"})) == (404, "not_found")
    tier.refresh_from_db()
    assert (tier.name, tier.description, tier.price) == ("Kin", "New", 500)


def test_a_closed_tier_is_only_its_creators_to_see(api: Api, ada: User, bob: User) -> None:
    tier, client = make_tier(ada), api(ada)

    assert refusal(api(bob).delete(f"me/tiers/{tier.pk}")) == (404, "not_found")
    for _ in range(2):
        assert client.delete(f"me/tiers/{tier.pk}").status_code == 204
    assert api(bob).get("users/@ada/tiers").json()["results"] == []
    [card] = client.get("me/tiers").json()["results"]
    assert (card["id"], card["is_open"]) == (str(tier.pk), False)
    assert refusal(client.patch(f"me/tiers/{tier.pk}", json={"name": "Kin"})) == (409, "tier_closed")


def test_ten_tiers_are_open_at_most(api: Api, ada: User) -> None:
    tiers = [make_tier(ada) for _ in range(10)]

    assert refusal(api(ada).post("me/tiers", json=body())) == (409, "too_many_tiers")
    make_tier(make_user())
    api(ada).delete(f"me/tiers/{tiers[3].pk}")
    assert api(ada).post("me/tiers", json=body()).status_code == 201
    assert refusal(api(ada).post("me/tiers", json=body())) == (409, "too_many_tiers")


@pytest.mark.django_db(transaction=True)
def test_ten_tiers_are_open_however_many_are_offered_at_once(api: Api, ada: User) -> None:
    for _ in range(8):
        make_tier(ada)
    client = api(ada)

    answers = run_parallel(8, lambda _: client.post("me/tiers", json=body()).status_code)
    assert sorted(answers) == [201] * 2 + [409] * 6
    assert Tier.objects.filter(is_open=True).count() == 10


def test_tiers_are_listed_by_price_page_by_page(api: Api, ada: User) -> None:
    tiers = [make_tier(ada, value) for value in (900, 100, 500, 100)]
    client = api()

    first = client.get("users/@ada/tiers?limit=3").json()
    rest = client.get(first["next"].partition("/api/v1/")[2]).json()
    ids = [card["id"] for card in first["results"] + rest["results"]]
    assert ids == [str(tiers[index].pk) for index in (1, 3, 2, 0)]
    assert rest["next"] is None
    assert [card["id"] for card in api(ada).get("me/tiers").json()["results"]] == [
        str(tier.pk) for tier in reversed(tiers)
    ]


def test_tiers_are_hidden_with_their_creator(api: Api, ada: User, bob: User) -> None:
    make_tier(ada)
    block(ada, bob)
    assert refusal(api(bob).get("users/@ada/tiers")) == (404, "not_found")
    suspend(ada)
    assert refusal(api().get("users/@ada/tiers")) == (404, "not_found")
    assert refusal(api().get(f"users/{new_id()}/tiers")) == (404, "not_found")


def test_lists_cost_the_same_however_long(api: Api, ada: User, bob: User) -> None:
    costs = []
    for _ in range(3):
        make_subscription(make_user(), make_tier(ada))
        costs.append((cost_of(api(ada), "me/tiers"), cost_of(api(bob), f"users/{ada.pk}/tiers")))

    assert (costs[0], costs[2]) == ((3, 3), (3, 3))


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_leaves_bare_tiers(ada: User) -> None:
    tier, other = make_tier(ada, description="Me"), make_tier(make_user(), description="Another")
    for _ in range(2):
        ports.erase_person.call(ada.pk)
        tier.refresh_from_db()
        assert (tier.name, tier.description, tier.benefits, tier.is_open) == ("", "", [], False)
    other.refresh_from_db()
    assert (other.description, other.is_open) == ("Another", True)
