"""Reviews: who may write them, what they count for, and who sees them."""

import uuid
from typing import Any

import pytest
from django.db import connection

from accounts import ports
from accounts.models import User
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.reviews import delete_review, review_product
from payments.models import Product, Review
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.factories.accounts import make_user
from tests.factories.market import make_order, make_paid_order, make_product, make_review
from tests.payments.test_orders import key, summary
from tests.payments.test_products import faults, ids_of, refusal
from tests.races import run_parallel

pytestmark = pytest.mark.django_db

THREADS = 8 if connection.vendor == "sqlite" else 16


def said_of(api: Any, product: Product) -> tuple[int | None, int]:
    card = api().get(f"products/{product.pk}").json()
    return card["rating_average"], card["review_count"]


def counted(product: Product) -> tuple[int, int]:
    return Product.objects.values_list("rating_sum", "review_count").get(pk=product.pk)


def test_review_is_written_changed_and_taken_back(api: Any, ada: User, bob: User) -> None:
    product = make_product(ada)
    make_paid_order(bob, product)
    client, path = api(bob), f"products/{product.pk}/review"

    written = client.put(path, json={"rating": 4, "text": "Good."})
    assert written.status_code == 200
    card = written.json()
    assert card == {
        "id": card["id"],
        "product_id": str(product.pk),
        "author": summary(bob),
        "rating": 4,
        "text": "Good.",
        "created_at": card["created_at"],
        "edited_at": None,
    }
    assert client.put(path, json={"rating": 4, "text": "Good."}).json() == card
    assert said_of(api, product) == (400, 1)
    assert api().get(f"products/{product.pk}/reviews").json()["results"] == [card]

    changed = client.put(path, json={"rating": 2}).json()
    assert changed == card | {"rating": 2, "text": "", "edited_at": changed["edited_at"]}
    assert changed["edited_at"] >= card["created_at"]
    assert said_of(api, product) == (200, 1)
    for _ in range(2):
        assert client.delete(path).status_code == 204
        assert (said_of(api, product), counted(product)) == ((None, 0), (0, 0))


@pytest.mark.parametrize(
    ("ratings", "average"), [([5, 4, 4], 433), ([5, 4, 4, 4, 5, 4, 5, 4], 438), ([1], 100), ([5, 5], 500)]
)
def test_average_is_in_hundredths(api: Any, ada: User, ratings: list[int], average: int) -> None:
    product = make_product(ada, kind="service")
    for rating in ratings:
        make_review(make_user(), product, rating)
    assert said_of(api, product) == (average, len(ratings))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/rating", "required")]),
        ({"rating": 0}, [("/rating", "min_value")]),
        ({"rating": 6}, [("/rating", "max_value")]),
        ({"rating": 4.5}, [("/rating", "invalid")]),
        ({"rating": "5"}, [("/rating", "invalid")]),
        ({"rating": True}, [("/rating", "invalid")]),
        ({"rating": 5, "text": "a" * 2_001}, [("/text", "max_length")]),
        ({"rating": 5, "stars": 5}, [("/stars", "unknown")]),
    ],
)
def test_wrong_reviews_are_refused(
    api: Any, ada: User, bob: User, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    product = make_product(ada)
    make_paid_order(bob, product)
    assert faults(api(bob).put(f"products/{product.pk}/review", json=body)) == expected
    assert counted(product) == (0, 0)


def test_only_who_bought_it_and_kept_it_reviews_it(api: Any, ada: User, bob: User, eve: User) -> None:
    product = make_product(ada)
    path = f"products/{product.pk}/review"
    make_order(eve, product)
    for user in (ada, bob, eve):
        assert refusal(api(user).put(path, json={"rating": 5})) == (403, "not_bought")

    order = make_paid_order(bob, product)
    assert api(bob).put(path, json={"rating": 5}).status_code == 200
    api(ada).post(f"payments/{order.pk}/refunds", json={}, **key())
    assert refusal(api(bob).put(path, json={"rating": 1})) == (403, "not_bought")
    assert counted(product) == (5, 1)


def test_what_is_off_sale_is_reviewed_by_its_buyers(api: Any, ada: User, bob: User, eve: User) -> None:
    product = make_product(ada)
    make_paid_order(bob, product)
    Product.objects.filter(pk=product.pk).update(state="archived")

    assert api(bob).put(f"products/{product.pk}/review", json={"rating": 5}).status_code == 200
    assert refusal(api(eve).put(f"products/{product.pk}/review", json={"rating": 5})) == (404, "not_found")
    assert refusal(api(eve).get(f"products/{product.pk}/reviews")) == (404, "not_found")


def test_nobody_reviews_across_a_block_or_what_is_not_there(api: Any, ada: User, bob: User) -> None:
    product = make_product(ada)
    make_paid_order(bob, product)
    block(ada, bob)
    for path in (product.pk, new_id(), "nonsense"):
        assert refusal(api(bob).put(f"products/{path}/review", json={"rating": 1})) == (404, "not_found")
        assert refusal(api(bob).get(f"products/{path}/reviews")) == (404, "not_found")


def test_reviews_are_listed_without_those_across_a_block(api: Any, ada: User, bob: User, eve: User) -> None:
    product, gone = make_product(ada), make_user()
    first, hidden = make_review(bob, product), make_review(eve, product, 1)
    make_review(gone, product)
    last = make_review(make_user(), product)
    suspend(gone)
    viewer = make_user()
    block(viewer, eve)
    path = f"products/{product.pk}/reviews"

    assert ids_of(api(viewer).get(path)) == [str(last.pk), str(first.pk)]
    assert ids_of(api().get(path)) == [str(last.pk), str(hidden.pk), str(first.pk)]
    page = api(viewer).get(f"{path}?limit=1").json()
    assert ids_of(api(viewer).get(page["next"].partition("testserver")[2])) == [str(first.pk)]
    assert counted(product) == (16, 4)


def test_list_costs_the_same_however_long(api: Any, ada: User, bob: User) -> None:
    client, product, costs = api(bob), make_product(ada), []
    for _ in range(3):
        make_review(make_user(), product)
        costs.append(cost_of(client, f"products/{product.pk}/reviews"))
    assert (costs[0], costs[2]) == (6, 6)


def test_erased_people_leave_no_reviews_and_exact_counts(ada: User, bob: User, eve: User) -> None:
    product, other = make_product(ada), make_product(eve)
    make_review(bob, product, 2)
    kept = make_review(eve, product, 4)
    make_review(bob, other, 3)

    for _ in range(2):
        ports.erase_person.call(bob.pk)
        assert list(Review.objects.values_list("pk", flat=True)) == [kept.pk]
        assert (counted(product), counted(other)) == ((4, 1), (0, 0))
    ports.erase_person.call(ada.pk)
    assert not Review.objects.exists()


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_reviews_of_many_at_once_are_all_counted(ada: User) -> None:
    product = make_product(ada, kind="service")
    buyers = [make_user() for _ in range(THREADS)]
    for buyer in buyers:
        make_paid_order(buyer, product)

    answers = run_parallel(THREADS, lambda number: _review(buyers[number].pk, product, number % 5 + 1))

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert counted(product) == (sum(number % 5 + 1 for number in range(THREADS)), THREADS)


@pytest.mark.django_db(transaction=True)
def test_reviews_of_one_at_once_are_one(ada: User, bob: User) -> None:
    product = make_product(ada, kind="service")
    make_paid_order(bob, product)
    for _ in range(3):

        def act(number: int) -> Any:
            if number % 4 == 3:
                return delete_review(on_behalf_of(bob.pk), product_id=product.pk)
            return _review(bob.pk, product, number % 5 + 1)

        answers = run_parallel(THREADS, act)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        ratings = list(Review.objects.values_list("rating", flat=True))
        assert len(ratings) <= 1
        assert counted(product) == (sum(ratings), len(ratings))
    _review(bob.pk, product, 3)
    assert counted(product) == (3, 1)


def _review(user_id: uuid.UUID, product: Product, rating: int) -> Any:
    return review_product(on_behalf_of(user_id), product_id=product.pk, rating=rating, text="")
