"""What happens at the same moment to one product, or to one order."""

import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.cancelling import cancel_order
from payments.actions.orders import edit_order
from payments.actions.payments import capture_payment, refresh_payment
from payments.actions.refunds import refund_payment
from payments.cards.orders import OrderCard
from payments.enums import AccountKind, EntitlementKind
from payments.models import Order, Payment, Product, Refund
from payments.selectors.entitlements import entitled
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.market import make_order, make_paid_order, make_product
from tests.factories.payments import approve
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 50
THREADS = 8 if connection.vendor == "sqlite" else 16


def outcomes(answers: list[Any]) -> Counter[str]:
    return Counter(getattr(answer, "code", getattr(answer, "state", repr(answer))) for answer in answers)


def left(product: Product) -> int | None:
    return Product.objects.values_list("stock", flat=True).get(pk=product.pk)


def test_last_item_is_sold_once(ada: User) -> None:
    product = make_product(ada, stock=1)
    buyers = [make_user() for _ in range(BUYERS)]

    answers = run_parallel(BUYERS, lambda number: make_order(buyers[number], product))

    assert outcomes(answers) == {"pending": 1, "out_of_stock": BUYERS - 1}
    assert (left(product), Order.objects.count(), Payment.objects.count()) == (0, 1, 1)


def test_no_more_is_sold_than_there_is_of_many_products(ada: User) -> None:
    products = [make_product(ada, stock=5) for _ in range(3)]
    buyers = [make_user() for _ in range(THREADS)]

    def buy(number: int) -> Any:
        turned = products[number % 3 :] + products[: number % 3]
        return make_order(buyers[number], *turned, quantity=2)

    answers = run_parallel(THREADS, buy)

    assert outcomes(answers) == {"pending": 2, "out_of_stock": THREADS - 2}
    assert [left(product) for product in products] == [1, 1, 1]


def test_order_sent_many_times_is_one(ada: User, bob: User) -> None:
    product, order_id = make_product(ada, stock=9), new_id()

    answers = run_parallel(THREADS, lambda _: make_order(bob, product, order_id=order_id))

    assert outcomes(answers) == {"pending": THREADS}
    assert (left(product), Order.objects.count()) == (8, 1)


@pytest.mark.parametrize("is_approved", [False, True])
def test_order_cancelled_as_it_is_captured_takes_no_money(ada: User, bob: User, is_approved: bool) -> None:
    for _ in range(3):
        product = make_product(ada, stock=1)
        order = make_order(bob, product)
        if is_approved:
            approve(order.pk)

        def act(number: int, order_id: uuid.UUID = order.pk) -> Any:
            if number % 4 == 3:
                return approve(order_id)
            if number % 4 == 1:
                return capture_payment(on_behalf_of(bob.pk), payment_id=order_id)
            if number % 4 == 2:
                return refresh_payment(order_id)
            return cancel_order(on_behalf_of(bob.pk), order_id=order_id)

        answers = run_parallel(THREADS, act)
        refresh_payment(order.pk)

        allowed = {"cancelled", "refunded", "captured", "None", "payment_over", "payment_not_approved"}
        assert set(outcomes(answers)) - allowed - {"order_transition_refused"} == set()
        order.refresh_from_db()
        payment = Payment.objects.get(pk=order.pk)
        assert payment.frozen_reason == ""
        assert (order.state, payment.state) in {("cancelled", "failed"), ("refunded", "refunded")}
        assert payment.refunded == (payment.amount if order.state == "refunded" else 0)
        assert left(product) == 1
    assert {kind: value for kind, value in balances_of(ada.pk).items() if value} == {}
    assert check_ledger().faults == []


def test_paid_order_cancelled_by_many_is_given_back_once(ada: User, bob: User) -> None:
    product = make_product(ada, stock=1)
    order = make_paid_order(bob, product)
    people = [ada, bob]

    answers = run_parallel(
        THREADS, lambda number: cancel_order(on_behalf_of(people[number % 2].pk), order_id=order.pk)
    )

    assert set(outcomes(answers)) <= {"cancelled", "refunded", "order_transition_refused"}
    order.refresh_from_db()
    assert (order.state, left(product), Refund.objects.count()) == ("refunded", 1, 1)
    assert check_ledger().faults == []


def test_order_is_either_sent_or_cancelled(ada: User, bob: User) -> None:
    for _ in range(3):
        product = make_product(ada, stock=1)
        order = make_paid_order(bob, product)

        def act(number: int, order_id: uuid.UUID = order.pk) -> Any:
            if number % 2:
                return cancel_order(on_behalf_of(bob.pk), order_id=order_id)
            return edit_order(on_behalf_of(ada.pk), order_id=order_id, changes={"state": "shipped"})

        answers = run_parallel(4, act)
        order.refresh_from_db()
        assert [answer for answer in answers if not isinstance(answer, OrderCard)] != []
        assert (order.state, left(product)) in {("shipped", 0), ("refunded", 1)}
        assert (order.shipped_at is None) == (order.state == "refunded")


def test_file_bought_again_as_it_is_given_back_stays(ada: User, bob: User) -> None:
    for _ in range(3):
        film = make_product(ada, kind="digital")
        first = make_paid_order(bob, film)
        second = make_order(bob, film)
        approve(second.pk)

        def act(number: int, first_id: uuid.UUID = first.pk, second_id: uuid.UUID = second.pk) -> Any:
            if number:
                return refresh_payment(second_id)
            return refund_payment(
                on_behalf_of(ada.pk), refund_id=new_id(), payment_id=first_id, amount=None, reason=""
            )

        run_parallel(2, act)
        states = [Order.objects.get(pk=order.pk).state for order in (first, second)]
        assert states == ["refunded", "completed"]
        assert entitled(bob.pk, [film.pk]) == {(EntitlementKind.PRODUCT, film.pk)}
    assert balances_of(ada.pk)[AccountKind.PENDING, "USD"] == 3 * 950
