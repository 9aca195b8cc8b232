"""What happens at the sandbox at the same moment."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from payments.cards.money import Money
from payments.providers.base import LineKind, NewPayout, OrderState, SeenRefund
from payments.providers.sandbox.disputes import open_dispute, resolve_dispute
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.records import SandboxRecord
from payments.providers.sandbox.subscriptions import charge_due, decide_subscription, months_after
from tests.factories.sandbox import (
    event_types,
    make_active_subscription,
    make_capture,
    make_order,
    make_subscription,
)
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4 if connection.vendor == "sqlite" else 8
START = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


def line_kinds() -> Counter[LineKind]:
    return Counter(line.kind for line in Sandbox().lines_between(START - dt.timedelta(days=365), LATER))


def test_approving_and_declining_at_once_decide_once() -> None:
    for _ in range(10):
        order = make_order()

        first, second = run_parallel(2, lambda number, key=order.id: decide(key, approves=bool(number)))

        assert first == second == Sandbox().get_order(order.id)
        assert first.state in (OrderState.APPROVED, OrderState.VOIDED)
    assert len(event_types()) == 10


def test_a_subscription_is_decided_and_charged_once() -> None:
    subscription = make_subscription()

    outcomes = run_parallel(THREADS, lambda _: decide_subscription(subscription.id, approves=True, at=START))

    assert outcomes == [Sandbox().get_subscription(subscription.id)] * THREADS
    assert line_kinds() == {LineKind.CAPTURE: 1}


def test_a_month_is_charged_once() -> None:
    make_active_subscription(at=START)

    run_parallel(THREADS, lambda _: charge_due(months_after(START, 1)))

    assert line_kinds() == {LineKind.CAPTURE: 2}


def test_an_order_is_captured_once() -> None:
    order = make_order()
    decide(order.id, approves=True)

    outcomes = run_parallel(THREADS, lambda n: Sandbox().capture_order(order.id, request_id=str(n)))

    assert outcomes == [Sandbox().get_order(order.id)] * THREADS
    assert line_kinds() == {LineKind.CAPTURE: 1}
    assert event_types() == ["capture.completed", "order.approved"]


def _ask_for_order(_: int) -> Any:
    return make_order(request_id="same")


def _pay_out(_: int) -> Any:
    payout = NewPayout(reference="r", amount=Money(2_000, "USD"), receiver="ada@example.com")
    return Sandbox().create_payouts([payout], batch="same")


@pytest.mark.parametrize(("ask", "kind"), [(_ask_for_order, "order"), (_pay_out, "payout")])
def test_what_is_asked_for_at_once_is_made_once(ask: Callable[[int], Any], kind: str) -> None:
    outcomes = run_parallel(THREADS, ask)

    assert outcomes == [outcomes[0]] * THREADS
    assert SandboxRecord.objects.filter(kind=kind).count() == 1


def test_no_more_is_refunded_than_was_taken() -> None:
    capture_id = make_capture(1_000)

    def refund(number: int) -> SeenRefund:
        asked = Money(400, "USD")
        return Sandbox().refund_capture(capture_id, asked, reference="r", request_id=str(number))

    outcomes = run_parallel(THREADS, refund)

    assert sum(isinstance(outcome, SeenRefund) for outcome in outcomes) == 2
    assert line_kinds() == {LineKind.CAPTURE: 1, LineKind.REFUND: 2}


def test_a_refund_under_one_id_is_made_once() -> None:
    capture_id = make_capture(1_000)

    outcomes = run_parallel(
        THREADS,
        lambda _: Sandbox().refund_capture(capture_id, Money(400, "USD"), reference="r", request_id="same"),
    )

    assert outcomes == [outcomes[0]] * THREADS
    assert line_kinds() == {LineKind.CAPTURE: 1, LineKind.REFUND: 1}


def test_a_dispute_is_opened_and_decided_once() -> None:
    capture_id = make_capture(1_000)

    opened = run_parallel(THREADS, lambda _: open_dispute(capture_id))
    assert opened == [opened[0]] * THREADS
    decided = run_parallel(2, lambda number: resolve_dispute(opened[0].id, won=bool(number)))

    assert decided[0] == decided[1]
    assert event_types().count("dispute.resolved") == event_types().count("dispute.opened") == 1
