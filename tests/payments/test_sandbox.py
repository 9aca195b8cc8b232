"""The sandbox as a provider: what it is asked for, how often it is asked, and what it tells of."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from grover.core.ids import new_id
from grover.core.providers import ProviderRefused
from grover.schedule import SCHEDULE
from payments.cards.money import Money
from payments.enums import DisputeState
from payments.providers.base import (
    CaptureState,
    LineKind,
    NewPayout,
    NewSubscription,
    OrderState,
    PayoutState,
    RefundState,
    SeenCapture,
    SeenOrder,
    SeenPayout,
    SeenRefund,
    SubscriptionState,
    UnknownToProvider,
)
from payments.providers.sandbox.captures import settle_capture
from payments.providers.sandbox.disputes import open_dispute, resolve_dispute
from payments.providers.sandbox.orders import PAYEE, decide
from payments.providers.sandbox.payouts import settle_payout
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.records import SandboxRecord
from payments.providers.sandbox.subscriptions import (
    charge_due,
    charge_now,
    decide_subscription,
    fail_next_charge,
    months_after,
)
from payments.tasks.sandbox import charge_sandbox_subscriptions
from tests.factories.sandbox import (
    event_types,
    events,
    make_active_subscription,
    make_capture,
    make_captured_order,
    make_order,
    make_subscription,
)

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
LATER = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


def usd(value: int) -> Money:
    return Money(value, "USD")


def lines(sandbox: Sandbox) -> list[tuple[LineKind, str, int, str]]:
    """Give the books by kind, the smallest amount first: lines of one moment have no order."""
    found = sorted(
        sandbox.lines_between(LONG_AGO, LATER), key=lambda line: (line.kind, abs(line.amount.value))
    )
    return [(line.kind, line.id, line.amount.value, line.reference) for line in found]


# --- Orders --------------------------------------------------------------------------------------


def test_an_order_is_approved_and_captured(sandbox: Sandbox) -> None:
    asked = make_order(1_000)
    waiting = SeenOrder(
        id=asked.id,
        state=OrderState.CREATED,
        reference="our-payment",
        amount=usd(1_000),
        payee=PAYEE,
        approve_url=f"http://127.0.0.1:8000/sandbox/orders/{asked.id}",
    )
    assert asked == waiting == sandbox.get_order(asked.id)

    approved = decide(asked.id, approves=True)
    assert (approved.state, approved.approve_url, approved.capture) == (OrderState.APPROVED, "", None)
    captured = sandbox.capture_order(asked.id, request_id="capture")

    assert captured.capture is not None
    capture = SeenCapture(id=captured.capture.id, state=CaptureState.COMPLETED, amount=usd(1_000))
    assert (captured.state, captured.capture) == (OrderState.COMPLETED, capture)
    assert sandbox.get_order(asked.id) == captured
    assert sandbox.capture_order(asked.id, request_id="another") == captured
    assert lines(sandbox) == [(LineKind.CAPTURE, capture.id, 1_000, "our-payment")]
    assert event_types() == ["capture.completed", "order.approved"]


def test_the_same_request_makes_one_order() -> None:
    first = make_order(1_000, request_id="same")
    decide(first.id, approves=True)
    second = make_order(2_000, request_id="same")

    assert (second.id, second.state, second.amount) == (first.id, OrderState.APPROVED, usd(1_000))
    assert make_order(request_id="other").id != first.id


@pytest.mark.parametrize("approves", [True, False])
def test_an_order_is_decided_once(approves: bool) -> None:
    order = make_order()

    first = decide(order.id, approves=approves)

    assert decide(order.id, approves=not approves) == first
    assert event_types() == ["order.approved" if approves else "order.voided"]


@pytest.mark.parametrize("is_declined", [True, False])
def test_what_is_not_approved_is_not_captured(sandbox: Sandbox, is_declined: bool) -> None:
    order = make_order()
    if is_declined:
        decide(order.id, approves=False)

    with pytest.raises(ProviderRefused):
        sandbox.capture_order(order.id, request_id="capture")

    assert lines(sandbox) == []


def test_thirteen_cents_are_declined_at_capture(sandbox: Sandbox) -> None:
    order = make_captured_order(513)

    assert order.capture is not None
    assert (order.state, order.capture.state) == (OrderState.COMPLETED, CaptureState.DECLINED)
    assert lines(sandbox) == []
    assert event_types() == ["capture.declined", "order.approved"]


@pytest.mark.parametrize(("pays", "state"), [(True, CaptureState.COMPLETED), (False, CaptureState.DECLINED)])
def test_fourteen_cents_are_pending_until_settled(sandbox: Sandbox, pays: bool, state: CaptureState) -> None:
    order = make_captured_order(514)
    assert order.capture is not None
    capture_id = order.capture.id
    assert (order.capture.state, lines(sandbox)) == (CaptureState.PENDING, [])
    with pytest.raises(ProviderRefused):
        sandbox.refund_capture(capture_id, usd(1), reference="r", request_id="r")

    settle_capture(capture_id, pays=pays)
    settle_capture(capture_id, pays=not pays)

    settled = sandbox.get_order(order.id).capture
    assert settled == SeenCapture(id=capture_id, state=state, amount=usd(514))
    expected = [(LineKind.CAPTURE, capture_id, 514, "our-payment")] if pays else []
    assert lines(sandbox) == expected
    assert event_types() == sorted(["capture.pending", f"capture.{state}", "order.approved"])


# --- Refunds -------------------------------------------------------------------------------------


def test_a_capture_is_refunded_in_parts_and_never_more(sandbox: Sandbox) -> None:
    order = make_captured_order(1_000)
    assert order.capture is not None
    capture_id = order.capture.id

    part = sandbox.refund_capture(capture_id, usd(400), reference="one", request_id="1")
    again = sandbox.refund_capture(capture_id, usd(400), reference="one", request_id="1")
    for refused in (usd(601), usd(0), usd(-1), Money(100, "EUR")):
        with pytest.raises(ProviderRefused):
            sandbox.refund_capture(capture_id, refused, reference="two", request_id="2")
    rest = sandbox.refund_capture(capture_id, usd(600), reference="", request_id="3")

    assert part == SeenRefund(id=part.id, state=RefundState.COMPLETED, amount=usd(400), reference="one")
    assert again == part == sandbox.get_refund(part.id)
    seen = sandbox.get_order(order.id).capture
    assert seen is not None
    assert seen.refunds == (part, rest)
    assert lines(sandbox) == [
        (LineKind.CAPTURE, capture_id, 1_000, "our-payment"),
        (LineKind.REFUND, part.id, -400, "one"),
        (LineKind.REFUND, rest.id, -600, "our-payment"),
    ]
    told = [event for event in events() if event["type"] == "refund.completed"]
    assert [(event["about"], event["thing_id"]) for event in told] == [("capture", capture_id)] * 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda sandbox: sandbox.get_order("order-0"),
        lambda sandbox: sandbox.capture_order("order-0", request_id="r"),
        lambda sandbox: sandbox.refund_capture("capture-0", usd(1), reference="r", request_id="r"),
        lambda sandbox: sandbox.get_refund("capture-0-refund-0"),
        lambda sandbox: sandbox.get_refund("nothing"),
        lambda sandbox: sandbox.get_refund(f"{make_capture()}-refund-0"),
        lambda sandbox: sandbox.get_order(make_subscription().id),
        lambda sandbox: sandbox.create_subscription(
            NewSubscription(reference="r", plan_id="plan-0", return_url="", cancel_url=""), request_id="r"
        ),
        lambda sandbox: sandbox.get_subscription("subscription-0"),
        lambda sandbox: sandbox.cancel_subscription("subscription-0", reason=""),
        lambda sandbox: sandbox.get_payouts("payout-0"),
        lambda _: settle_payout("payout-0-0"),
        lambda sandbox: settle_payout(f"{pay_out(sandbox, 'ada@example.com')}-1"),
        lambda sandbox: sandbox.get_dispute("dispute-0"),
        lambda _: open_dispute("capture-0"),
        lambda _: resolve_dispute("dispute-0", won=True),
    ],
)
def test_what_is_not_there_is_unknown(sandbox: Sandbox, ask: Callable[[Sandbox], object]) -> None:
    with pytest.raises(UnknownToProvider):
        ask(sandbox)


# --- Subscriptions -------------------------------------------------------------------------------


def test_a_subscription_is_charged_as_it_is_approved(sandbox: Sandbox) -> None:
    asked = make_subscription()
    assert (asked.state, asked.charges, asked.next_charge_at) == (SubscriptionState.PENDING, (), None)
    assert asked.approve_url == f"http://127.0.0.1:8000/sandbox/subscriptions/{asked.id}"

    active = decide_subscription(asked.id, approves=True, at=START)

    assert active == sandbox.get_subscription(asked.id)
    assert (active.state, active.approve_url) == (SubscriptionState.ACTIVE, "")
    assert (active.reference, active.plan_id) == ("our-subscription", asked.plan_id)
    [charge] = active.charges
    assert (charge.state, charge.amount, charge.charged_at) == (CaptureState.COMPLETED, usd(499), START)
    assert active.next_charge_at == dt.datetime(2027, 2, 28, 12, tzinfo=dt.UTC)
    assert decide_subscription(asked.id, approves=False) == active
    assert lines(sandbox) == [(LineKind.CAPTURE, charge.id, 499, "our-subscription")]
    assert [(event["about"], event["thing_id"]) for event in events()] == [("subscription", asked.id)] * 2
    assert event_types() == ["subscription.activated", "subscription.charged"]


def test_a_declined_subscription_is_over(sandbox: Sandbox) -> None:
    asked = make_subscription()

    decide_subscription(asked.id, approves=False)

    assert decide_subscription(asked.id, approves=True).state == SubscriptionState.CANCELLED
    assert sandbox.get_subscription(asked.id).charges == ()
    assert event_types() == ["subscription.cancelled"]


def test_the_same_request_makes_one_plan_and_one_subscription(sandbox: Sandbox) -> None:
    plan_id = make_subscription().plan_id
    asked = NewSubscription(reference="r", plan_id=plan_id, return_url="", cancel_url="")

    first = sandbox.create_subscription(asked, request_id="same")

    assert sandbox.create_subscription(asked, request_id="same") == first


def test_a_subscription_renews_on_its_day_and_once() -> None:
    subscription = make_active_subscription(at=START)
    due = months_after(START, 1)

    assert charge_due(due - dt.timedelta(seconds=1)) == 0
    assert charge_due(due) == 1
    assert charge_due(due) == 0

    seen = Sandbox().get_subscription(subscription.id)
    assert [charge.charged_at for charge in seen.charges] == [START, due]
    assert seen.next_charge_at == dt.datetime(2027, 3, 31, 12, tzinfo=dt.UTC)
    assert event_types().count("subscription.charged") == 2


@pytest.mark.parametrize(("provider", "count"), [("sandbox", 2), ("paypal", 1)])
def test_a_job_renews_while_the_sandbox_takes_the_money(settings: Any, provider: str, count: int) -> None:
    subscription = make_active_subscription(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    settings.PAYMENT_PROVIDER = provider

    charge_sandbox_subscriptions()

    assert len(Sandbox().get_subscription(subscription.id).charges) == count
    assert "payments.tasks.charge_sandbox_subscriptions" in {entry.task for entry in SCHEDULE}


def test_months_that_were_missed_are_charged_one_by_one() -> None:
    subscription = make_active_subscription(at=START)
    late = months_after(START, 3)

    assert [charge_due(late) for _ in range(4)] == [1, 1, 1, 0]

    assert len(Sandbox().get_subscription(subscription.id).charges) == 4


def test_a_charge_that_fails_suspends_until_one_succeeds(sandbox: Sandbox) -> None:
    subscription = make_active_subscription(at=START)
    fail_next_charge(subscription.id)
    assert sandbox.get_subscription(subscription.id).next_charge_at == months_after(START, 1)
    due = months_after(START, 1)

    charge_due(due)
    charge_due(due + dt.timedelta(days=1))

    suspended = sandbox.get_subscription(subscription.id)
    assert (suspended.state, suspended.next_charge_at) == (SubscriptionState.SUSPENDED, None)
    states = [charge.state for charge in suspended.charges]
    assert states == [CaptureState.COMPLETED, CaptureState.DECLINED]
    assert len(lines(sandbox)) == 1

    active = charge_now(subscription.id, at=due + dt.timedelta(days=2))

    assert (active.state, active.next_charge_at) == (SubscriptionState.ACTIVE, months_after(START, 2))
    assert [charge.state for charge in active.charges] == [*states, CaptureState.COMPLETED]
    assert event_types() == [
        "subscription.activated",
        "subscription.activated",
        "subscription.charged",
        "subscription.charged",
        "subscription.payment_failed",
        "subscription.suspended",
    ]


def test_a_price_of_thirteen_cents_is_declined_from_the_second_month_on() -> None:
    subscription = make_active_subscription(513, at=START)
    assert subscription.state == SubscriptionState.ACTIVE

    charge_due(months_after(START, 1))

    assert Sandbox().get_subscription(subscription.id).state == SubscriptionState.SUSPENDED


def test_a_cancelled_subscription_is_charged_no_more(sandbox: Sandbox) -> None:
    subscription = make_active_subscription(at=START)

    sandbox.cancel_subscription(subscription.id, reason="Enough")
    sandbox.cancel_subscription(subscription.id, reason="Again")

    assert charge_due(LATER) == 0
    over = charge_now(subscription.id, at=LATER)
    assert (over.state, over.next_charge_at, len(over.charges)) == (SubscriptionState.CANCELLED, None, 1)
    assert event_types().count("subscription.cancelled") == 1


def test_a_charge_is_refunded_and_told_of_as_its_subscription(sandbox: Sandbox) -> None:
    subscription = make_active_subscription(at=START)

    refund = sandbox.refund_capture(subscription.charges[0].id, usd(499), reference="r", request_id="1")

    assert sandbox.get_subscription(subscription.id).charges[0].refunds == (refund,)
    [told] = [event for event in events() if event["type"] == "refund.completed"]
    assert (told["about"], told["thing_id"]) == ("subscription", subscription.id)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (dt.date(2027, 1, 31), 1, dt.date(2027, 2, 28)),
        (dt.date(2027, 1, 31), 2, dt.date(2027, 3, 31)),
        (dt.date(2028, 1, 31), 1, dt.date(2028, 2, 29)),
        (dt.date(2027, 12, 1), 1, dt.date(2028, 1, 1)),
        (dt.date(2027, 6, 15), 30, dt.date(2029, 12, 15)),
    ],
)
def test_months_end_where_they_do(day: dt.date, count: int, expected: dt.date) -> None:
    noon = dt.time(12, tzinfo=dt.UTC)

    assert months_after(dt.datetime.combine(day, noon), count) == dt.datetime.combine(expected, noon)


# --- Payouts -------------------------------------------------------------------------------------


def pay_out(sandbox: Sandbox, *receivers: str, batch: str = "") -> str:
    payouts = [
        NewPayout(reference=f"our-{number}", amount=usd(2_000 + number), receiver=receiver)
        for number, receiver in enumerate(receivers)
    ]
    return sandbox.create_payouts(payouts, batch=batch or str(new_id()))


def test_payouts_are_settled_at_once_but_for_some(sandbox: Sandbox) -> None:
    batch = pay_out(sandbox, "ada@example.com", "fail@example.com", "pending@example.com")

    paid, failed, pending = sandbox.get_payouts(batch)
    assert paid == SeenPayout(
        id=f"{batch}-0", state=PayoutState.COMPLETED, reference="our-0", amount=usd(2_000)
    )
    assert (failed.state, failed.reason) == (PayoutState.FAILED, "RECEIVER_UNREGISTERED")
    assert (pending.state, pending.reason) == (PayoutState.PENDING, "")
    assert lines(sandbox) == [(LineKind.PAYOUT, paid.id, -2_000, "our-0")]
    told = {(event["type"], event["reference"], event["thing_id"]) for event in events()}
    assert told == {("payout.completed", "our-0", batch), ("payout.failed", "our-1", batch)}


@pytest.mark.parametrize(("pays", "state"), [(True, PayoutState.COMPLETED), (False, PayoutState.FAILED)])
def test_a_pending_payout_is_settled_once(sandbox: Sandbox, pays: bool, state: PayoutState) -> None:
    batch = pay_out(sandbox, "pending@example.com", "pending@example.com")
    first, second = sandbox.get_payouts(batch)

    settle_payout(second.id, pays=pays)
    settle_payout(second.id, pays=not pays)

    assert [payout.state for payout in sandbox.get_payouts(batch)] == [PayoutState.PENDING, state]
    assert lines(sandbox) == ([(LineKind.PAYOUT, second.id, -2_001, "our-1")] if pays else [])
    assert event_types() == [f"payout.{state}"]
    assert first.state == PayoutState.PENDING


def test_a_batch_that_is_sent_again_pays_nobody_twice(sandbox: Sandbox) -> None:
    first = pay_out(sandbox, "ada@example.com", batch="same")

    assert pay_out(sandbox, "ada@example.com", "bob@example.com", batch="same") == first
    assert len(sandbox.get_payouts(first)) == len(lines(sandbox)) == len(events()) == 1


# --- Disputes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("won", "state"), [(True, DisputeState.WON), (False, DisputeState.LOST)])
def test_a_dispute_is_opened_and_decided_once(sandbox: Sandbox, won: bool, state: DisputeState) -> None:
    capture_id = make_capture(1_000)
    sandbox.refund_capture(capture_id, usd(100), reference="r", request_id="1")

    opened = open_dispute(capture_id, reason="ITEM")
    assert opened == open_dispute(capture_id, reason="OTHER") == sandbox.get_dispute(opened.id)
    assert (opened.state, opened.capture_id, opened.reason) == (DisputeState.OPEN, capture_id, "ITEM")
    assert opened.amount == usd(900)
    with pytest.raises(ProviderRefused):
        sandbox.refund_capture(capture_id, usd(1), reference="r", request_id="2")
    decided = resolve_dispute(opened.id, won=won)

    assert decided == resolve_dispute(opened.id, won=not won)
    assert decided.state == state
    lost = [] if won else [(LineKind.OTHER, opened.id, -900, "our-payment")]
    assert [line for line in lines(sandbox) if line[0] == LineKind.OTHER] == lost
    told = sorted((event["type"], event["thing_id"]) for event in events() if event["about"] == "dispute")
    assert told == [("dispute.opened", opened.id), ("dispute.resolved", opened.id)]


def test_what_was_won_can_be_refunded(sandbox: Sandbox) -> None:
    capture_id = make_capture(1_000)
    resolve_dispute(open_dispute(capture_id).id, won=True)

    sandbox.refund_capture(capture_id, usd(1_000), reference="r", request_id="1")

    with pytest.raises(ProviderRefused):
        open_dispute(make_refunded(sandbox))


def make_refunded(sandbox: Sandbox) -> str:
    capture_id = make_capture(1_000)
    sandbox.refund_capture(capture_id, usd(1_000), reference="r", request_id="2")
    return capture_id


def test_disputes_are_found_by_when_they_changed(sandbox: Sandbox) -> None:
    older, newer = open_dispute(make_capture()), open_dispute(make_capture())
    for found, day in ((older, 1), (newer, 3)):
        row = SandboxRecord.objects.get(key=found.id)
        moment = dt.datetime(2026, 1, day, tzinfo=dt.UTC).isoformat()
        SandboxRecord.objects.filter(pk=row.pk).update(document={**row.document, "changed_at": moment})

    assert list(sandbox.disputes_since(dt.datetime(2026, 1, 2, tzinfo=dt.UTC))) == [newer]
    resolve_dispute(older.id, won=True)
    assert {found.id for found in sandbox.disputes_since(dt.datetime(2026, 1, 4, tzinfo=dt.UTC))} == {
        older.id
    }


# --- Books ---------------------------------------------------------------------------------------


def test_books_are_read_by_time(sandbox: Sandbox) -> None:
    subscription = make_active_subscription(at=START)
    for month in (1, 2):
        charge_due(months_after(START, month))
    charges = Sandbox().get_subscription(subscription.id).charges

    found = list(sandbox.lines_between(months_after(START, 1), months_after(START, 2)))

    assert [(line.id, line.happened_at) for line in found] == [(charges[1].id, months_after(START, 1))]
    assert found[0].amount == usd(499)
    assert len(list(sandbox.lines_between(START, LATER))) == 3
