"""What happens at the same moment to one subscription, or to those of two people."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.viewers import on_behalf_of
from payments.actions.refunds import refund_payment
from payments.actions.subscription_checks import check_subscriptions
from payments.actions.subscription_outcomes import record_subscription
from payments.actions.subscriptions import cancel_subscription, refresh_subscription, subscribe
from payments.enums import AccountKind
from payments.models import Entitlement, Payment, Subscription, Transfer
from payments.policies.periods import months_later
from payments.policies.subscriptions import GRACE
from payments.providers import base
from payments.providers.registry import provider
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.subscriptions import (
    approve_subscription,
    at_sandbox,
    begin_subscription,
    charge,
    make_subscription,
    make_tier,
    refreshed,
)
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8 if connection.vendor == "sqlite" else 20
ROUNDS = 3


def failures(ends: list[Any]) -> list[Any]:
    return [end for end in ends if isinstance(end, Exception)]


def seen_until(subscription: Subscription) -> dt.datetime | None:
    rows = Entitlement.objects.filter(user_id=subscription.subscriber_id, thing_id=subscription.creator_id)
    return rows.values_list("expires_at", flat=True).first()


def test_one_person_subscribes_once_however_often_they_ask() -> None:
    tier, bob = make_tier(make_user()), on_behalf_of(make_user().pk)

    ends = run_parallel(20, lambda _: subscribe(bob, subscription_id=new_id(), tier_id=tier.pk))

    told = Counter(getattr(end, "code", getattr(end, "state", end)) for end in ends)
    assert told == {"created": 1, "already_subscribed": 19}
    assert Subscription.objects.count() == 1


def test_a_request_sent_many_times_makes_one_subscription() -> None:
    tier, bob, subscription_id = make_tier(make_user()), on_behalf_of(make_user().pk), new_id()

    ends = run_parallel(10, lambda _: subscribe(bob, subscription_id=subscription_id, tier_id=tier.pk))

    assert failures(ends) == []
    assert {(end.id, end.state) for end in ends} == {(subscription_id, "created")}
    assert len({end.approve_url for end in ends} - {None}) == 1
    assert Subscription.objects.count() == 1


def test_a_charge_told_of_many_times_is_one_payment() -> None:
    ada = make_user()
    subscription = begin_subscription(make_user(), make_tier(ada, 1_000))
    approve_subscription(subscription.pk)
    seen = provider().get_subscription(at_sandbox(subscription.pk))

    ends = run_parallel(10, lambda _: record_subscription(subscription.pk, seen, now=present()))

    assert failures(ends) == []
    assert (Payment.objects.count(), Transfer.objects.count()) == (1, 1)
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 850}
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert check_ledger().faults == []


def test_a_renewal_and_a_cancelling_leave_what_was_paid_for() -> None:
    for _ in range(ROUNDS):
        ada, bob = make_user(), make_user()
        subscription = make_subscription(bob, make_tier(ada))
        charge(subscription.pk)
        viewer = on_behalf_of(bob.pk)

        def act(number: int, subscription: Subscription = subscription, viewer: Any = viewer) -> Any:
            if number % 2:
                return cancel_subscription(viewer, subscription_id=subscription.pk)
            return refresh_subscription(subscription.pk, now=present())

        assert failures(run_parallel(THREADS, act)) == []
        ended = refreshed(subscription.pk)
        first = Payment.objects.filter(thing_id=subscription.pk).order_by("captured_at", "pk")[0]
        assert first.captured_at is not None
        end = months_later(first.captured_at, 2)
        assert (ended.state, ended.current_period_end, seen_until(ended)) == ("cancelled", end, end)
        assert Payment.objects.filter(thing_id=subscription.pk).count() == 2
        at_provider = provider().get_subscription(at_sandbox(subscription.pk))
        assert at_provider.state == base.SubscriptionState.CANCELLED
    assert check_ledger().faults == []


def test_two_subscriptions_to_a_creator_are_renewed_and_given_back_at_once() -> None:
    for _ in range(ROUNDS):
        ada, bob = make_user(), make_user()
        short, long = make_subscription(bob, make_tier(ada)), make_subscription(bob, make_tier(ada, 900))
        charge(short.pk)
        given_back = Payment.objects.get(thing_id=long.pk)
        creator = on_behalf_of(ada.pk)

        def act(
            number: int, short: Subscription = short, payment: Payment = given_back, creator: Any = creator
        ) -> Any:
            if number:
                return refresh_subscription(short.pk, now=present())
            return refund_payment(creator, refund_id=new_id(), payment_id=payment.pk, amount=None, reason="")

        assert failures(run_parallel(4, act)) == []
        short.refresh_from_db()
        assert short.current_period_end is not None
        assert Payment.objects.filter(thing_id=short.pk).count() == 2
        assert seen_until(short) == short.current_period_end + GRACE
    assert check_ledger().faults == []


def test_many_jobs_at_once_book_each_month_once() -> None:
    subscriptions = [make_subscription(make_user(), make_tier(make_user())) for _ in range(3)]
    for subscription in subscriptions:
        charge(subscription.pk)
    now = present() + dt.timedelta(days=1)

    ends = run_parallel(6, lambda _: check_subscriptions(now))

    assert failures(ends) == []
    assert Payment.objects.count() == 6
    assert check_ledger().faults == []


def test_a_block_and_a_subscribing_do_not_pass_each_other(api: Any) -> None:
    for _ in range(ROUNDS):
        ada, bob = make_user(), make_user()
        tier, viewer, by_ada = make_tier(ada), on_behalf_of(bob.pk), api(ada)

        def act(
            number: int, tier: Any = tier, viewer: Any = viewer, by_ada: Any = by_ada, bob: User = bob
        ) -> Any:
            if number == 0:
                return by_ada.put(f"users/{bob.pk}/block").status_code
            return subscribe(viewer, subscription_id=new_id(), tier_id=tier.pk)

        blocked, _ = run_parallel(2, act)
        assert blocked == 200
        for subscription in Subscription.objects.filter(tier=tier):
            assert refreshed(subscription.pk).state == "expired"
            key = subscription.provider_subscription_id
            assert key is None or provider().get_subscription(key).state == base.SubscriptionState.CANCELLED
