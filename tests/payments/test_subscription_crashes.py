"""A crash after any commit of any step of a subscription is healed by the jobs that run anyway."""

import datetime as dt
import functools
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import time_machine
from django.utils import timezone

from grover.core.ids import new_id
from grover.core.jobs import sweep_outbox
from grover.core.moments import present
from grover.core.viewers import on_behalf_of
from payments.actions.subscription_checks import check_subscriptions
from payments.actions.subscriptions import cancel_subscription, refresh_subscription, subscribe
from payments.models import Entitlement, LedgerAccount, Subscription, Tier
from payments.providers.registry import provider
from payments.selectors.ledger import check_ledger
from tests.factories.accounts import make_user
from tests.factories.subscriptions import approve_subscription, charge, make_tier
from tests.payments.crashes import counted_commits, run_until

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class World:
    """Somebody, a tier, and a subscription between them, which may not have been begun yet."""

    subscriber_id: uuid.UUID
    tier: Tier
    subscription_id: uuid.UUID
    before: Counter[str]

    def state(self) -> tuple[str, bool, bool, bool, str, dict[str, int]]:
        """Tell what has come of the subscription, here and at the provider, and of all balances."""
        row = Subscription.objects.get(pk=self.subscription_id)
        moved = totals()
        moved.subtract(self.before)
        key = row.provider_subscription_id
        return (
            row.state,
            row.must_stop,
            row.current_period_end is not None,
            Entitlement.objects.filter(user_id=self.subscriber_id).exists(),
            "" if key is None else provider().get_subscription(key).state.value,
            {kind: amount for kind, amount in moved.items() if amount},
        )


def totals() -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, balance in LedgerAccount.objects.values_list("kind", "balance"):
        found[kind] += balance
    return found


def begin() -> World:
    return World(make_user().pk, make_tier(make_user()), new_id(), totals())


def ask(world: World) -> None:
    subscribe(on_behalf_of(world.subscriber_id), subscription_id=world.subscription_id, tier_id=world.tier.pk)


def begin_approved() -> World:
    world = begin()
    ask(world)
    approve_subscription(world.subscription_id)
    return world


def begin_paid() -> World:
    world = begin_approved()
    refresh(world)
    return world


def begin_renewed() -> World:
    world = begin_paid()
    charge(world.subscription_id)
    return world


def begin_failed() -> World:
    """One whose renewal failed so long ago that its grace is over."""
    world = begin_paid()
    charge(world.subscription_id, succeeds=False)
    past = present() - dt.timedelta(days=40)
    Subscription.objects.filter(pk=world.subscription_id).update(current_period_end=past, paid_until=past)
    return world


def refresh(world: World) -> None:
    refresh_subscription(world.subscription_id, now=present())


def cancel(world: World) -> None:
    cancel_subscription(on_behalf_of(world.subscriber_id), subscription_id=world.subscription_id)


FLOWS: dict[str, tuple[Callable[[], World], Callable[[World], None]]] = {
    "subscribing": (begin, ask),
    "the first month": (begin_approved, refresh),
    "another month": (begin_renewed, refresh),
    "cancelling": (begin_paid, cancel),
    "cancelling before it is approved": (begin, lambda world: (ask(world), cancel(world))[1]),
    "the end of the grace": (begin_failed, refresh),
}


def heal() -> None:
    """Run the jobs that run anyway, once it is time to look at each subscription."""
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20), tick=False):
        sweep_outbox(timezone.now())
        Subscription.objects.filter(check_at__isnull=False).update(check_at=timezone.now())
        check_subscriptions(timezone.now())


@pytest.mark.parametrize("name", FLOWS)
def test_a_crash_after_any_commit_is_healed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    start, run = FLOWS[name]
    with counted_commits(monkeypatch) as commits:
        undisturbed = start()
        commits.count = 0
        run(undisturbed)
        commit_count = commits.count
        expected = undisturbed.state()
        assert commit_count >= 1
        for dies_after in range(1, commit_count + 1):
            world = start()
            assert run_until(commits, functools.partial(run, world), dies_after)
            heal()
            if name.startswith("cancelling before"):
                run(world)  # who cancelled may have been cut off before it was written down
            assert world.state() == expected, f"after commit {dies_after} of {commit_count}"
            run(world)  # as a client does that got no answer
            assert world.state() == expected
            assert check_ledger().faults == []
