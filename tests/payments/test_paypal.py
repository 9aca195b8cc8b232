"""Asking PayPal: what is lost, late, refused or odd, and what PayPal says in its own ways."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_httpserver import HTTPServer

from grover.core.providers import ProviderRefused, ProviderUnavailable
from payments.cards.money import Money
from payments.enums import DisputeState
from payments.providers.base import (
    CaptureState,
    LineKind,
    NewOrder,
    NewPayout,
    NewPlan,
    NewSubscription,
    OrderState,
    PayoutState,
    RefundState,
    SeenOrder,
    SubscriptionState,
    UnknownToProvider,
)
from payments.providers.paypal import PayPal
from payments.providers.paypal.client import within_bounds
from tests.payments.drivers import paypal_at
from tests.payments.paypal.faults import Fault
from tests.payments.paypal.server import PayPalServer

PATIENCE: dict[str, Any] = {"seconds": 1.6, "pauses": (0.0,)}
"""Two attempts, of eight tenths of a second each."""

HEALED = (
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.RESET,
    Fault.RESET_AFTER,
    Fault.TOO_MANY,
    Fault.UNAUTHORIZED,
    Fault.SLOW,
    Fault.TIMEOUT_AFTER,
)
AN_HOUR = dt.timedelta(hours=1)
PRICE = Money(1_050, "USD")


def usd(value: int) -> Money:
    return Money(value, "USD")


def new_order(reference: str = "payment-1", amount: Money = PRICE) -> NewOrder:
    return NewOrder(
        reference=reference,
        amount=amount,
        description="A tip",
        return_url="https://a",
        cancel_url="https://b",
    )


def pays(reference: str, value: int = 2_000) -> NewPayout:
    return NewPayout(reference=reference, amount=usd(value), receiver="ada@ada.example")


def make_approved(provider: PayPal, server: PayPalServer, reference: str = "payment-1") -> SeenOrder:
    order = provider.create_order(new_order(reference), request_id=reference)
    server.approve(order.id)
    return order


def make_captured(provider: PayPal, server: PayPalServer, reference: str = "payment-1") -> str:
    order = make_approved(provider, server, reference)
    capture = provider.capture_order(order.id, request_id=f"{reference}:capture").capture
    assert capture is not None
    return capture.id


def make_subscription(provider: PayPal, server: PayPalServer) -> str:
    plan_id = provider.create_plan(
        NewPlan(reference="tier-1", name="Friends", price=usd(499)), request_id="t"
    )
    wanted = NewSubscription(
        reference="subscription-1", plan_id=plan_id, return_url="https://a", cancel_url="https://b"
    )
    made = provider.create_subscription(wanted, request_id="subscription-1")
    server.approve_subscription(made.id)
    return made.id


@pytest.fixture
def provider(paypal: PayPalServer) -> Any:
    made = paypal_at(paypal, **PATIENCE)
    yield made
    made.close()


# --- What goes wrong on the way -------------------------------------------------------------------


@pytest.mark.parametrize("fault", HEALED)
def test_an_order_is_asked_for_again_under_the_same_id(
    paypal: PayPalServer, provider: PayPal, fault: Fault
) -> None:
    paypal.faults.order("create_order", fault)

    order = provider.create_order(new_order(), request_id="payment-1")

    assert list(paypal.orders) == [order.id]
    assert paypal.asked("create_order") == ["payment-1"] * (1 if fault == Fault.SLOW else 2)


@pytest.mark.parametrize("fault", HEALED)
def test_money_is_taken_once(paypal: PayPalServer, provider: PayPal, fault: Fault) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("capture_order", fault)

    seen = provider.capture_order(order.id, request_id="payment-1:capture")

    assert seen.capture is not None
    assert list(paypal.captures) == [seen.capture.id]
    assert set(paypal.asked("capture_order")) == {"payment-1:capture"}
    assert [line["transaction_amount"]["value"] for line in paypal.lines] == ["10.50"]


@pytest.mark.parametrize("fault", HEALED)
def test_money_is_given_back_once(paypal: PayPalServer, provider: PayPal, fault: Fault) -> None:
    capture_id = make_captured(provider, paypal)
    paypal.faults.order("refund_capture", fault)

    seen = provider.refund_capture(capture_id, usd(500), reference="refund-1", request_id="refund-1")

    assert list(paypal.refunds) == [seen.id]
    assert set(paypal.asked("refund_capture")) == {"refund-1"}


@pytest.mark.parametrize("fault", HEALED)
def test_people_are_paid_once(paypal: PayPalServer, provider: PayPal, fault: Fault) -> None:
    paypal.faults.order("create_payouts", fault)

    batch_id = provider.create_payouts([pays("payout-1")], batch="batch-1")

    assert list(paypal.batches) == [batch_id]
    assert set(paypal.asked("create_payouts")) == {"batch-1"}


@pytest.mark.parametrize("operation", ["create_product", "create_plan", "create_subscription"])
def test_one_subscription_is_made(paypal: PayPalServer, provider: PayPal, operation: str) -> None:
    paypal.faults.order(operation, Fault.ERROR_AFTER)

    subscription_id = make_subscription(provider, paypal)

    assert list(paypal.subscriptions) == [subscription_id]
    assert (len(paypal.products), len(paypal.plans)) == (1, 1)
    assert paypal.asked("create_plan")[0] != paypal.asked("create_product")[0]


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.RESET, Fault.TIMEOUT_AFTER])
def test_a_subscription_is_cancelled_though_the_answer_is_lost(
    paypal: PayPalServer, provider: PayPal, fault: Fault
) -> None:
    subscription_id = make_subscription(provider, paypal)
    paypal.faults.order("cancel_subscription", fault)

    provider.cancel_subscription(subscription_id, reason="Enough")

    assert provider.get_subscription(subscription_id).state == SubscriptionState.CANCELLED


def test_what_paypal_is_still_doing_is_not_asked_for_again_at_once(
    paypal: PayPalServer, provider: PayPal
) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("capture_order", Fault.CONFLICT)

    with pytest.raises(ProviderUnavailable):
        provider.capture_order(order.id, request_id="payment-1:capture")
    assert len(paypal.asked("capture_order")) == 1
    assert paypal.captures == {}

    assert provider.capture_order(order.id, request_id="payment-1:capture").state == OrderState.COMPLETED


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.TRICKLE])
def test_a_call_ends_in_time_and_is_healed_later(
    paypal: PayPalServer, provider: PayPal, fault: Fault
) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("capture_order", fault, times=2)
    begun = time.monotonic()

    with pytest.raises(ProviderUnavailable):
        provider.capture_order(order.id, request_id="payment-1:capture")

    assert 1.5 < time.monotonic() - begun < 5.0
    assert len(paypal.asked("capture_order")) == 2
    assert provider.capture_order(order.id, request_id="payment-1:capture").state == OrderState.COMPLETED
    assert len(paypal.captures) == 1


def test_what_fails_each_time_is_given_up(paypal: PayPalServer, provider: PayPal) -> None:
    paypal.faults.order("create_order", Fault.ERROR_BEFORE, Fault.RESET, Fault.ERROR_BEFORE)

    with pytest.raises(ProviderUnavailable):
        provider.create_order(new_order(), request_id="payment-1")

    assert (len(paypal.asked("create_order")), paypal.orders) == (2, {})


def test_no_call_waits_longer_than_it_may_last(paypal: PayPalServer, provider: PayPal) -> None:
    paypal.retry_after = 30
    paypal.faults.order("create_order", Fault.TOO_MANY)
    begun = time.monotonic()

    with pytest.raises(ProviderUnavailable):
        provider.create_order(new_order(), request_id="payment-1")

    assert time.monotonic() - begun < 5.0
    assert len(paypal.asked("create_order")) == 1


@pytest.mark.parametrize("fault", [Fault.NONSENSE, Fault.STRANGE_404])
def test_what_is_not_in_paypals_words_says_nothing(
    paypal: PayPalServer, provider: PayPal, fault: Fault
) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("get_order", fault)
    paypal.faults.order("capture_order", fault)

    with pytest.raises(ProviderUnavailable):
        provider.get_order(order.id)
    with pytest.raises(ProviderUnavailable):
        provider.capture_order(order.id, request_id="payment-1:capture")


def test_nobody_answers_at_all(paypal: PayPalServer) -> None:
    provider = paypal_at(paypal, url="http://127.0.0.1:1", **PATIENCE)

    with pytest.raises(ProviderUnavailable):
        provider.get_order("ORDER1")
    with pytest.raises(ProviderUnavailable):
        provider.ping()


def test_long_request_ids_get_short_names_that_stay(paypal: PayPalServer, provider: PayPal) -> None:
    long = "0198c0de-0000-7000-8000-000000000000:capture"
    order = make_approved(provider, paypal)

    for _ in range(2):
        assert provider.capture_order(order.id, request_id=long).state == OrderState.COMPLETED

    (sent,) = set(paypal.asked("capture_order"))
    assert sent == within_bounds(long) == within_bounds(sent)
    assert len(sent) == 36
    assert within_bounds(f"{long}2") != sent


# --- The token ------------------------------------------------------------------------------------


def test_one_token_serves_many_calls(paypal: PayPalServer, provider: PayPal) -> None:
    with ThreadPoolExecutor(8) as threads:
        orders = list(
            threads.map(lambda n: provider.create_order(new_order(f"p-{n}"), request_id=f"p-{n}"), range(8))
        )

    assert len({order.id for order in orders}) == 8
    assert len(paypal.asked("token")) == 1


def test_a_token_that_is_not_known_any_more_is_replaced(paypal: PayPalServer, provider: PayPal) -> None:
    order = make_approved(provider, paypal)
    paypal.expire_tokens()

    seen = provider.capture_order(order.id, request_id="payment-1:capture")

    assert seen.state == OrderState.COMPLETED
    assert len(paypal.asked("token")) == 2
    assert set(paypal.asked("capture_order")) == {"payment-1:capture"}


@pytest.mark.parametrize(("seconds", "count"), [(60, 3), (32_400, 1)])
def test_a_token_is_not_kept_to_its_very_end(
    paypal: PayPalServer, provider: PayPal, seconds: int, count: int
) -> None:
    paypal.token_seconds = seconds

    for _ in range(3):
        provider.create_order(new_order(), request_id="payment-1")

    assert len(paypal.asked("token")) == count


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.RESET, Fault.TOO_MANY])
def test_a_token_is_asked_for_again(paypal: PayPalServer, provider: PayPal, fault: Fault) -> None:
    paypal.faults.order("token", fault)

    provider.create_order(new_order(), request_id="payment-1")

    assert len(paypal.asked("token")) == 2


def test_a_wrong_secret_refuses_no_payment(paypal: PayPalServer) -> None:
    provider = paypal_at(paypal, secret="wrong", **PATIENCE)

    with pytest.raises(ProviderUnavailable, match="PAYPAL_SECRET"):
        provider.ping()
    with pytest.raises(ProviderUnavailable, match="PAYPAL_SECRET"):
        provider.create_order(new_order(), request_id="payment-1")


# --- What PayPal says of orders -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_declined", "state"), [(False, CaptureState.COMPLETED), (True, CaptureState.DECLINED)]
)
def test_a_completed_order_is_not_paid_while_its_capture_is_pending(
    paypal: PayPalServer, provider: PayPal, is_declined: bool, state: CaptureState
) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("capture_order", Fault.PENDING_CAPTURE)

    seen = provider.capture_order(order.id, request_id="payment-1:capture")

    assert seen.capture is not None
    assert (seen.state, seen.capture.state) == (OrderState.COMPLETED, CaptureState.PENDING)
    assert provider.capture_order(order.id, request_id="another") == seen
    paypal.complete_pending_capture(seen.capture.id, declined=is_declined)
    settled = provider.get_order(order.id)
    assert settled.capture is not None
    assert (settled.state, settled.capture.state) == (OrderState.COMPLETED, state)


def test_a_declined_capture_is_seen(paypal: PayPalServer, provider: PayPal) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("capture_order", Fault.DECLINED_CAPTURE)

    seen = provider.capture_order(order.id, request_id="payment-1:capture")

    assert seen.capture is not None
    assert seen.capture.state == CaptureState.DECLINED


def test_a_later_capture_counts_more_than_a_declined_one(paypal: PayPalServer, provider: PayPal) -> None:
    order = make_approved(provider, paypal)
    paypal.faults.order("capture_order", Fault.DECLINED_CAPTURE)
    declined = provider.capture_order(order.id, request_id="payment-1:capture").capture
    assert declined is not None
    paypal.let_try_again(order.id)

    seen = provider.capture_order(order.id, request_id="payment-1:capture-2").capture

    assert seen is not None
    assert (seen.state, seen.id) == (CaptureState.COMPLETED, list(paypal.captures)[1])
    given_back = provider.refund_capture(seen.id, usd(500), reference="refund-1", request_id="refund-1")
    strange = {**paypal.refunds[given_back.id], "id": "REFUND0", "capture": declined.id}
    strange["links"] = [paypal.link("up", f"/v2/payments/captures/{declined.id}")]
    paypal.refunds["REFUND0"] = strange
    again = provider.get_order(order.id).capture
    assert again is not None
    assert (again.id, again.refunds) == (seen.id, (given_back,))


def test_an_order_is_for_the_merchant_of_the_settings(paypal: PayPalServer) -> None:
    provider = paypal_at(paypal, merchant_id="MERCHANT2")

    order = provider.create_order(new_order(), request_id="payment-1")

    assert order.payee == provider.payee == "MERCHANT2"


@pytest.mark.parametrize("operation", ["create_order", "get_order", "capture_order"])
@pytest.mark.parametrize(
    ("fault", "amount", "is_ours"),
    [
        (Fault.WRONG_AMOUNT, usd(1_150), True),
        (Fault.WRONG_CURRENCY, Money(1_050, "EUR"), True),
        (Fault.WRONG_PAYEE, usd(1_050), False),
    ],
)
def test_a_wrong_order_is_told_as_it_is(
    paypal: PayPalServer, provider: PayPal, operation: str, fault: Fault, amount: Money, is_ours: bool
) -> None:
    paypal.faults.order(operation, fault)
    order = make_approved(provider, paypal)
    provider.get_order(order.id)

    seen = provider.capture_order(order.id, request_id="payment-1:capture")

    assert seen.capture is not None
    assert (seen.amount, seen.capture.amount) == (amount, amount)
    assert (seen.payee == provider.payee) is is_ours


def test_an_order_that_lapsed_is_unknown(paypal: PayPalServer, provider: PayPal) -> None:
    order = provider.create_order(new_order(), request_id="payment-1")
    paypal.forget_order(order.id)

    with pytest.raises(UnknownToProvider):
        provider.get_order(order.id)


@pytest.mark.parametrize(("is_failed", "state"), [(False, RefundState.COMPLETED), (True, RefundState.FAILED)])
def test_a_refund_may_be_pending(
    paypal: PayPalServer, provider: PayPal, is_failed: bool, state: RefundState
) -> None:
    capture_id = make_captured(provider, paypal)
    paypal.faults.order("refund_capture", Fault.PENDING_REFUND)

    seen = provider.refund_capture(capture_id, usd(500), reference="refund-1", request_id="refund-1")

    assert seen.state == RefundState.PENDING
    paypal.complete_pending_refund(seen.id, failed=is_failed)
    assert provider.get_refund(seen.id).state == state


@pytest.mark.parametrize("amount", [Money(1_051, "HUF"), Money(1_050, "TWD")])
def test_what_paypal_cannot_take_is_not_asked_for(
    paypal: PayPalServer, provider: PayPal, amount: Money
) -> None:
    with pytest.raises(ProviderRefused):
        provider.create_order(new_order(amount=amount), request_id="payment-1")

    assert paypal.requests == []


@pytest.mark.parametrize("amount", [Money(500, "JPY"), Money(50_000, "HUF"), Money(1, "EUR")])
def test_other_currencies_come_back_as_they_went(
    paypal: PayPalServer, provider: PayPal, amount: Money
) -> None:
    order = provider.create_order(new_order(amount=amount), request_id="payment-1")

    assert order.amount == amount


# --- Subscriptions, payouts, disputes -------------------------------------------------------------


def test_all_charges_are_read(paypal: PayPalServer, provider: PayPal) -> None:
    subscription_id = make_subscription(provider, paypal)
    ids = [paypal.charge(subscription_id) for _ in range(45)]

    seen = provider.get_subscription(subscription_id)

    assert sorted(charge.id for charge in seen.charges) == ids
    assert len(paypal.asked("list_transactions")) == 3
    assert paypal.asked("search_transactions") == []


def test_a_suspended_subscription_can_be_cancelled(paypal: PayPalServer, provider: PayPal) -> None:
    subscription_id = make_subscription(provider, paypal)
    paypal.suspend_subscription(subscription_id)
    assert provider.get_subscription(subscription_id).state == SubscriptionState.SUSPENDED

    provider.cancel_subscription(subscription_id, reason="Enough")

    assert provider.get_subscription(subscription_id).state == SubscriptionState.CANCELLED


def test_a_subscription_that_nobody_approved_cannot_be_cancelled(
    paypal: PayPalServer, provider: PayPal
) -> None:
    make_subscription(provider, paypal)
    wanted = NewSubscription(
        reference="s", plan_id=next(iter(paypal.plans)), return_url="https://a", cancel_url="https://b"
    )
    waiting = provider.create_subscription(wanted, request_id="s")

    with pytest.raises(ProviderRefused):
        provider.cancel_subscription(waiting.id, reason="Enough")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SUCCESS", PayoutState.COMPLETED),
        ("ONHOLD", PayoutState.PENDING),
        ("UNCLAIMED", PayoutState.PENDING),
        ("RETURNED", PayoutState.FAILED),
        ("BLOCKED", PayoutState.FAILED),
        ("REVERSED", PayoutState.FAILED),
        ("REFUNDED", PayoutState.FAILED),
    ],
)
def test_what_became_of_a_payout_is_told_in_our_words(
    paypal: PayPalServer, provider: PayPal, status: str, state: PayoutState
) -> None:
    batch_id = provider.create_payouts([pays("payout-1")], batch="batch-1")
    paypal.settle_payout(batch_id, "payout-1", status=status)

    (seen,) = provider.get_payouts(batch_id)

    assert (seen.reference, seen.state) == ("payout-1", state)


def test_of_a_denied_batch_nobody_is_paid(paypal: PayPalServer, provider: PayPal) -> None:
    batch_id = provider.create_payouts([pays("payout-1"), pays("payout-2")], batch="batch-1")
    paypal.deny_payouts(batch_id)

    assert {seen.state for seen in provider.get_payouts(batch_id)} == {PayoutState.FAILED}


def test_all_payouts_of_a_large_batch_are_read(paypal: PayPalServer, provider: PayPal) -> None:
    wanted = [pays(f"payout-{number}", number) for number in range(1, 1_203)]
    batch_id = provider.create_payouts(wanted, batch="batch-1")

    seen = provider.get_payouts(batch_id)

    assert [(each.reference, each.amount) for each in seen] == [
        (each.reference, each.amount) for each in wanted
    ]
    assert len(paypal.asked("get_payouts")) == 2


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("RESOLVED_BUYER_FAVOUR", DisputeState.LOST),
        ("ACCEPTED", DisputeState.LOST),
        ("RESOLVED_SELLER_FAVOUR", DisputeState.WON),
        ("RESOLVED_WITH_PAYOUT", DisputeState.WON),
        ("CANCELED_BY_BUYER", DisputeState.WON),
        ("DENIED", DisputeState.WON),
        ("SOMETHING_NEW", DisputeState.OPEN),
    ],
)
def test_the_outcome_of_a_dispute_is_told_in_our_words(
    paypal: PayPalServer, provider: PayPal, code: str, state: DisputeState
) -> None:
    dispute_id = paypal.open_dispute(make_captured(provider, paypal))
    given_back = {"currency_code": "USD", "value": "3.00"}
    paypal.disputes[dispute_id] |= {
        "status": "RESOLVED",
        "dispute_outcome": {"outcome_code": code, "amount_refunded": given_back},
    }

    seen = provider.get_dispute(dispute_id)

    assert (seen.state, seen.amount) == (state, usd(300 if state == DisputeState.LOST else 1_050))


def test_all_disputes_are_read_however_long_ago_they_are_asked_for(
    paypal: PayPalServer, provider: PayPal
) -> None:
    capture_id = make_captured(provider, paypal)
    ids = [paypal.open_dispute(capture_id) for _ in range(60)]

    seen = list(provider.disputes_since(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))

    assert sorted(dispute.id for dispute in seen) == ids
    assert len(paypal.asked("list_disputes")) == 2


# --- PayPal's books -------------------------------------------------------------------------------

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def write_lines(server: PayPalServer, moments: list[dt.datetime]) -> list[str]:
    ids = [f"LINE{number:04d}" for number in range(len(moments))]
    for line_id, at in zip(ids, moments, strict=True):
        server.write_line("T0006", line_id, {"currency_code": "USD", "value": "1.00"}, at=at)
    return ids


def test_a_long_time_is_asked_for_in_parts(paypal: PayPalServer, provider: PayPal) -> None:
    ids = write_lines(paypal, [NOON + dt.timedelta(days=31) * number for number in range(4)])

    lines = provider.lines_between(NOON, NOON + dt.timedelta(days=93))

    assert [line.id for line in lines] == ids
    assert len(paypal.asked("search_transactions")) == 3


def test_all_pages_are_read(paypal: PayPalServer, provider: PayPal) -> None:
    ids = write_lines(paypal, [NOON + dt.timedelta(seconds=number) for number in range(1_100)])

    lines = provider.lines_between(NOON, NOON + AN_HOUR)

    assert [line.id for line in lines] == ids
    assert len(paypal.asked("search_transactions")) == 3


def test_what_is_too_much_for_one_search_is_asked_for_in_halves(
    paypal: PayPalServer, provider: PayPal
) -> None:
    paypal.most_lines = 20
    ids = write_lines(paypal, [NOON + dt.timedelta(minutes=number) for number in range(60)])

    assert [line.id for line in provider.lines_between(NOON, NOON + AN_HOUR)] == ids

    paypal.most_lines = 0
    with pytest.raises(ProviderRefused):
        list(provider.lines_between(NOON, NOON + AN_HOUR))


@pytest.mark.parametrize(
    ("code", "value", "kind"),
    [
        ("T0000", "1.00", LineKind.CAPTURE),
        ("T0002", "1.00", LineKind.CAPTURE),
        ("T0006", "1.00", LineKind.CAPTURE),
        ("T0006", "-1.00", LineKind.OTHER),
        ("T0001", "-1.00", LineKind.PAYOUT),
        ("T0001", "1.00", LineKind.OTHER),
        ("T1114", "1.00", LineKind.PAYOUT),
        ("T1107", "-1.00", LineKind.REFUND),
        ("T1106", "-1.00", LineKind.OTHER),
        ("T0400", "-1.00", LineKind.OTHER),
    ],
)
def test_lines_are_told_apart(
    paypal: PayPalServer, provider: PayPal, code: str, value: str, kind: LineKind
) -> None:
    paypal.write_line(code, "LINE1", {"currency_code": "USD", "value": value}, at=NOON)

    (line,) = provider.lines_between(NOON - AN_HOUR, NOON + AN_HOUR)

    assert (line.kind, line.amount, line.happened_at) == (
        kind,
        usd(-100 if value.startswith("-") else 100),
        NOON,
    )


@pytest.mark.parametrize(("status", "count"), [("S", 1), ("V", 1), ("F", 1), ("P", 0), ("D", 0)])
def test_only_what_was_done_is_in_the_books(
    paypal: PayPalServer, provider: PayPal, status: str, count: int
) -> None:
    write_lines(paypal, [NOON])
    paypal.lines[0]["transaction_status"] = status

    assert len(list(provider.lines_between(NOON - AN_HOUR, NOON + AN_HOUR))) == count


# --- The settings, and the simulator --------------------------------------------------------------


def test_paypal_is_made_of_the_settings(paypal: PayPalServer, settings: Any) -> None:
    for name, value in paypal.credentials.items():
        setattr(settings, f"PAYPAL_{name.upper()}", value)

    PayPal.from_settings().ping()

    settings.PAYPAL_SECRET = ""
    with pytest.raises(ImproperlyConfigured, match="PAYPAL_SECRET"):
        PayPal.from_settings()


def test_the_simulator_sends_its_webhooks(
    paypal: PayPalServer, provider: PayPal, httpserver: HTTPServer
) -> None:
    received: list[bytes] = []
    httpserver.expect_request("/hook").respond_with_handler(lambda request: _take(request, received))
    make_captured(provider, paypal)
    approved, captured, completed = (event.body for event in paypal.events)

    statuses = paypal.deliver(httpserver.url_for("/hook"), order=[2, 1, 0], drop={1}, duplicate=2)

    assert statuses == [200] * 4
    assert received == [completed, completed, approved, approved]
    assert captured not in received


def _take(request: Any, received: list[bytes]) -> Any:
    from werkzeug import Response

    received.append(request.get_data())
    return Response("", 200)
