"""Buying posts: from the price to the text, over REST."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.actions.purchases import buy_post
from content.models import Post
from grover.core.errors import Problem
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.payments import refresh_payment
from payments.enums import AccountKind, PaymentState
from payments.models import Entitlement, Payment, PostPurchase
from payments.selectors.ledger import balances_of, check_ledger
from tests.content.people import block
from tests.content.test_posts import problem
from tests.factories.accounts import make_user
from tests.factories.content import make_post, unknown_id
from tests.factories.payments import approve, pay
from tests.races import run_parallel

USD = {"currency": "USD"}


def key(text: str = "") -> dict[str, str]:
    return {"Idempotency-Key": text or str(uuid.uuid4())}


def make_paid_post(author: User, price: int = 500, **fields: Any) -> Post:
    return make_post(author, text="The secret", price=price, currency="USD", **fields)


def buy(client: Any, post: Any, **headers: str) -> Any:
    return client.post(f"posts/{post.pk}/purchases", **(headers or key()))


def text_for(client: Any, post: Post) -> str:
    text: str = client.get(f"posts/{post.pk}").json()["text"]
    return text


@pytest.mark.usefixtures("settled_at_once")
def test_a_bought_post_is_unlocked_until_the_money_is_given_back(api: Any, ada: User, bob: User) -> None:
    post, buyer = make_paid_post(ada, 999), api(bob)
    assert text_for(buyer, post) == ""

    begun = buy(buyer, post)

    card = begun.json()
    assert (begun.status_code, begun["Location"]) == (201, f"/api/v1/payments/{card['id']}")
    assert (card["purpose"], card["state"], card["thing_id"]) == ("post", "created", str(post.pk))
    assert (card["amount"], card["payer"]["username"], card["payee"]["username"]) == (
        {"value": 999, **USD},
        "bob",
        "ada",
    )
    assert text_for(buyer, post) == ""
    approve(uuid.UUID(card["id"]))
    assert text_for(buyer, post) == ""
    assert buyer.post(f"payments/{card['id']}/capture").json()["state"] == "captured"

    assert text_for(buyer, post) == "The secret"
    assert text_for(api(), post) == ""
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 899}
    assert problem(buy(buyer, post)) == (409, "already_bought")

    refund = api(ada).post(f"payments/{card['id']}/refunds", json={}, **key())

    assert refund.status_code == 201
    assert text_for(buyer, post) == ""
    assert not Entitlement.objects.exists()
    assert check_ledger().faults == []
    assert buy(buyer, post).status_code == 201


def test_a_part_of_the_money_given_back_locks_nothing(api: Any, ada: User, bob: User) -> None:
    post = make_paid_post(ada)
    payment = pay(uuid.UUID(buy(api(bob), post).json()["id"]))

    api(ada).post(f"payments/{payment.pk}/refunds", json={"amount": {"value": 100, **USD}}, **key())

    assert text_for(api(bob), post) == "The secret"
    assert problem(buy(api(bob), post)) == (409, "already_bought")


@pytest.mark.parametrize("end", [PaymentState.FAILED, PaymentState.EXPIRED])
def test_a_second_payment_waits_until_the_first_has_ended(
    api: Any, ada: User, bob: User, end: PaymentState
) -> None:
    post, buyer = make_paid_post(ada), api(bob)
    first = buy(buyer, post).json()["id"]

    refused = buy(buyer, post)

    assert problem(refused) == (409, "purchase_under_way")
    assert refused.json()["detail"] == f"It is the payment {first}"
    assert buy(api(make_user("cy")), post).status_code == 201
    if end == PaymentState.FAILED:
        approve(uuid.UUID(first), approves=False)
    else:
        Payment.objects.filter(pk=first).update(expires_at=timezone.now())
    refresh_payment(uuid.UUID(first))
    assert Payment.objects.get(pk=first).state == end
    second = buy(buyer, post)
    assert second.status_code == 201
    pay(uuid.UUID(second.json()["id"]))
    assert text_for(buyer, post) == "The secret"


def test_a_request_that_is_sent_again_finds_its_payment(api: Any, ada: User, bob: User) -> None:
    post, buyer = make_paid_post(ada), api(bob)
    first = buy(buyer, post, **key("one"))

    again = buy(buyer, post, **key("one"))

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Payment.objects.count() == 1


def test_what_cannot_be_bought_is_refused(api: Any, ada: User, bob: User, eve: User) -> None:
    paid = make_paid_post(ada)
    block(ada, eve)
    free, hidden = make_post(ada), make_paid_post(ada, visibility="followers")
    subscribed = make_post(ada, visibility="subscribers")
    moderated = make_paid_post(ada, moderation="hidden")

    assert problem(buy(api(ada), paid)) == (409, "paying_oneself")
    assert problem(buy(api(bob), free)) == (409, "nothing_to_buy")
    assert problem(buy(api(bob), subscribed)) == (409, "nothing_to_buy")
    assert problem(buy(api(bob), hidden)) == (404, "not_found")
    assert problem(buy(api(bob), moderated)) == (404, "not_found")
    assert problem(buy(api(eve), paid)) == (404, "not_found")
    assert problem(buy(api(bob), Post(id=unknown_id()))) == (404, "not_found")
    assert problem(buy(api(), paid)) == (401, "not_signed_in")
    unkeyed = api(bob).post(f"posts/{paid.pk}/purchases")
    assert unkeyed.status_code == 400
    assert not Payment.objects.exists()
    assert not PostPurchase.objects.exists()


def test_buyers_keep_what_they_bought(api: Any, ada: User, bob: User) -> None:
    post = make_paid_post(ada)
    pay(uuid.UUID(buy(api(bob), post).json()["id"]))
    path = f"posts/{post.pk}"

    for changes in ({"price": {"value": 900, **USD}}, {"price": None, "visibility": "subscribers"}):
        assert api(ada).patch(path, json=changes).status_code == 200
        assert text_for(api(bob), post) == "The secret"
        assert text_for(api(), post) == ""
    assert api(ada).delete(path).status_code == 204
    assert api(bob).get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_post_is_paid_for_once_however_often_it_is_bought_at_once() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post = make_paid_post(ada)

    answers = run_parallel(20, lambda _: buy_post(on_behalf_of(bob.pk), payment_id=new_id(), post_id=post.pk))

    refused = [answer.code for answer in answers if isinstance(answer, Problem)]
    begun = [answer for answer in answers if not isinstance(answer, Exception)]
    assert (len(begun), refused) == (1, ["purchase_under_way"] * 19)
    pay(begun[0].id)
    later = run_parallel(20, lambda _: buy_post(on_behalf_of(bob.pk), payment_id=new_id(), post_id=post.pk))
    assert [getattr(answer, "code", answer) for answer in later] == ["already_bought"] * 20
    assert [payment.state for payment in Payment.objects.all()] == [PaymentState.CAPTURED]
    assert Entitlement.objects.count() == 1
    assert check_ledger().faults == []
