"""The pages on which a buyer decides: what they say, where their buttons lead, and who may press them."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from payments.cards.money import Money
from payments.providers.base import NewOrder, OrderState, SubscriptionState
from payments.providers.sandbox.captures import settle_capture
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.subscriptions import fail_next_charge
from tests.factories.sandbox import (
    CANCEL_URL,
    RETURN_URL,
    make_active_subscription,
    make_captured_order,
    make_order,
    make_subscription,
)

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def browser() -> Client:
    """What a browser sends with a form of our own page."""
    return Client(headers=HERE)


def path_of(key: str) -> str:
    return f"/sandbox/{key.partition('-')[0]}s/{key}"


def read(key: str) -> tuple[str, list[str]]:
    """Open a page; give its words, and where its buttons lead."""
    response = Client().get(path_of(key))
    assert response.status_code == 200
    body = response.content.decode().partition("<main>")[2]
    words = " ".join(re.sub(r"<[^>]*>", " ", body).split())
    return words, re.findall(r'<form method="post" action="([^"]*)">', body)


# --- What the pages say --------------------------------------------------------------------------


def test_the_page_of_an_order_says_who_is_paid_what_for_and_how_much() -> None:
    order = make_order(123_456, reference="our-payment")

    words, buttons = read(order.id)

    assert words.startswith(
        "Grover Sandbox · no real money Pay 1234.56 USD To Grover For A song Reference our-payment"
        " Approve Decline Trying what may go wrong"
    )
    assert "ends in 13 cents" in words
    assert "ends in 14 cents" in words
    assert buttons == [f"{path_of(order.id)}/approve", f"{path_of(order.id)}/decline"]


def test_what_others_wrote_is_text_on_the_page() -> None:
    body = Client().get(path_of(make_order(reference="<script>alert(1)</script>").id)).content

    assert b"<script" not in body
    assert b"&lt;script&gt;" in body


@pytest.mark.parametrize(
    ("approves", "said"),
    [
        (True, "You approved this. The money is taken in a moment."),
        (False, "You declined this. Nothing was paid."),
    ],
)
def test_the_page_of_a_decided_order_says_so(approves: bool, said: str) -> None:
    order = make_order()
    decide(order.id, approves=approves)

    words, buttons = read(order.id)

    assert said in words
    assert buttons == []


def test_the_page_says_what_became_of_the_money() -> None:
    paid, declined, pending = make_captured_order(1_000), make_captured_order(513), make_captured_order(514)
    assert paid.capture is not None
    assert pending.capture is not None

    assert ("This is paid." in read(paid.id)[0], read(paid.id)[1]) == (True, [])
    assert "The payment was declined. Nothing was paid." in read(declined.id)[0]
    words, buttons = read(pending.id)
    assert "The money is on its way." in words
    assert buttons == [f"{path_of(pending.id)}/settle"]
    settle_capture(pending.capture.id)
    Sandbox().refund_capture(paid.capture.id, Money(250, "USD"), reference="r", request_id="r")
    assert "This is paid." in read(pending.id)[0]
    assert "This was paid, and 2.50 USD were given back." in read(paid.id)[0]


def test_the_page_of_a_subscription_says_how_it_stands() -> None:
    waiting, declined = make_subscription(), make_subscription()
    active = make_active_subscription(at=START)
    path = path_of(active.id)

    words, buttons = read(waiting.id)
    assert "Subscribe 4.99 USD every month To Grover For Backstage Reference our-subscription" in words
    assert buttons == [f"{path_of(waiting.id)}/approve", f"{path_of(waiting.id)}/decline"]
    words, buttons = read(active.id)
    assert "Next payment 28 February 2027 You are subscribed." in words
    assert buttons == [f"{path}/renew", f"{path}/fail"]
    fail_next_charge(active.id)
    assert ("The next payment will fail." in read(active.id)[0], read(active.id)[1]) == (
        True,
        [f"{path}/renew"],
    )
    Client().post(f"{path}/renew")
    assert "A payment failed, so this is suspended. Try the payment again" in read(active.id)[0]
    Sandbox().cancel_subscription(active.id, reason="Enough")
    assert ("This subscription has ended." in read(active.id)[0], read(active.id)[1]) == (True, [])
    Client().post(f"{path_of(declined.id)}/decline")
    assert "You declined this. Nothing was paid." in read(declined.id)[0]


@pytest.mark.parametrize("provider", ["sandbox", "paypal"])
def test_buyers_come_back_to_a_page_whoever_takes_the_money(settings: Any, provider: str) -> None:
    settings.PAYMENT_PROVIDER = provider

    response = Client().get("/payments/done")

    assert response.status_code == 200
    assert "You can go back now" in response.content.decode()
    assert "form-action 'none'" in response["Content-Security-Policy"]


# --- Buttons -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "other", "state", "where"),
    [
        ("approve", "decline", OrderState.APPROVED, RETURN_URL),
        ("decline", "approve", OrderState.VOIDED, CANCEL_URL),
    ],
)
def test_a_button_decides_an_order_once(
    browser: Client, step: str, other: str, state: OrderState, where: str
) -> None:
    order = make_order()
    path = path_of(order.id)

    answers = [browser.post(f"{path}/{pressed}") for pressed in (step, step, other)]

    told = [(answer.status_code, answer["Location"]) for answer in answers]
    assert told == [(303, where), (303, where), (303, path)]
    assert Sandbox().get_order(order.id).state == state


def test_settling_leads_back_to_the_page(browser: Client) -> None:
    order = make_captured_order(514)
    path = path_of(order.id)

    answers = [browser.post(f"{path}/settle") for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, path)] * 2
    assert "This is paid." in read(order.id)[0]
    unpaid = make_order()
    assert browser.post(f"{path_of(unpaid.id)}/settle")["Location"] == path_of(unpaid.id)
    assert Sandbox().get_order(unpaid.id) == unpaid


@pytest.mark.parametrize(
    ("step", "other", "state", "where"),
    [
        ("approve", "decline", SubscriptionState.ACTIVE, RETURN_URL),
        ("decline", "approve", SubscriptionState.CANCELLED, CANCEL_URL),
    ],
)
def test_a_button_decides_a_subscription_once(
    browser: Client, step: str, other: str, state: SubscriptionState, where: str
) -> None:
    subscription = make_subscription()
    path = path_of(subscription.id)

    answers = [browser.post(f"{path}/{pressed}") for pressed in (step, step, other)]

    told = [(answer.status_code, answer["Location"]) for answer in answers]
    assert told == [(303, where), (303, where), (303, path)]
    assert Sandbox().get_subscription(subscription.id).state == state


def test_months_are_paid_and_fail_by_buttons(browser: Client) -> None:
    subscription = make_active_subscription(at=START)
    path = path_of(subscription.id)

    for step, count, state in (
        ("renew", 2, SubscriptionState.ACTIVE),
        ("fail", 2, SubscriptionState.ACTIVE),
        ("renew", 3, SubscriptionState.SUSPENDED),
        ("renew", 4, SubscriptionState.ACTIVE),
    ):
        assert browser.post(f"{path}/{step}")["Location"] == path
        seen = Sandbox().get_subscription(subscription.id)
        assert (len(seen.charges), seen.state) == (count, state)


# --- Who may press them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://app.testserver"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "http://testserver.evil.test"}, 403),
        ({"Origin": "http://testserver:8001"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
    ],
)
@pytest.mark.parametrize("step", ["approve", "decline"])
def test_a_form_of_another_site_is_refused(headers: dict[str, str], status: int, step: str) -> None:
    order = make_order()

    response = Client(enforce_csrf_checks=True).post(f"{path_of(order.id)}/{step}", headers=headers)

    assert response.status_code == status
    is_decided = Sandbox().get_order(order.id).state != OrderState.CREATED
    assert is_decided == (status == 303)
    if status == 403:
        assert response.json()["code"] == "forbidden"


@pytest.mark.parametrize("make", [make_order, make_subscription])
def test_ids_cannot_be_guessed(make: Any) -> None:
    first, second = make().id, make().id

    assert re.fullmatch(r"(order|subscription)-[0-9a-f]{32}", first)
    assert first[:-20] != second[:-20]


@pytest.mark.parametrize("make", [make_order, make_subscription])
def test_a_page_is_trusted_with_nothing_but_its_forms(make: Any) -> None:
    response = Client().get(path_of(make().id))

    nonce = re.search(r'<style nonce="([\w-]+)">', response.content.decode())
    assert nonce is not None
    assert response["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'nonce-{nonce[1]}'; base-uri 'none';"
        " form-action 'self' https://app.grover.test; frame-ancestors 'none'"
    )
    assert (response["Cache-Control"], response["X-Frame-Options"]) == ("no-store", "DENY")
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies
    assert not re.search(r"(src|href)=\"(?!#)", response.content.decode())
    assert Client().get(path_of(make().id))["Content-Security-Policy"] != response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "source"),
    [("https://app.grover.test:8443/paid?x=1", "https://app.grover.test:8443"), ("grover://paid", "grover:")],
)
def test_a_form_may_lead_back_to_the_app(address: str, source: str) -> None:
    order = NewOrder(
        reference="r", amount=Money(100, "USD"), description="", return_url=address, cancel_url=address
    )
    made = Sandbox().create_order(order, request_id="r")

    policy = Client().get(path_of(made.id))["Content-Security-Policy"]

    assert f"form-action 'self' {source};" in policy
    assert Client().post(f"{path_of(made.id)}/approve")["Location"] == address


# --- Where there is nothing ----------------------------------------------------------------------


def test_there_are_no_pages_while_another_takes_the_money(settings: Any) -> None:
    order, subscription = make_order(), make_subscription()
    settings.PAYMENT_PROVIDER = "paypal"

    for key in (order.id, subscription.id):
        assert Client().get(path_of(key)).status_code == 404
        for step in ("approve", "decline", "settle", "renew", "fail"):
            assert Client().post(f"{path_of(key)}/{step}").status_code == 404

    settings.PAYMENT_PROVIDER = "sandbox"
    assert Sandbox().get_order(order.id) == order
    assert Sandbox().get_subscription(subscription.id) == subscription


def test_there_is_nothing_of_what_is_unknown() -> None:
    order, subscription = make_order(), make_subscription()
    wrong = path_of(order.id).replace("orders", "subscriptions")

    for path in ("/sandbox/orders/order-0", "/sandbox/subscriptions/none", wrong):
        assert (Client().get(path).status_code, Client().get(path).json()["code"]) == (404, "not_found")
        assert Client().post(f"{path}/approve").status_code == 404
    for path in (f"{path_of(order.id)}/renew", f"{path_of(subscription.id)}/settle"):
        assert Client().post(path).status_code == 404


def test_links_press_no_buttons() -> None:
    order = make_order()

    assert Client().get(f"{path_of(order.id)}/approve").status_code == 405
    assert Client().post(path_of(order.id)).status_code == 405
    assert Sandbox().get_order(order.id) == order
