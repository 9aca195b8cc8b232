"""What happens at the same moment to one subscription, or to those of two people."""

import datetime as dt
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from grover.core.db import atomic
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
ROUNDS, TIGHT_ROUNDS = 3, 8


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


def test_one_of_two_is_renewed_as_the_other_is_cancelled() -> None:
    """The booking is held open until the cancelling is done or, as it should be, waits for it."""
    ada, bob = make_user(), make_user()
    kept, left = make_subscription(bob, make_tier(ada)), make_subscription(bob, make_tier(ada, 900))
    charge(kept.pk)
    seen = provider().get_subscription(at_sandbox(kept.pk))
    is_booked, is_cancelled = threading.Event(), threading.Event()

    @atomic
    def book() -> None:
        record_subscription(kept.pk, seen, now=present())
        is_booked.set()
        is_cancelled.wait(0.5)

    def act(number: int) -> None:
        if number:
            book()
        else:
            is_booked.wait(10)
            cancel_subscription(on_behalf_of(bob.pk), subscription_id=left.pk)
            is_cancelled.set()

    assert failures(run_parallel(2, act)) == []
    kept.refresh_from_db()
    assert kept.current_period_end is not None
    assert seen_until(kept) == kept.current_period_end + GRACE > present() + dt.timedelta(days=50)


def test_one_of_two_is_renewed_as_the_other_is_given_back() -> None:
    ada, bob = make_user(), make_user()
    kept, left = make_subscription(bob, make_tier(ada)), make_subscription(bob, make_tier(ada, 900))
    payment = Payment.objects.get(thing_id=left.pk)
    charge(kept.pk)

    def act(number: int) -> None:
        if number:
            refresh_subscription(kept.pk, now=present())
        else:
            refund_payment(
                on_behalf_of(ada.pk), refund_id=new_id(), payment_id=payment.pk, amount=None, reason=""
            )

    assert failures(run_parallel(4, act)) == []
    kept.refresh_from_db()
    assert kept.current_period_end is not None
    assert seen_until(kept) == kept.current_period_end + GRACE
    assert check_ledger().faults == []


def test_a_month_that_is_booked_as_it_is_cancelled_is_not_forgotten() -> None:
    for _ in range(TIGHT_ROUNDS):
        bob = make_user()
        subscription = make_subscription(bob, make_tier(make_user()))
        charge(subscription.pk)
        seen = provider().get_subscription(at_sandbox(subscription.pk))

        def act(
            number: int, subscription: Subscription = subscription, seen: Any = seen, bob: User = bob
        ) -> None:
            if number:
                cancel_subscription(on_behalf_of(bob.pk), subscription_id=subscription.pk)
            else:
                record_subscription(subscription.pk, seen, now=present())

        assert failures(run_parallel(2, act)) == []
        subscription.refresh_from_db()
        end = subscription.current_period_end
        assert end is not None
        assert (subscription.state, subscription.paid_until, seen_until(subscription)) == (
            "cancelled",
            end,
            end,
        )
        assert end > present() + dt.timedelta(days=50)


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
