"""Discounts: made, changed and deleted, what they take off, and how often."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id
from payments.actions.payments import refresh_payment
from payments.enums import EntitlementKind
from payments.models import Discount, Order, Payment
from payments.selectors.entitlements import entitled
from payments.selectors.ledger import balances_of
from tests.content.costs import cost_of
from tests.content.people import block
from tests.factories.market import make_discount, make_order, make_paid_order, make_product
from tests.factories.payments import approve, pay
from tests.payments.test_orders import body_of, key, stock_of, told, usd
from tests.payments.test_products import faults, ids_of, refusal

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def uses(discount: Discount) -> int:
    return Discount.objects.values_list("uses", flat=True).get(pk=discount.pk)


def check_of(*products: Any, code: str = "SPRING", quantity: int = 1) -> dict[str, Any]:
    lines = [{"product_id": str(product.pk), "quantity": quantity} for product in products]
    return {"discount_code": code, "lines": lines}


# --- making --------------------------------------------------------------------------------------


def test_discount_is_made_changed_and_deleted(api: Any, ada: User, bob: User) -> None:
    product, client = make_product(ada), api(ada)
    body = {
        "code": "spring-26",
        "amount": usd(500),
        "minimum": usd(2_000),
        "product_ids": [str(product.pk)],
        "starts_at": "2026-01-01T00:00:00Z",
        "ends_at": "2030-01-01T00:00:00Z",
        "max_uses": 10,
        "max_uses_per_buyer": 1,
    }
    made = client.post("me/discounts", json=body)

    assert made.status_code == 201
    card = made.json()
    assert made["Location"] == f"/api/v1/me/discounts/{card['id']}"
    assert card == body | {
        "id": card["id"],
        "code": "SPRING-26",
        "percent": None,
        "uses": 0,
        "created_at": card["created_at"],
    }
    assert client.get("me/discounts").json()["results"] == [card]
    assert ids_of(api(bob).get("me/discounts")) == []

    path = f"me/discounts/{card['id']}"
    changed = client.patch(path, json={"percent": 20, "minimum": None, "ends_at": None, "max_uses": None})
    assert changed.json() == card | {
        "percent": 20,
        "amount": None,
        "minimum": usd(0),
        "ends_at": None,
        "max_uses": None,
    }
    assert client.patch(path, json={"amount": usd(1)}).json()["percent"] is None
    assert client.delete(path).status_code == 204
    assert refusal(client.delete(path)) == (404, "not_found")


def test_code_is_one_sellers_once(api: Any, ada: User, bob: User) -> None:
    body = {"code": "Spring", "percent": 5}
    assert api(ada).post("me/discounts", json=body).status_code == 201
    again = api(ada).post("me/discounts", json=body | {"code": "sPRING"})
    assert refusal(again) == (409, "discount_code_taken")
    assert api(bob).post("me/discounts", json=body).status_code == 201


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"percent": 0}, [("/percent", "min_value")]),
        ({"percent": 101}, [("/percent", "max_value")]),
        ({"percent": 1.5}, [("/percent", "invalid")]),
        ({"percent": None}, [("/percent", "null")]),
        ({"amount": usd(0)}, [("/amount/value", "min_value")]),
        ({"amount": usd(1_000_001)}, [("/amount/value", "max_value")]),
        ({"amount": {"value": 1, "currency": "EUR"}}, [("/amount/currency", "invalid_choice")]),
        ({"amount": usd(1), "percent": 1}, [("/amount", "not_both")]),
        ({"minimum": usd(-1)}, [("/minimum/value", "min_value")]),
        ({"minimum": usd(10_000_001)}, [("/minimum/value", "max_value")]),
        ({"product_ids": [str(uuid.UUID(int=1))] * 2}, [("/product_ids", "not_distinct")]),
        ({"product_ids": [str(uuid.UUID(int=n)) for n in range(101)]}, [("/product_ids", "max_length")]),
        ({"product_ids": [str(uuid.uuid4())]}, [("/product_ids/0", "unknown")]),
        ({"starts_at": "soon"}, [("/starts_at", "invalid")]),
        (
            {"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"},
            [("/ends_at", "out_of_range")],
        ),
        ({"max_uses": 0}, [("/max_uses", "min_value")]),
        ({"max_uses": 1_000_001}, [("/max_uses", "max_value")]),
        ({"max_uses_per_buyer": 0}, [("/max_uses_per_buyer", "min_value")]),
        ({"uses": 1}, [("/uses", "unknown")]),
    ],
)
def test_wrong_discounts_are_refused(
    api: Any, ada: User, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    base = {"code": "WINTER"} if {"percent", "amount"} & fields.keys() else {"code": "WINTER", "percent": 5}
    assert faults(api(ada).post("me/discounts", json=base | fields)) == expected
    discount = make_discount(ada)
    assert faults(api(ada).patch(f"me/discounts/{discount.pk}", json=fields)) == expected
    assert list(Discount.objects.values_list("version", flat=True)) == [1]


@pytest.mark.parametrize("code", ["ab", "a" * 33, "a b", "käse", "", "A\n", 123, None])
def test_wrong_codes_are_refused(api: Any, ada: User, code: Any) -> None:
    answer = api(ada).post("me/discounts", json={"code": code, "percent": 5})
    assert [pointer for pointer, _ in faults(answer)] == ["/code"]


def test_discount_takes_something_off(api: Any, ada: User) -> None:
    assert faults(api(ada).post("me/discounts", json={"code": "SPRING"})) == [("/percent", "required")]


def test_code_is_settled_and_products_are_ones_own(api: Any, ada: User, bob: User) -> None:
    discount, strange = make_discount(ada), make_product(bob)
    path = f"me/discounts/{discount.pk}"
    assert faults(api(ada).patch(path, json={"code": "WINTER"})) == [("/code", "unknown")]
    answer = api(ada).patch(path, json={"product_ids": [str(strange.pk)]})
    assert faults(answer) == [("/product_ids/0", "unknown")]


def test_others_change_and_delete_nothing(api: Any, ada: User, bob: User) -> None:
    discount = make_discount(ada)
    for path in (discount.pk, new_id(), "nonsense"):
        assert refusal(api(bob).patch(f"me/discounts/{path}", json={"percent": 99})) == (404, "not_found")
        assert refusal(api(bob).delete(f"me/discounts/{path}")) == (404, "not_found")
    assert Discount.objects.get().percent == 10


# --- what is taken off ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "prices", "reduction"),
    [
        ({"percent": 10}, [1_000], 100),
        ({"percent": 15}, [1_010], 152),  # 151.5, to the even one
        ({"percent": 5}, [1_010], 50),  # 50.5, to the even one
        ({"percent": 1}, [50], 0),
        ({"percent": 100}, [999, 1], 1_000),
        ({"amount": 300}, [1_000], 300),
        ({"amount": 3_000}, [1_000], 1_000),
        ({"percent": 10, "minimum": 2_000}, [1_000, 1_000], 200),
    ],
)
def test_reduction_is_as_it_says(
    api: Any, ada: User, bob: User, fields: dict[str, Any], prices: list[int], reduction: int
) -> None:
    make_discount(ada, **fields)
    products = [make_product(ada, price=price) for price in prices]
    answer = api(bob).post("discounts/check", json=check_of(*products, code="spring"))

    assert answer.status_code == 200
    assert answer.json() == {
        "discount_code": "SPRING",
        "subtotal": usd(sum(prices)),
        "discount": usd(reduction),
        "total": usd(sum(prices) - reduction),
    }


def test_discount_is_for_its_products(api: Any, ada: User, bob: User) -> None:
    mug, cup = make_product(ada, price=1_000), make_product(ada, price=500)
    make_discount(ada, percent=50, product_ids=[str(mug.pk)])

    both = api(bob).post("discounts/check", json=check_of(mug, cup, quantity=2)).json()
    assert (both["subtotal"], both["discount"]) == (usd(3_000), usd(1_000))
    answer = api(bob).post("discounts/check", json=check_of(cup))
    assert refusal(answer) == (409, "discount_not_applicable")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"starts_at": DAY}, 409, "discount_not_valid"),
        ({"ends_at": -DAY}, 409, "discount_not_valid"),
        ({"starts_at": -DAY, "ends_at": DAY}, 200, ""),
        ({"max_uses": 3, "uses": 3}, 409, "discount_used_up"),
        ({"max_uses": 3, "uses": 2}, 200, ""),
        ({"minimum": 1_001}, 409, "discount_not_applicable"),
        ({"minimum": 1_000}, 200, ""),
        ({"code": "AUTUMN"}, 422, "invalid"),
    ],
)
def test_discount_is_refused_before_anything_is_taken(
    api: Any, ada: User, bob: User, fields: dict[str, Any], status: int, code: str
) -> None:
    moments = {name: timezone.now() + fields[name] for name in ("starts_at", "ends_at") if name in fields}
    discount = make_discount(ada, **(fields | moments))
    product = make_product(ada, stock=1)
    checked = api(bob).post("discounts/check", json=check_of(product))
    placed = api(bob).post("orders", json=body_of(product, discount_code="spring"), **key())

    assert (checked.status_code, checked.json().get("code", "")) == (status, code)
    assert (placed.status_code, placed.json().get("code", "")) == (201 if status == 200 else status, code)
    assert stock_of(product) == (0 if status == 200 else 1)
    assert uses(discount) == fields.get("uses", 0) + (status == 200)


def test_check_is_refused_as_an_order_is(api: Any, ada: User, bob: User, eve: User) -> None:
    product = make_product(ada)
    make_discount(eve)
    assert faults(api(bob).post("discounts/check", json=check_of(product))) == [("/discount_code", "unknown")]
    assert faults(api(bob).post("discounts/check", json={})) == [
        ("/discount_code", "required"),
        ("/lines", "required"),
    ]
    make_discount(ada)
    assert refusal(api(ada).post("discounts/check", json=check_of(product))) == (409, "paying_oneself")
    block(ada, bob)
    answer = api(bob).post("discounts/check", json=check_of(product))
    assert faults(answer) == [("/lines/0/product_id", "unknown")]


# --- uses ----------------------------------------------------------------------------------------


def test_order_costs_less_and_uses_the_discount(api: Any, ada: User, bob: User) -> None:
    discount, product = make_discount(ada, percent=25), make_product(ada)
    placed = api(bob).post("orders", json=body_of(product, discount_code="spring"), **key()).json()

    assert (placed["subtotal"], placed["discount"], placed["total"]) == (usd(1_000), usd(250), usd(750))
    assert placed["discount_code"] == "SPRING"
    assert Payment.objects.get().amount == 750
    assert uses(discount) == 1
    pay(uuid.UUID(placed["id"]))
    assert sum(balances_of(ada.pk).values()) == 712  # 5 % of 750 are 37.5, to the even one
    assert uses(discount) == 1


@pytest.mark.parametrize("end", ["declined", "expired", "cancelled"])
def test_use_is_given_back_when_no_money_comes(api: Any, ada: User, bob: User, end: str) -> None:
    discount, product = make_discount(ada, max_uses=1), make_product(ada)
    order = make_order(bob, product, discount_code="SPRING")
    again = body_of(product, discount_code="SPRING")
    assert refusal(api(bob).post("orders", json=again, **key())) == (409, "discount_used_up")

    match end:
        case "declined":
            approve(order.pk, approves=False)
            refresh_payment(order.pk)
        case "expired":
            with time_machine.travel(timezone.now() + dt.timedelta(hours=4), tick=False):
                refresh_payment(order.pk)
        case "cancelled":
            assert api(bob).post(f"orders/{order.pk}/cancel").status_code == 200
    refresh_payment(order.pk)
    order.refresh_from_db()
    assert (order.state, order.discount_id, order.discount_code) == ("cancelled", None, "SPRING")
    assert uses(discount) == 0
    assert api(bob).post("orders", json=again, **key()).status_code == 201
    assert uses(discount) == 1


def test_use_stays_taken_when_money_is_given_back(api: Any, ada: User, bob: User) -> None:
    discount = make_discount(ada, max_uses=1)
    order = make_paid_order(bob, make_product(ada), discount_code="SPRING")

    assert api(bob).post(f"orders/{order.pk}/cancel").json()["state"] == "refunded"
    assert uses(discount) == 1


def test_buyer_uses_a_discount_as_often_as_one_may(api: Any, ada: User, bob: User, eve: User) -> None:
    discount, product = make_discount(ada, max_uses_per_buyer=2), make_product(ada)
    body = body_of(product, discount_code="SPRING")
    orders = [make_order(bob, product, discount_code="SPRING") for _ in range(2)]

    assert refusal(api(bob).post("orders", json=body, **key())) == (409, "discount_used_up")
    assert refusal(api(bob).post("discounts/check", json=check_of(product))) == (409, "discount_used_up")
    assert api(eve).post("orders", json=body, **key()).status_code == 201
    api(bob).post(f"orders/{orders[0].pk}/cancel")
    assert api(bob).post("orders", json=body, **key()).status_code == 201
    assert uses(discount) == 3


def test_deleted_discount_leaves_orders_as_they_were(api: Any, ada: User, bob: User) -> None:
    discount = make_discount(ada)
    order = make_order(bob, make_product(ada), discount_code="SPRING")
    api(ada).delete(f"me/discounts/{discount.pk}")

    card = api(bob).post(f"orders/{order.pk}/cancel").json()
    assert (card["state"], card["discount"], card["discount_code"]) == ("cancelled", usd(100), "SPRING")


# --- nothing to pay ------------------------------------------------------------------------------


def test_order_of_nothing_is_fulfilled_without_a_payment(api: Any, ada: User, bob: User) -> None:
    discount, film = make_discount(ada, percent=100), make_product(ada, kind="digital")
    headers, body = key(), body_of(film, discount_code="SPRING")
    placed, again = (api(bob).post("orders", json=body, **headers) for _ in range(2))

    card = placed.json()
    assert (placed.status_code, again.json()) == (201, card)
    assert (card["state"], card["total"], card["payment_id"]) == ("completed", usd(0), None)
    assert card["approve_url"] is None
    assert entitled(bob.pk, [film.pk]) == {(EntitlementKind.PRODUCT, film.pk)}
    assert (Payment.objects.count(), Order.objects.count(), uses(discount)) == (0, 1, 1)
    assert told(ada) == [("order", "paid")]
    assert ids_of(api(ada).get("me/sales")) == [card["id"]]


def test_order_of_nothing_is_cancelled_without_a_refund(api: Any, ada: User, bob: User) -> None:
    discount, mug = make_discount(ada, percent=100), make_product(ada, stock=1)
    order = make_order(bob, mug, discount_code="SPRING")
    assert (order.state, stock_of(mug)) == ("paid", 0)

    card = api(ada).post(f"orders/{order.pk}/cancel").json()
    assert (card["state"], stock_of(mug), uses(discount)) == ("cancelled", 1, 0)
    assert told(bob) == [("order", "cancelled")]


def test_list_costs_the_same_however_long(api: Any, ada: User) -> None:
    client, costs = api(ada), []
    for number in range(3):
        make_discount(ada, code=f"CODE{number}", product_ids=[str(make_product(ada).pk)])
        costs.append(cost_of(client, "me/discounts"))
    assert (costs[0], costs[2]) == (1, 1)
