"""Many who use one discount at once."""

import pytest
from django.db import connection

from accounts.models import User
from grover.core.viewers import on_behalf_of
from payments.actions.cancelling import cancel_order
from payments.actions.discounts import create_discount
from payments.actions.payments import refresh_payment
from payments.models import Discount, Order, Product
from tests.factories.accounts import make_user
from tests.factories.market import make_discount, make_order, make_product
from tests.factories.payments import approve
from tests.payments.test_order_races import BUYERS, outcomes
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8 if connection.vendor == "sqlite" else 16


def test_code_of_one_use_is_used_once(ada: User) -> None:
    discount = make_discount(ada, max_uses=1)
    products = [make_product(ada, stock=1) for _ in range(BUYERS)]
    buyers = [make_user() for _ in range(BUYERS)]

    answers = run_parallel(
        BUYERS, lambda number: make_order(buyers[number], products[number], discount_code="SPRING")
    )

    assert outcomes(answers) == {"pending": 1, "discount_used_up": BUYERS - 1}
    discount.refresh_from_db()
    assert (discount.uses, Order.objects.count()) == (1, 1)
    assert Product.objects.filter(stock=0).count() == 1


def test_buyer_who_orders_many_times_at_once_uses_a_code_as_often_as_one_may(ada: User, bob: User) -> None:
    discount = make_discount(ada, max_uses_per_buyer=2)
    products = [make_product(ada) for _ in range(4)]

    answers = run_parallel(
        THREADS, lambda number: make_order(bob, products[number % 4], discount_code="SPRING")
    )

    assert outcomes(answers) == {"pending": 2, "discount_used_up": THREADS - 2}
    discount.refresh_from_db()
    assert discount.uses == 2


def test_use_is_given_back_once(ada: User, bob: User) -> None:
    make_discount(ada, uses=5)
    product = make_product(ada, stock=5)
    order = make_order(bob, product, discount_code="SPRING")
    approve(order.pk, approves=False)

    def act(number: int) -> None:
        if number % 2:
            refresh_payment(order.pk)
        else:
            cancel_order(on_behalf_of(bob.pk), order_id=order.pk)

    assert [answer for answer in run_parallel(THREADS, act) if answer is not None] == []
    product.refresh_from_db()
    assert (Discount.objects.get().uses, product.stock) == (5, 5)


def test_one_code_is_made_once(ada: User) -> None:
    answers = run_parallel(
        THREADS,
        lambda _: create_discount(
            on_behalf_of(ada.pk), code="SPRING", product_ids=[], minimum=None, percent=5
        ),
    )

    codes = [getattr(answer, "code", None) for answer in answers]
    assert sorted(map(str, codes)) == ["SPRING", *["discount_code_taken"] * (THREADS - 1)]
    assert Discount.objects.count() == 1
