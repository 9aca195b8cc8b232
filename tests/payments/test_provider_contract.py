"""What every payment provider must do: PayPal, spoken to over HTTP, and the others alike."""

import datetime as dt
from typing import Any

import pytest

from grover.core.providers import ProviderRefused
from payments.cards.money import Money
from payments.enums import DisputeState
from payments.providers.base import (
    About,
    CaptureState,
    LineKind,
    NewOrder,
    NewPayout,
    NewPlan,
    NewSubscription,
    OrderState,
    PayoutState,
    RefundState,
    SeenCapture,
    SeenCharge,
    SeenDispute,
    SeenOrder,
    SeenPayout,
    SeenRefund,
    SeenSubscription,
    SignatureInvalid,
    SubscriptionState,
    UnknownToProvider,
)
from tests.payments.drivers import Driver, driver, paypal_driver, sandbox_driver

__all__ = ["driver", "paypal_driver", "sandbox_driver"]

NOWHERE = "NOSUCHTHING0001"
AN_HOUR = dt.timedelta(hours=1)


def usd(value: int) -> Money:
    return Money(value, "USD")


def new_order(reference: str = "payment-1", value: int = 1_050) -> NewOrder:
    return NewOrder(
        reference=reference,
        amount=usd(value),
        description="A tip",
        return_url="https://app.example/done",
        cancel_url="https://app.example/cancelled",
    )


def make_order(driver: Driver, reference: str = "payment-1", value: int = 1_050) -> SeenOrder:
    return driver.provider.create_order(new_order(reference, value), request_id=reference)


def make_paid_order(driver: Driver, reference: str = "payment-1", value: int = 1_050) -> SeenOrder:
    order = make_order(driver, reference, value)
    driver.approve(order.id)
    return driver.provider.capture_order(order.id, request_id=f"{reference}:capture")


def make_capture(driver: Driver, reference: str = "payment-1", value: int = 1_050) -> SeenCapture:
    capture = make_paid_order(driver, reference, value).capture
    assert capture is not None
    return capture


def refund(driver: Driver, capture_id: str, amount: Money, reference: str = "refund-1") -> SeenRefund:
    return driver.provider.refund_capture(capture_id, amount, reference=reference, request_id=reference)


def make_subscription(driver: Driver, reference: str = "subscription-1") -> SeenSubscription:
    plan = NewPlan(reference="tier-1", name="Friends", price=usd(499))
    plan_id = driver.provider.create_plan(plan, request_id="tier-1")
    wanted = NewSubscription(
        reference=reference,
        plan_id=plan_id,
        return_url="https://app.example/done",
        cancel_url="https://app.example/cancelled",
    )
    return driver.provider.create_subscription(wanted, request_id=reference)


def make_active_subscription(driver: Driver) -> str:
    made = make_subscription(driver)
    driver.approve_subscription(made.id)
    return made.id


def pays(reference: str, value: int, receiver: str = "ada@ada.example") -> NewPayout:
    return NewPayout(reference=reference, amount=usd(value), receiver=receiver, note="Earnings")


def test_an_order_waits_for_its_buyer(driver: Driver) -> None:
    order = make_order(driver)

    assert order == SeenOrder(
        id=order.id,
        state=OrderState.CREATED,
        reference="payment-1",
        amount=usd(1_050),
        payee=driver.provider.payee,
        approve_url=order.approve_url,
    )
    assert order.approve_url.startswith("http")
    assert driver.provider.get_order(order.id) == order


def test_an_order_asked_for_twice_is_made_once(driver: Driver) -> None:
    order = make_order(driver)

    assert make_order(driver) == order
    assert make_order(driver, "payment-2").id != order.id


def test_an_approved_order_needs_no_approval_any_more(driver: Driver) -> None:
    order = make_order(driver)
    driver.approve(order.id)

    seen = driver.provider.get_order(order.id)

    assert (seen.state, seen.approve_url, seen.capture) == (OrderState.APPROVED, "", None)
    assert make_order(driver) == seen


def test_a_captured_order_has_its_capture(driver: Driver) -> None:
    order = make_paid_order(driver)

    assert order.capture is not None
    assert order.capture == SeenCapture(
        id=order.capture.id, state=CaptureState.COMPLETED, amount=usd(1_050), refunds=()
    )
    assert order == SeenOrder(
        id=order.id,
        state=OrderState.COMPLETED,
        reference="payment-1",
        amount=usd(1_050),
        payee=driver.provider.payee,
        capture=order.capture,
    )
    assert driver.provider.get_order(order.id) == order


@pytest.mark.parametrize("request_id", ["payment-1:capture", "another"])
def test_an_order_captured_before_is_given_as_it_is(driver: Driver, request_id: str) -> None:
    order = make_paid_order(driver)

    assert driver.provider.capture_order(order.id, request_id=request_id) == order


def test_no_order_is_captured_without_its_buyer(driver: Driver) -> None:
    waiting, declined = make_order(driver), make_order(driver, "payment-2")
    driver.decline(declined.id)

    for order in (waiting, declined):
        with pytest.raises(ProviderRefused):
            driver.provider.capture_order(order.id, request_id=f"{order.id}:capture")

    assert driver.provider.get_order(waiting.id) == waiting
    voided = driver.provider.get_order(declined.id)
    assert (voided.state, voided.approve_url, voided.capture) == (OrderState.VOIDED, "", None)


def test_a_refused_capture_does_not_stand_in_the_way_of_a_later_one(driver: Driver) -> None:
    order = make_order(driver)
    with pytest.raises(ProviderRefused):
        driver.provider.capture_order(order.id, request_id="payment-1:capture")
    driver.approve(order.id)

    seen = driver.provider.capture_order(order.id, request_id="payment-1:capture")

    assert seen.state == OrderState.COMPLETED


def test_money_is_given_back_in_parts(driver: Driver) -> None:
    order = make_paid_order(driver)
    capture = order.capture
    assert capture is not None

    first = refund(driver, capture.id, usd(50), "refund-1")
    second = refund(driver, capture.id, usd(1_000), "refund-2")

    assert first == SeenRefund(id=first.id, state=RefundState.COMPLETED, amount=usd(50), reference="refund-1")
    assert second == SeenRefund(
        id=second.id, state=RefundState.COMPLETED, amount=usd(1_000), reference="refund-2"
    )
    assert driver.provider.get_refund(first.id) == first
    seen = driver.provider.get_order(order.id)
    assert seen.state == OrderState.COMPLETED
    assert seen.capture == SeenCapture(
        id=capture.id, state=CaptureState.COMPLETED, amount=usd(1_050), refunds=(first, second)
    )


def test_a_refund_asked_for_twice_is_made_once(driver: Driver) -> None:
    capture = make_capture(driver)

    first = refund(driver, capture.id, usd(600))

    assert refund(driver, capture.id, usd(600)) == first


def test_no_more_is_given_back_than_was_taken(driver: Driver) -> None:
    order = make_paid_order(driver)
    assert order.capture is not None
    first = refund(driver, order.capture.id, usd(1_000), "refund-1")

    for amount in (usd(51), Money(50, "EUR")):
        with pytest.raises(ProviderRefused):
            refund(driver, order.capture.id, amount, f"refund-{amount}")

    seen = driver.provider.get_order(order.id).capture
    assert seen is not None
    assert seen.refunds == (first,)


def test_a_refund_by_hand_is_seen(driver: Driver) -> None:
    order = make_paid_order(driver)
    assert order.capture is not None

    refund_id = driver.refund_by_hand(order.capture.id, usd(1_050))

    by_hand = SeenRefund(id=refund_id, state=RefundState.COMPLETED, amount=usd(1_050))
    seen = driver.provider.get_order(order.id).capture
    assert seen is not None
    assert seen.refunds == (by_hand,)
    assert driver.provider.get_refund(refund_id) == by_hand


@pytest.mark.parametrize("thing_id", [NOWHERE, "", "../v1", "a" * 300, "\u202e"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda provider, it: provider.get_order(it),
        lambda provider, it: provider.capture_order(it, request_id="r"),
        lambda provider, it: provider.refund_capture(it, usd(1), reference="r", request_id="r"),
        lambda provider, it: provider.get_refund(it),
        lambda provider, it: provider.get_subscription(it),
        lambda provider, it: provider.cancel_subscription(it, reason="Enough"),
        lambda provider, it: provider.get_payouts(it),
        lambda provider, it: provider.get_dispute(it),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(driver: Driver, ask: Any, thing_id: str) -> None:
    with pytest.raises(UnknownToProvider):
        ask(driver.provider, thing_id)


def test_a_subscription_waits_for_its_buyer(driver: Driver) -> None:
    made = make_subscription(driver)

    assert made == SeenSubscription(
        id=made.id,
        state=SubscriptionState.PENDING,
        reference="subscription-1",
        plan_id=made.plan_id,
        approve_url=made.approve_url,
    )
    assert made.approve_url.startswith("http")
    assert driver.provider.get_subscription(made.id) == made


def test_plans_and_subscriptions_asked_for_twice_are_made_once(driver: Driver) -> None:
    assert make_subscription(driver) == make_subscription(driver)


def test_nobody_subscribes_to_a_plan_that_is_not_there(driver: Driver) -> None:
    wanted = NewSubscription(reference="s", plan_id=NOWHERE, return_url="https://a", cancel_url="https://b")

    with pytest.raises(ProviderRefused):
        driver.provider.create_subscription(wanted, request_id="s")


def test_a_subscription_is_charged_again_and_again(driver: Driver) -> None:
    subscription_id = make_active_subscription(driver)
    begun = dt.datetime.now(dt.UTC).replace(microsecond=0)

    ids = [
        driver.charge(subscription_id),
        driver.fail_charge(subscription_id),
        driver.charge(subscription_id),
    ]

    seen = driver.provider.get_subscription(subscription_id)
    assert (seen.state, seen.reference, seen.approve_url) == (SubscriptionState.ACTIVE, "subscription-1", "")
    assert {charge.id: charge.state for charge in seen.charges} == {
        ids[0]: CaptureState.COMPLETED,
        ids[1]: CaptureState.DECLINED,
        ids[2]: CaptureState.COMPLETED,
    }
    moments = [charge.charged_at for charge in seen.charges]
    assert moments == sorted(moments)
    assert moments[0] >= begun
    for charge in seen.charges:
        assert charge == SeenCharge(
            id=charge.id, state=charge.state, amount=usd(499), charged_at=charge.charged_at
        )
    assert seen.next_charge_at is not None
    assert dt.timedelta(days=27) < seen.next_charge_at - moments[-1] < dt.timedelta(days=32)


def test_charges_are_given_back_like_captures(driver: Driver) -> None:
    subscription_id = make_active_subscription(driver)
    charge_id, other_id = driver.charge(subscription_id), driver.charge(subscription_id)

    ours = refund(driver, charge_id, usd(99))
    by_hand = driver.refund_by_hand(charge_id, usd(400))

    with pytest.raises(ProviderRefused):
        refund(driver, charge_id, usd(1), "refund-2")
    assert ours == SeenRefund(id=ours.id, state=RefundState.COMPLETED, amount=usd(99), reference="refund-1")
    charges = {charge.id: charge for charge in driver.provider.get_subscription(subscription_id).charges}
    assert charges[charge_id].refunds == (
        ours,
        SeenRefund(id=by_hand, state=RefundState.COMPLETED, amount=usd(400)),
    )
    assert charges[charge_id].state == CaptureState.COMPLETED
    assert charges[other_id].refunds == ()


def test_a_cancelled_subscription_stays_cancelled(driver: Driver) -> None:
    subscription_id = make_active_subscription(driver)
    charge_id = driver.charge(subscription_id)

    driver.provider.cancel_subscription(subscription_id, reason="Enough")
    driver.provider.cancel_subscription(subscription_id, reason="")

    seen = driver.provider.get_subscription(subscription_id)
    assert (seen.state, seen.next_charge_at) == (SubscriptionState.CANCELLED, None)
    assert [charge.id for charge in seen.charges] == [charge_id]


def test_payouts_are_pending_until_they_are_settled(driver: Driver) -> None:
    payouts = [pays("payout-1", 2_000), pays("payout-2", 3_050, "MERCHANT42"), pays("payout-3", 9_999)]

    batch_id = driver.provider.create_payouts(payouts, batch="batch-1")

    seen = driver.provider.get_payouts(batch_id)
    assert seen == tuple(
        SeenPayout(id=each.id, state=PayoutState.PENDING, reference=wanted.reference, amount=wanted.amount)
        for each, wanted in zip(seen, payouts, strict=True)
    )
    driver.settle_payouts(batch_id, failed=["payout-2"])
    settled = {each.reference: each for each in driver.provider.get_payouts(batch_id)}
    assert {reference: each.state for reference, each in settled.items()} == {
        "payout-1": PayoutState.COMPLETED,
        "payout-2": PayoutState.FAILED,
        "payout-3": PayoutState.COMPLETED,
    }
    assert {reference: each.id for reference, each in settled.items()} == {
        each.reference: each.id for each in seen
    }
    assert settled["payout-1"].reason == ""
    assert settled["payout-2"].reason != ""


def test_a_batch_sent_twice_is_paid_once(driver: Driver) -> None:
    payouts = [pays("payout-1", 2_000)]
    batch_id = driver.provider.create_payouts(payouts, batch="batch-1")
    driver.settle_payouts(batch_id)

    assert driver.provider.create_payouts(payouts, batch="batch-1") == batch_id

    assert len(driver.provider.get_payouts(batch_id)) == 1
    assert driver.provider.create_payouts([pays("payout-2", 2_000)], batch="batch-2") != batch_id


@pytest.mark.parametrize(("won", "state"), [(True, DisputeState.WON), (False, DisputeState.LOST)])
def test_a_dispute_is_open_until_it_is_decided(driver: Driver, won: bool, state: DisputeState) -> None:
    capture = make_capture(driver)
    before = dt.datetime.now(dt.UTC) - AN_HOUR

    dispute_id = driver.open_dispute(capture.id)

    seen = driver.provider.get_dispute(dispute_id)
    assert seen == SeenDispute(
        id=dispute_id,
        state=DisputeState.OPEN,
        capture_id=capture.id,
        amount=usd(1_050),
        reason=seen.reason,
    )
    assert seen.reason != ""
    assert list(driver.provider.disputes_since(before)) == [seen]
    driver.resolve_dispute(dispute_id, won=won)
    decided = driver.provider.get_dispute(dispute_id)
    assert decided == SeenDispute(
        id=dispute_id, state=state, capture_id=capture.id, amount=usd(1_050), reason=seen.reason
    )
    assert list(driver.provider.disputes_since(before)) == [decided]
    assert list(driver.provider.disputes_since(before + 2 * AN_HOUR)) == []


def test_the_books_tell_what_was_taken_given_back_and_paid_out(driver: Driver) -> None:
    now = dt.datetime.now(dt.UTC)
    capture = make_capture(driver)
    given_back = refund(driver, capture.id, usd(50))
    charge_id = driver.charge(make_active_subscription(driver))
    batch_id = driver.provider.create_payouts([pays("payout-1", 2_000)], batch="batch-1")
    driver.settle_payouts(batch_id)

    lines = list(driver.provider.lines_between(now - AN_HOUR, now + AN_HOUR))

    assert [(line.kind, line.amount, line.reference) for line in lines] == [
        (LineKind.CAPTURE, usd(1_050), "payment-1"),
        (LineKind.REFUND, usd(-50), "refund-1"),
        (LineKind.CAPTURE, usd(499), "subscription-1"),
        (LineKind.PAYOUT, usd(-2_000), "payout-1"),
    ]
    assert [line.id for line in lines[:3]] == [capture.id, given_back.id, charge_id]
    assert all(now - AN_HOUR < line.happened_at < now + AN_HOUR for line in lines)
    assert list(driver.provider.lines_between(now - 48 * AN_HOUR, now - AN_HOUR)) == []


def test_webhooks_name_what_to_ask_about(driver: Driver) -> None:
    order = make_paid_order(driver)
    capture = order.capture
    assert capture is not None
    refund(driver, capture.id, usd(50))
    subscription_id = make_active_subscription(driver)
    driver.charge(subscription_id)
    batch_id = driver.provider.create_payouts([pays("payout-1", 2_000)], batch="batch-1")
    driver.settle_payouts(batch_id)
    dispute_id = driver.open_dispute(capture.id)

    events = [driver.provider.read_event(headers, body) for headers, body in driver.webhooks()]

    named = {(event.about, event.thing_id, event.reference) for event in events}
    assert named >= {
        (About.ORDER, order.id, "payment-1"),
        (About.CAPTURE, capture.id, "payment-1"),
        (About.CAPTURE, capture.id, "refund-1"),
        (About.SUBSCRIPTION, subscription_id, "subscription-1"),
        (About.PAYOUT, batch_id, "payout-1"),
        (About.DISPUTE, dispute_id, "payment-1"),
    }
    assert len({event.id for event in events}) == len(events)


def test_a_webhook_is_itself_each_time(driver: Driver) -> None:
    make_paid_order(driver)
    headers, body = driver.webhooks()[0]

    event = driver.provider.read_event(headers, body)

    assert dt.datetime.now(dt.UTC) - event.happened_at < AN_HOUR
    assert driver.provider.read_event(headers, body) == event


def test_a_webhook_that_was_changed_is_refused(driver: Driver) -> None:
    make_paid_order(driver)
    headers, body = driver.webhooks()[0]

    for changed_headers, changed_body in ((headers, body + b" "), ({}, body)):
        with pytest.raises(SignatureInvalid):
            driver.provider.read_event(changed_headers, changed_body)


def test_a_provider_is_there(driver: Driver) -> None:
    driver.provider.ping()

    assert driver.provider.name != ""
    assert driver.provider.payee != ""
