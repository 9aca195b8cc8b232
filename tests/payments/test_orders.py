"""Orders: placed, paid, sent, and seen by their two people."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import ports
from accounts.models import User
from grover.core.ids import new_id
from messaging.models import Notification
from payments.actions.orders import complete_due_orders
from payments.actions.payments import refresh_payment
from payments.enums import AccountKind, EntitlementKind
from payments.models import Order, OrderLine, Payment, Product
from payments.providers.registry import provider
from payments.selectors.entitlements import entitled
from payments.selectors.ledger import balances_of, check_ledger
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.factories.accounts import make_user
from tests.factories.market import ADDRESS, make_order, make_paid_order, make_product
from tests.factories.payments import approve, pay
from tests.messaging.frames import published
from tests.payments.test_products import faults, ids_of, refusal

pytestmark = pytest.mark.django_db

USD = "USD"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def body_of(*products: Product, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    lines = [{"product_id": str(product.pk), "quantity": quantity} for product in products]
    return {"lines": lines, "address": ADDRESS, **fields}


def summary(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": "",
        "avatar_url": None,
        "is_verified": False,
    }


def usd(value: int) -> dict[str, Any]:
    return {"value": value, "currency": USD}


def stock_of(product: Product) -> int | None:
    return Product.objects.values_list("stock", flat=True).get(pk=product.pk)


def has(user: User, product: Product) -> bool:
    return (EntitlementKind.PRODUCT, product.pk) in entitled(user.pk, [product.pk])


def told(user: User) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(user=user).order_by("seq")
    return [(row.thing_kind, row.data["what"]) for row in rows]


# --- placing and paying --------------------------------------------------------------------------


def test_order_is_placed_paid_sent_and_completed(api: Any, ada: User, bob: User) -> None:
    mug, film = make_product(ada, stock=5), make_product(ada, kind="digital", title="A film", price=500)
    buyer, seller = api(bob), api(ada)

    placed = buyer.post("orders", json=body_of(mug, film, quantity=2, note="Blue, please"), **key())

    assert placed.status_code == 201
    card = placed.json()
    assert placed["Location"] == f"/api/v1/orders/{card['id']}"
    assert card == {
        "id": card["id"],
        "state": "pending",
        "buyer": summary(bob),
        "seller": summary(ada),
        "lines": [
            {
                "product_id": str(mug.pk),
                "title": "A mug",
                "kind": "physical",
                "price": usd(1_000),
                "quantity": 2,
            },
            {
                "product_id": str(film.pk),
                "title": "A film",
                "kind": "digital",
                "price": usd(500),
                "quantity": 2,
            },
        ],
        "subtotal": usd(3_000),
        "discount": usd(0),
        "discount_code": "",
        "total": usd(3_000),
        "address": ADDRESS,
        "note": "Blue, please",
        "carrier": "",
        "tracking_number": "",
        "payment_id": card["id"],
        "approve_url": card["approve_url"],
        "created_at": card["created_at"],
        "paid_at": None,
        "shipped_at": None,
        "delivered_at": None,
        "completed_at": None,
        "cancelled_at": None,
        "refunded_at": None,
    }
    assert "/sandbox/orders/" in card["approve_url"]
    payment = buyer.get(f"payments/{card['id']}").json()
    assert (payment["purpose"], payment["thing_id"], payment["amount"]) == ("order", card["id"], usd(3_000))
    assert (stock_of(mug), has(bob, film)) == (3, False)
    assert refusal(seller.get(f"orders/{card['id']}")) == (404, "not_found")
    assert ids_of(seller.get("me/sales")) == []

    approve(uuid.UUID(card["id"]))
    assert buyer.post(f"payments/{card['id']}/capture").status_code == 200

    paid = buyer.get(f"orders/{card['id']}").json()
    assert paid == card | {"state": "paid", "approve_url": None, "paid_at": paid["paid_at"]}
    assert paid["paid_at"] >= card["created_at"]
    assert (stock_of(mug), has(bob, film)) == (3, True)
    assert balances_of(ada.pk) == {(AccountKind.PENDING, USD): 2_850}
    assert seller.get(f"orders/{card['id']}").json() == paid
    assert ids_of(seller.get("me/sales")) == ids_of(buyer.get("orders")) == [card["id"]]
    assert ids_of(buyer.get("me/sales")) == ids_of(seller.get("orders")) == []

    changes = {"state": "shipped", "carrier": "DHL", "tracking_number": "A1"}
    shipped = seller.patch(f"orders/{card['id']}", json=changes).json()
    assert shipped == paid | changes | {"shipped_at": shipped["shipped_at"]}
    arrived = buyer.patch(f"orders/{card['id']}", json={"state": "delivered"}).json()
    assert arrived == shipped | {"state": "delivered", "delivered_at": arrived["delivered_at"]}
    assert buyer.patch(f"orders/{card['id']}", json={"state": "delivered"}).json() == arrived

    later = timezone.now() + dt.timedelta(days=14)
    assert complete_due_orders(later - dt.timedelta(minutes=1)) == 0
    assert [complete_due_orders(later), complete_due_orders(later)] == [1, 0]
    assert buyer.get(f"orders/{card['id']}").json()["state"] == "completed"
    assert told(ada) == [("payment", "paid"), ("order", "delivered")]
    assert told(bob) == [("order", "shipped")]


@pytest.mark.parametrize("kind", ["digital", "service"])
def test_what_is_not_sent_completes_itself(api: Any, ada: User, bob: User, kind: str) -> None:
    product = make_product(ada, kind=kind)
    placed = api(bob).post("orders", json={"lines": [{"product_id": str(product.pk)}]}, **key()).json()
    assert (placed["address"], placed["lines"][0]["quantity"]) == (None, 1)

    pay(uuid.UUID(placed["id"]))
    order = api(bob).get(f"orders/{placed['id']}").json()
    assert (order["state"], order["completed_at"]) == ("completed", order["paid_at"])
    assert has(bob, product) == (kind == "digital")
    for state in ("shipped", "delivered"):
        answer = api(ada).patch(f"orders/{placed['id']}", json={"state": state})
        assert refusal(answer) == (409, "order_transition_refused")


def test_address_is_kept_only_where_something_is_sent(api: Any, ada: User, bob: User) -> None:
    lesson, mug = make_product(ada, kind="service"), make_product(ada)

    placed = api(bob).post("orders", json=body_of(lesson), **key())
    assert (placed.status_code, placed.json()["address"]) == (201, None)
    missing = api(bob).post("orders", json=body_of(lesson, mug, address=None), **key())
    assert faults(missing) == [("/address", "required")]


def test_lines_stay_as_they_were_ordered(api: Any, ada: User, bob: User) -> None:
    product = make_product(ada)
    order = make_paid_order(bob, product)
    before = api(bob).get(f"orders/{order.pk}").json()

    api(ada).patch(f"products/{product.pk}", json={"title": "A cup", "price": usd(9_000)})
    assert api(ada).delete(f"products/{product.pk}").status_code == 204
    assert api(ada).get(f"products/{product.pk}").json()["state"] == "archived"
    assert api(bob).get(f"orders/{order.pk}").json() == before


def test_same_key_is_the_same_order(api: Any, ada: User, bob: User) -> None:
    product, headers = make_product(ada, stock=5), key()
    first, again = (api(bob).post("orders", json=body_of(product), **headers) for _ in range(2))

    assert first.json() == again.json()
    assert (Order.objects.count(), Payment.objects.count(), stock_of(product)) == (1, 1, 4)
    other = api(bob).post("orders", json=body_of(product, quantity=2), **headers)
    assert refusal(other) == (422, "idempotency_key_reused")
    assert refusal(api(bob).post("orders", json=body_of(product))) == (400, "idempotency_key_required")


def test_order_begun_again_under_its_id_is_the_same(ada: User, bob: User) -> None:
    product, order_id = make_product(ada, stock=5), new_id()
    first, again = (make_order(bob, product, order_id=order_id) for _ in range(2))

    assert (first.pk, first.version) == (again.pk, again.version)
    assert (OrderLine.objects.count(), stock_of(product)) == (1, 4)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"lines": []}, [("/lines", "min_length")]),
        ({"lines": [{"product_id": str(uuid.UUID(int=n))} for n in range(21)]}, [("/lines", "max_length")]),
        ({"lines": [{"product_id": str(uuid.UUID(int=1))}] * 2}, [("/lines", "not_distinct")]),
        ({"lines": [{"quantity": 1}]}, [("/lines/0/product_id", "required")]),
        ({"lines": [{"product_id": "mug"}]}, [("/lines/0/product_id", "invalid")]),
        ({"lines": [{"product_id": str(uuid.UUID(int=1)), "price": 1}]}, [("/lines/0/price", "unknown")]),
        ({"lines": [{"product_id": str(uuid.uuid4())}]}, [("/lines/0/product_id", "unknown")]),
        ({"lines": "mug"}, [("/lines", "not_a_list")]),
        ({"address": {}}, [(f"/address/{name}", "required") for name in ADDRESS]),
        ({"address": ADDRESS | {"country": "GBR"}}, [("/address/country", "unknown")]),
        ({"address": ADDRESS | {"country": "gb"}}, [("/address/country", "unknown")]),
        ({"address": ADDRESS | {"country": "ZZ"}}, [("/address/country", "unknown")]),
        ({"address": ADDRESS | {"name": "a" * 101}}, [("/address/name", "max_length")]),
        ({"address": ADDRESS | {"street": "a" * 201}}, [("/address/street", "max_length")]),
        ({"address": ADDRESS | {"postcode": "1" * 21}}, [("/address/postcode", "max_length")]),
        ({"address": ADDRESS | {"city": ""}}, [("/address/city", "blank")]),
        ({"address": ADDRESS | {"planet": "Earth"}}, [("/address/planet", "unknown")]),
        ({"address": None}, [("/address", "required")]),
        ({"note": "a" * 501}, [("/note", "max_length")]),
        ({"total": 1}, [("/total", "unknown")]),
    ],
)
def test_wrong_orders_are_refused(
    api: Any, ada: User, bob: User, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    product = make_product(ada)
    answer = api(bob).post("orders", json=body_of(product) | fields, **key())

    assert faults(answer) == expected
    assert (Order.objects.count(), Payment.objects.count()) == (0, 0)


@pytest.mark.parametrize("quantity", [0, -1, 100, 10**12, 0.5, 1e1, "2", True, None])
def test_wrong_quantities_are_refused(api: Any, ada: User, bob: User, quantity: Any) -> None:
    answer = api(bob).post("orders", json=body_of(make_product(ada), quantity=quantity), **key())
    assert [pointer for pointer, _ in faults(answer)] == ["/lines/0/quantity"]


def test_what_is_not_on_sale_to_one_is_not_ordered(api: Any, ada: User, bob: User, eve: User) -> None:
    gone = make_user()
    block(eve, bob)
    suspend(gone)
    products = [
        make_product(ada, state="draft"),
        make_product(ada, state="archived"),
        make_product(eve),
        make_product(gone),
    ]
    for product in products:
        answer = api(bob).post("orders", json=body_of(product), **key())
        assert faults(answer) == [("/lines/0/product_id", "unknown")]
    assert not Order.objects.exists()


def test_order_is_of_one_seller_who_is_another(api: Any, ada: User, bob: User, eve: User) -> None:
    answer = api(bob).post("orders", json=body_of(make_product(ada), make_product(eve)), **key())
    assert faults(answer) == [("/lines/1/product_id", "another_seller")]
    answer = api(ada).post("orders", json=body_of(make_product(ada)), **key())
    assert refusal(answer) == (409, "paying_oneself")


def test_order_is_not_larger_than_can_be_paid(api: Any, ada: User, bob: User) -> None:
    answer = api(bob).post("orders", json=body_of(make_product(ada, price=1_000_000), quantity=11), **key())
    assert faults(answer) == [("/lines", "too_expensive")]


def test_nobody_orders_more_than_there_is(api: Any, ada: User, bob: User) -> None:
    few, many = make_product(ada, stock=2), make_product(ada, stock=9)

    answer = api(bob).post("orders", json=body_of(many, few, quantity=3), **key())
    assert refusal(answer) == (409, "out_of_stock")
    assert answer.json()["detail"] == "Of A mug there are 2 left"
    assert (stock_of(few), stock_of(many), Order.objects.count()) == (2, 9, 0)
    assert api(bob).post("orders", json=body_of(many, few, quantity=2), **key()).status_code == 201
    assert (stock_of(few), stock_of(many)) == (0, 7)
    assert refusal(api(bob).post("orders", json=body_of(few), **key())) == (409, "out_of_stock")


# --- sending -------------------------------------------------------------------------------------


def test_who_says_what_of_an_order(api: Any, ada: User, bob: User, eve: User) -> None:
    order = make_paid_order(bob, make_product(ada))
    path = f"orders/{order.pk}"

    assert refusal(api(bob).patch(path, json={"state": "shipped"})) == (403, "not_the_seller")
    assert refusal(api(bob).patch(path, json={"carrier": "DHL"})) == (403, "not_the_seller")
    assert refusal(api(bob).patch(path, json={"state": "delivered"})) == (409, "order_transition_refused")
    assert refusal(api(eve).patch(path, json={"state": "shipped"})) == (404, "not_found")
    assert api(ada).patch(path, json={"carrier": "DHL"}).json()["state"] == "paid"
    assert api(ada).patch(path, json={"state": "shipped"}).json()["carrier"] == "DHL"
    assert api(ada).patch(path, json={"tracking_number": "A1"}).json()["tracking_number"] == "A1"
    assert api(ada).patch(path, json={"state": "delivered"}).json()["state"] == "delivered"
    assert refusal(api(ada).patch(path, json={"state": "shipped"})) == (409, "order_transition_refused")
    complete_due_orders(timezone.now() + dt.timedelta(days=15))
    assert refusal(api(ada).patch(path, json={"carrier": "UPS"})) == (409, "order_transition_refused")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "paid"}, [("/state", "invalid_choice")]),
        ({"state": "completed"}, [("/state", "invalid_choice")]),
        ({"carrier": "a" * 61}, [("/carrier", "max_length")]),
        ({"tracking_number": "a" * 101}, [("/tracking_number", "max_length")]),
        ({"address": ADDRESS}, [("/address", "unknown")]),
    ],
)
def test_wrong_changes_are_refused(
    api: Any, ada: User, bob: User, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    order = make_paid_order(bob, make_product(ada))
    assert faults(api(ada).patch(f"orders/{order.pk}", json=changes)) == expected


def test_unpaid_order_is_not_sent(api: Any, ada: User, bob: User) -> None:
    order = make_order(bob, make_product(ada))
    assert refusal(api(ada).patch(f"orders/{order.pk}", json={"state": "shipped"})) == (404, "not_found")
    answer = api(bob).patch(f"orders/{order.pk}", json={"state": "delivered"})
    assert refusal(answer) == (409, "order_transition_refused")


def test_order_is_changed_as_it_was_read(api: Any, ada: User, bob: User) -> None:
    path = f"orders/{make_paid_order(bob, make_product(ada)).pk}"
    seller = api(ada)
    tag = seller.get(path)["ETag"]

    assert seller.get(path, **{"If-None-Match": tag}).status_code == 304
    assert seller.patch(path, json={"carrier": "DHL"}, **{"If-Match": tag}).status_code == 200
    stale = seller.patch(path, json={"state": "shipped"}, **{"If-Match": tag})
    assert refusal(stale) == (412, "precondition_failed")
    assert Order.objects.get().state == "paid"


# --- what does not come to an end well -----------------------------------------------------------


def test_declined_order_gives_back_what_it_had_taken(ada: User, bob: User) -> None:
    product = make_product(ada, stock=5)
    order = make_order(bob, product, quantity=2)
    assert stock_of(product) == 3

    approve(order.pk, approves=False)
    for _ in range(2):
        refresh_payment(order.pk)
    order.refresh_from_db()
    assert (order.state, order.paid_at, stock_of(product)) == ("cancelled", None, 5)
    assert (told(ada), balances_of(ada.pk)) == ([], {})


def test_order_that_nobody_pays_expires(ada: User, bob: User) -> None:
    product = make_product(ada, stock=1)
    order = make_order(bob, product)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=3, minutes=1), tick=False):
        for _ in range(2):
            refresh_payment(order.pk)
    order.refresh_from_db()
    assert (order.state, stock_of(product)) == ("cancelled", 1)
    assert Payment.objects.get().state == "expired"


def test_unlimited_stock_stays_so(ada: User, bob: User) -> None:
    product = make_product(ada)
    order = make_order(bob, product, quantity=99)
    approve(order.pk, approves=False)
    refresh_payment(order.pk)
    assert stock_of(product) is None


def test_refunded_order_gives_back_files_and_what_was_not_sent(api: Any, ada: User, bob: User) -> None:
    mug, film = make_product(ada, stock=5), make_product(ada, kind="digital")
    order = make_paid_order(bob, mug, film)
    assert has(bob, film)

    part = api(ada).post(f"payments/{order.pk}/refunds", json={"amount": usd(500)}, **key())
    assert part.status_code == 201
    order.refresh_from_db()
    assert (order.state, has(bob, film), stock_of(mug)) == ("paid", True, 4)
    rest = api(ada).post(f"payments/{order.pk}/refunds", json={}, **key())
    assert rest.status_code == 201
    order.refresh_from_db()
    assert (order.state, has(bob, film), stock_of(mug)) == ("refunded", False, 5)
    assert order.refunded_at is not None
    assert check_ledger().faults == []


def test_what_was_sent_does_not_come_back_with_the_money(api: Any, ada: User, bob: User) -> None:
    mug = make_product(ada, stock=5)
    order = make_paid_order(bob, mug)
    api(ada).patch(f"orders/{order.pk}", json={"state": "shipped"})

    assert api(ada).post(f"payments/{order.pk}/refunds", json={}, **key()).status_code == 201
    order.refresh_from_db()
    assert (order.state, stock_of(mug)) == ("refunded", 4)


def test_file_stays_as_long_as_one_order_of_it_does(api: Any, ada: User, bob: User) -> None:
    film = make_product(ada, kind="digital")
    orders = [make_paid_order(bob, film) for _ in range(2)]
    for order, still in zip(orders, (True, False), strict=True):
        api(ada).post(f"payments/{order.pk}/refunds", json={}, **key())
        assert has(bob, film) == still


# --- cancelling ----------------------------------------------------------------------------------


def test_unpaid_order_is_cancelled_and_its_payment_void(api: Any, ada: User, bob: User) -> None:
    product = make_product(ada, stock=1)
    order = make_order(bob, product)
    path = f"orders/{order.pk}/cancel"

    assert refusal(api(ada).post(path)) == (404, "not_found")
    cancelled = api(bob).post(path)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert (cancelled.json()["approve_url"], stock_of(product)) == (None, 1)
    assert api(bob).post(path).json() == cancelled.json()
    assert stock_of(product) == 1

    approve(order.pk)
    refresh_payment(order.pk)
    assert refusal(api(bob).post(f"payments/{order.pk}/capture")) == (409, "payment_over")
    payment = Payment.objects.get()
    assert (payment.state, payment.capture_id, payment.frozen_reason) == ("failed", None, "")
    assert balances_of(ada.pk) == {}


def test_approved_order_is_paid_and_given_back(api: Any, ada: User, bob: User) -> None:
    product = make_product(ada, stock=1)
    order = make_order(bob, product)
    approve(order.pk)
    Payment.objects.filter(pk=order.pk).update(state="approved")

    cancelled = api(bob).post(f"orders/{order.pk}/cancel").json()
    assert (cancelled["state"], stock_of(product)) == ("refunded", 1)
    payment = Payment.objects.get()
    assert (payment.state, payment.refunded, payment.frozen_reason) == ("refunded", 1_000, "")


def test_money_that_was_just_taken_is_given_back(api: Any, ada: User, bob: User) -> None:
    order = make_order(bob, make_product(ada))
    approve(order.pk)
    Payment.objects.filter(pk=order.pk).update(state="approved")
    payment = Payment.objects.get()
    assert payment.order_id is not None
    provider().capture_order(payment.order_id, request_id="taken, and not written down yet")

    assert api(bob).post(f"orders/{order.pk}/cancel").json()["state"] == "refunded"
    payment.refresh_from_db()
    assert (payment.state, payment.refunded, payment.frozen_reason) == ("refunded", 1_000, "")


def test_order_whose_money_may_be_under_way_is_not_cancelled(api: Any, ada: User, bob: User) -> None:
    order = make_order(bob, make_product(ada))
    Payment.objects.filter(pk=order.pk).update(state="approved")  # the provider does not know of it

    answer = api(bob).post(f"orders/{order.pk}/cancel")
    assert refusal(answer) == (409, "payment_under_way")
    assert Order.objects.get().state == "pending"


def test_frozen_order_is_not_cancelled(api: Any, ada: User, bob: User) -> None:
    order = make_order(bob, make_product(ada))
    Payment.objects.filter(pk=order.pk).update(frozen_reason="another amount")

    assert refusal(api(bob).post(f"orders/{order.pk}/cancel")) == (409, "payment_frozen")


@pytest.mark.parametrize("by", ["ada", "bob"])
def test_paid_order_is_given_back_until_it_is_sent(api: Any, ada: User, bob: User, by: str) -> None:
    mug, film = make_product(ada, stock=1), make_product(ada, kind="digital")
    order = make_paid_order(bob, mug, film)
    client = api({"ada": ada, "bob": bob}[by])

    cancelled = client.post(f"orders/{order.pk}/cancel").json()
    assert (cancelled["state"], stock_of(mug), has(bob, film)) == ("refunded", 1, False)
    assert cancelled["cancelled_at"] is not None
    payment = Payment.objects.get()
    assert (payment.state, payment.refunded) == ("refunded", 2_000)
    assert {kind: value for kind, value in balances_of(ada.pk).items() if value} == {}
    assert check_ledger().faults == []
    assert refusal(client.post(f"orders/{order.pk}/cancel")) == (409, "order_transition_refused")
    assert told(ada) == [("payment", "paid"), *([("order", "cancelled")] if by == "bob" else [])]
    assert told(bob) == [*([("order", "cancelled")] if by == "ada" else []), ("refund", "refunded")]


def test_what_was_given_back_in_part_is_given_back_whole(api: Any, ada: User, bob: User) -> None:
    order = make_paid_order(bob, make_product(ada))
    api(ada).post(f"payments/{order.pk}/refunds", json={"amount": usd(300)}, **key())

    assert api(ada).post(f"orders/{order.pk}/cancel").json()["state"] == "refunded"
    payment = Payment.objects.get()
    assert (payment.refunded, list(payment.refunds.order_by("id").values_list("amount", flat=True))) == (
        1_000,
        [300, 700],
    )


def test_sent_order_is_not_cancelled(api: Any, ada: User, bob: User) -> None:
    order = make_paid_order(bob, make_product(ada))
    api(ada).patch(f"orders/{order.pk}", json={"state": "shipped"})
    for user in (ada, bob):
        answer = api(user).post(f"orders/{order.pk}/cancel")
        assert refusal(answer) == (409, "order_transition_refused")
    assert Payment.objects.get().state == "captured"


# --- who sees and hears what ---------------------------------------------------------------------


def test_orders_are_for_their_two_people(api: Any, ada: User, bob: User, eve: User) -> None:
    order = make_paid_order(bob, make_product(ada))
    for path in (order.pk, new_id(), "nonsense"):
        assert refusal(api(eve).get(f"orders/{path}")) == (404, "not_found")
        assert refusal(api(eve).post(f"orders/{path}/cancel")) == (404, "not_found")
    block(bob, ada)
    assert api(ada).get(f"orders/{order.pk}").json()["address"] == ADDRESS


def test_lists_cost_the_same_however_long(api: Any, ada: User, bob: User) -> None:
    buyer, seller, costs = api(bob), api(ada), []
    for number in range(3):
        make_paid_order(bob, *[make_product(ada) for _ in range(number + 1)])
        costs.append([cost_of(buyer, "orders"), cost_of(seller, "me/sales")])

    assert (costs[0], costs[2]) == ([4, 4], [4, 4])


@pytest.mark.django_db(transaction=True)
def test_both_are_told_how_an_order_goes(api: Any, ada: User, bob: User) -> None:
    with published() as frames:
        order = make_paid_order(bob, make_product(ada))
        api(ada).patch(f"orders/{order.pk}", json={"state": "shipped", "carrier": "DHL"})
        other = make_order(bob, make_product(ada))
        api(bob).post(f"orders/{other.pk}/cancel")
    heard = [(frame.group, frame.data) for frame in frames if frame.type == "order.changed"]

    assert heard == [
        (f"user.{user.pk}", {"order_id": str(thing.pk), "state": state})
        for thing, state, people in (
            (order, "paid", (ada, bob)),
            (order, "shipped", (ada, bob)),
            (other, "cancelled", (bob,)),
        )
        for user in sorted(people, key=lambda user: user.pk)
    ]


@pytest.mark.django_db(transaction=True)
def test_sale_and_shipping_are_mailed(api: Any, ada: User, bob: User) -> None:
    order = make_paid_order(bob, make_product(ada), quantity=2)
    api(ada).patch(f"orders/{order.pk}", json={"state": "shipped", "carrier": "DHL", "tracking_number": "A1"})

    sale, shipping, receipt = sorted(mail.outbox, key=lambda message: (message.to, message.subject))
    assert (sale.to, sale.subject) == (["ada@example.com"], "You made a sale: 20.00 USD")
    assert "2 of A mug" in sale.body
    assert sale.extra_headers["Message-ID"].startswith(f"<sale.{order.pk}@")
    assert (shipping.to, shipping.subject) == (["bob@example.com"], "Your order is on its way")
    assert "It is tracked by DHL A1." in shipping.body
    assert receipt.to == ["bob@example.com"]


def test_erased_buyer_leaves_no_address(api: Any, ada: User, bob: User) -> None:
    order, other = (
        make_paid_order(bob, make_product(ada), note="Ring twice"),
        make_paid_order(make_user(), make_product(ada), note="Ring once"),
    )
    for _ in range(2):
        ports.erase_person.call(bob.pk)
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.address, order.note, order.total) == ({}, "", 1_000)
    assert (other.address, other.note) == (ADDRESS, "Ring once")
