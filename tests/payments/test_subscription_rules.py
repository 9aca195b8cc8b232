"""How a subscription stands by what is booked and what the provider says; no database."""

import datetime as dt
import uuid

import pytest

from payments.cards.money import Money
from payments.enums import SubscriptionState as Ours
from payments.models import Subscription
from payments.policies.subscriptions import GRACE, entitled_until, must_stop_after, next_check, state_after
from payments.providers.base import CaptureState, SeenCharge, SeenSubscription, SubscriptionState

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
PENDING, ACTIVE, SUSPENDED, CANCELLED, EXPIRED = SubscriptionState


def make(state: str, *, ended: dt.timedelta | None = None, **fields: object) -> Subscription:
    """One whose month ended so long ago, or was never paid for."""
    end = None if ended is None else NOW - ended
    begun = {"created_at": NOW - HOUR, "expires_at": NOW + 2 * HOUR}
    return Subscription(
        id=uuid.uuid4(), state=state, current_period_end=end, paid_until=end, **{**begun, **fields}
    )


def seen(state: SubscriptionState, last: CaptureState | None = None) -> SeenSubscription:
    charge = SeenCharge(id="c", state=last or CaptureState.PENDING, amount=Money(500, "USD"), charged_at=NOW)
    return SeenSubscription(
        id="s", state=state, reference="r", plan_id="p", charges=() if last is None else (charge,)
    )


@pytest.mark.parametrize(
    ("state", "ended", "said", "after"),
    [
        ("created", None, PENDING, "created"),
        ("created", None, ACTIVE, "created"),
        ("created", None, SUSPENDED, "failed"),
        ("created", None, CANCELLED, "failed"),
        ("expired", None, ACTIVE, "expired"),
        ("created", -DAY, ACTIVE, "active"),
        ("past_due", -DAY, ACTIVE, "active"),
        ("active", -DAY, SUSPENDED, "active"),
        ("active", -DAY, CANCELLED, "cancelled"),
        ("active", -DAY, EXPIRED, "cancelled"),
        ("active", MINUTE, ACTIVE, "active"),
        ("active", DAY, ACTIVE, "past_due"),
        ("active", MINUTE, SUSPENDED, "past_due"),
        ("active", MINUTE, CANCELLED, "expired"),
        ("past_due", MINUTE, ACTIVE, "past_due"),
        ("past_due", GRACE, ACTIVE, "expired"),
        ("past_due", GRACE - MINUTE, SUSPENDED, "past_due"),
        ("cancelled", -DAY, ACTIVE, "cancelled"),
        ("cancelled", MINUTE, ACTIVE, "expired"),
        ("expired", -DAY, ACTIVE, "cancelled"),
        ("failed", -DAY, ACTIVE, "cancelled"),
    ],
)
def test_the_state_follows(
    state: str, ended: dt.timedelta | None, said: SubscriptionState, after: str
) -> None:
    assert state_after(make(state, ended=ended), seen(said), NOW) == after


@pytest.mark.parametrize(("ended", "after"), [(-DAY, "active"), (MINUTE, "past_due"), (None, "failed")])
def test_a_charge_that_was_declined_counts_once_the_month_is_over(
    ended: dt.timedelta | None, after: str
) -> None:
    subscription = make("created" if ended is None else "active", ended=ended)
    assert state_after(subscription, seen(ACTIVE, CaptureState.DECLINED), NOW) == after


@pytest.mark.parametrize(
    ("said", "late", "after"),
    [
        (PENDING, dt.timedelta(), "expired"),
        (PENDING, -MINUTE, "created"),
        (ACTIVE, DAY - MINUTE, "created"),
        (ACTIVE, DAY, "expired"),
    ],
)
def test_what_was_approved_may_take_a_day_to_be_charged(
    said: SubscriptionState, late: dt.timedelta, after: str
) -> None:
    assert state_after(make("created", expires_at=NOW - late), seen(said), NOW) == after


def test_only_what_is_over_here_and_not_there_is_stopped() -> None:
    stopped = {
        (ours.value, said.value)
        for ours in Ours
        for said in SubscriptionState
        if must_stop_after(ours, seen(said))
    }
    assert stopped == {
        (ours, said)
        for ours in ("cancelled", "expired", "failed")
        for said in ("pending", "active", "suspended")
    }


@pytest.mark.parametrize(
    ("state", "grace"),
    [("created", GRACE), ("active", GRACE), ("past_due", GRACE), ("cancelled", None), ("expired", None)],
)
def test_grace_is_for_what_may_yet_be_renewed(state: str, grace: dt.timedelta | None) -> None:
    subscription = make(state, ended=-DAY)
    assert entitled_until(subscription) == NOW + DAY + (grace or dt.timedelta())
    subscription.paid_until = NOW - DAY
    assert entitled_until(subscription) == NOW - DAY
    subscription.paid_until = None
    assert entitled_until(subscription) is None


@pytest.mark.parametrize(
    ("subscription", "wait"),
    [
        (make("created", created_at=NOW), 2 * MINUTE),
        (make("created"), HOUR / 8),
        (make("created", expires_at=NOW + MINUTE), MINUTE),
        (make("created", created_at=NOW - DAY, expires_at=NOW - HOUR), 15 * MINUTE),
        (make("active", ended=-3 * DAY), DAY),
        (make("active", ended=-HOUR), HOUR),
        (make("active", ended=MINUTE), 2 * MINUTE),
        (make("past_due", ended=DAY), 15 * MINUTE),
        (make("past_due", ended=GRACE - MINUTE), MINUTE),
        (make("cancelled", ended=-HOUR), HOUR),
        (make("expired", ended=DAY), None),
        (make("failed"), None),
        (make("active", ended=-DAY, frozen_reason="x"), None),
        (make("cancelled", ended=-DAY, frozen_reason="x", must_stop=True, stopped_at=NOW), 2 * MINUTE),
        (make("expired", ended=DAY, must_stop=True, stopped_at=NOW - 30 * DAY), DAY),
        (make("expired", must_stop=True, stopped_at=NOW - 6 * DAY), 18 * HOUR),
        (make("expired", must_stop=True, stopped_at=NOW - 7 * DAY), None),
    ],
)
def test_when_the_provider_is_asked_again(subscription: Subscription, wait: dt.timedelta | None) -> None:
    assert next_check(subscription, NOW) == (None if wait is None else NOW + wait)
