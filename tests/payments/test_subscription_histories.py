"""Histories of subscriptions told of late, twice and out of order: they end as those told of in order do."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from payments.actions.subscription_outcomes import record_subscription
from payments.cards.money import Money
from payments.models import Entitlement, Payment, Subscription, Tier
from payments.policies.periods import months_later
from payments.providers.base import (
    CaptureState,
    RefundState,
    SeenCharge,
    SeenRefund,
    SeenSubscription,
    SubscriptionState,
)
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.subscriptions import make_tier

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
PRICE = Money(1_000, "USD")
BLANK = SeenSubscription(id="", state=SubscriptionState.PENDING, reference="", plan_id="")
Told = tuple[dt.datetime, SeenSubscription]


def test_any_order_of_telling_ends_the_same() -> None:
    for seed in range(12):
        pick = random.Random(seed)
        history = list(happen(pick))
        end = history[-1][0] + 3 * HOUR

        in_order = run([*history, (end, history[-1][1])])
        told = [
            (moment + pick.random() * 2 * HOUR, seen)
            for moment, seen in history
            for _ in range(pick.randint(0, 3))
        ]
        out_of_order = run([*sorted(told, key=lambda one: one[0]), (end, history[-1][1])])

        assert out_of_order == in_order, f"seed {seed}"
    assert check_ledger().faults == []


def happen(pick: random.Random) -> Iterator[Told]:
    """Let months go by: what the provider would say after each thing that happens."""
    first = dt.datetime(2026, 1, pick.randint(1, 31), 9, tzinfo=dt.UTC)
    seen = replace(BLANK, state=SubscriptionState.ACTIVE)
    for month in range(pick.randint(1, 5)):
        moment = months_later(first, month) + (pick.randint(0, 20) * HOUR if month else 0 * HOUR)
        if month and pick.random() < 0.3:
            seen = charged(seen, moment, CaptureState.DECLINED)
            yield moment, replace(seen, state=SubscriptionState.SUSPENDED)
            moment += pick.randint(6, 24) * HOUR
        seen = charged(seen, moment, CaptureState.COMPLETED)
        yield moment, seen
        if pick.random() < 0.4:
            moment += pick.randint(3, 200) * HOUR
            seen = given_back(seen, pick.choice([300, 1_000]))
            yield moment, seen
    if pick.random() < 0.5:
        yield moment + 3 * HOUR, replace(seen, state=SubscriptionState.CANCELLED)


def charged(seen: SeenSubscription, moment: dt.datetime, state: CaptureState) -> SeenSubscription:
    number = str(len(seen.charges))
    return replace(
        seen, charges=(*seen.charges, SeenCharge(id=number, state=state, amount=PRICE, charged_at=moment))
    )


def given_back(seen: SeenSubscription, value: int) -> SeenSubscription:
    """Give back some of the last charge."""
    *before, last = seen.charges
    refund = SeenRefund(id=f"{last.id}-r", state=RefundState.COMPLETED, amount=Money(value, "USD"))
    return replace(seen, charges=(*before, replace(last, refunds=(refund,))))


def run(told: list[Told]) -> dict[str, Any]:
    """Tell of a history, and give what it led to."""
    tier = make_tier(make_user(), PRICE.value)
    Tier.objects.filter(pk=tier.pk).update(plan_id=f"plan-{tier.pk}")
    subscription = Subscription.objects.create(
        subscriber_id=make_user().pk,
        creator_id=tier.creator_id,
        tier=tier,
        live_key=str(tier.pk),
        amount=PRICE.value,
        currency=PRICE.currency,
        provider="sandbox",
        provider_subscription_id=f"subscription-{tier.pk}",
        expires_at=told[0][0] + HOUR,
    )
    for now, seen in told:
        record_subscription(subscription.pk, _of(subscription, seen), now=now)
    subscription.refresh_from_db()
    payments = Payment.objects.filter(thing_id=subscription.pk).order_by("captured_at")
    entitlements = Entitlement.objects.filter(user_id=subscription.subscriber_id)
    return {
        "state": subscription.state,
        "is_frozen": subscription.is_frozen,
        "must_stop": subscription.must_stop,
        "ends": (subscription.started_at, subscription.current_period_end, subscription.paid_until),
        "payments": list(payments.values_list("captured_at", "amount", "fee", "state", "refunded")),
        "entitled": list(entitlements.values_list("expires_at", flat=True)),
        "balances": {place: value for place, value in balances_of(tier.creator_id).items() if value},
    }


def _of(subscription: Subscription, seen: SeenSubscription) -> SeenSubscription:
    """Make what was said be about one subscription; no two have a charge or refund in common."""
    name = str(subscription.pk)
    return replace(
        seen,
        id=str(subscription.provider_subscription_id),
        reference=name,
        plan_id=f"plan-{subscription.tier_id}",
        charges=tuple(
            replace(
                charge,
                id=f"{name}-{charge.id}",
                refunds=tuple(replace(refund, id=f"{name}-{refund.id}") for refund in charge.refunds),
            )
            for charge in seen.charges
        ),
    )
