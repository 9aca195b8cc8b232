"""Subscriptions as time goes by: renewed, failed, made up for, ended; found out by the jobs alone."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.models import User
from grover.core.moments import present
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.viewers import on_behalf_of
from messaging.models import Notification
from payments.actions.subscription_checks import check_subscriptions
from payments.actions.subscription_notices import send_subscription_mail
from payments.actions.subscription_outcomes import record_subscription
from payments.actions.subscriptions import cancel_subscription
from payments.enums import AccountKind, EntitlementKind
from payments.models import Payment, Subscription
from payments.providers import base
from payments.providers.registry import provider
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.subscriptions import (
    charge_due,
    charge_now,
    decide_subscription,
    fail_next_charge,
)
from payments.selectors.entitlements import entitled
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.subscriptions import (
    at_sandbox,
    begin_subscription,
    charge,
    make_subscription,
    make_tier,
    refreshed,
)

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


class Clock:
    """The time, which stands still unless it is moved."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def to(self, moment: str | dt.datetime) -> None:
        """Move to a moment; a text is a day, at nine."""
        self._traveller.move_to(at(moment) if isinstance(moment, str) else moment)

    def on(self, span: dt.timedelta) -> None:
        self._traveller.shift(span)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(at("2026-01-31"), tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def subscription(db: None, clock: Clock) -> Subscription:
    """One that bob began with ada on the last day of January."""
    ada, bob = make_user("ada"), make_user("bob")
    made = make_subscription(bob, make_tier(ada, 1_000))
    mail.outbox.clear()
    return made


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(day).replace(hour=9, tzinfo=dt.UTC)


def run_jobs() -> None:
    """Let the provider charge what is due, and ask it about what is due."""
    charge_due(present())
    check_subscriptions(present())


def stands(subscription: Subscription) -> tuple[str, dt.datetime | None, bool]:
    """Tell how a subscription stands, until when it is paid for, and whether it lets one see anything."""
    subscription.refresh_from_db()
    seen = entitled(subscription.subscriber_id, [subscription.creator_id])
    may_see = (EntitlementKind.CREATOR, subscription.creator_id) in seen
    return subscription.state, subscription.current_period_end, may_see


def mailed() -> list[str]:
    subjects = [str(message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return subjects


def told(user_id: Any) -> list[str]:
    rows = Notification.objects.filter(user_id=user_id, thing_kind="subscription").order_by("seq")
    return [row.data["what"] for row in rows]


def test_thirteen_months_are_paid_one_by_one_without_drift(clock: Clock, subscription: Subscription) -> None:
    ends = (
        "2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30 2026-07-31 2026-08-31 2026-09-30"
        " 2026-10-31 2026-11-30 2026-12-31 2027-01-31 2027-02-28 2027-03-31"
    ).split()

    for end, following in itertools.pairwise(ends):
        assert stands(subscription) == ("active", at(end), True)
        clock.to(end)
        run_jobs()
        assert stands(subscription) == ("active", at(following), True)
        assert mailed() == ["Your receipt: 10.00 USD"]
    assert Payment.objects.count() == 14
    assert balances_of(subscription.creator_id) == {(AccountKind.PENDING, "USD"): 14 * 850}
    assert check_ledger().faults == []


def test_a_leap_day_is_renewed_on_the_last_of_february(clock: Clock, subscription: Subscription) -> None:
    clock.to("2028-02-29")
    eve = make_user()
    leap = make_subscription(eve, make_tier(make_user()))
    for month in range(1, 12):
        clock.to(at(f"{2028 + (month + 1) // 12}-{(month + 1) % 12 + 1:02}-28") + DAY)
        charge(leap.pk)
        refreshed(leap.pk)
    assert stands(leap) == ("active", at("2029-02-28"), True)


def test_the_jobs_ask_as_a_month_ends_and_once_a_day(
    clock: Clock, subscription: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def get_subscription(self: Sandbox, key: str) -> base.SeenSubscription:
        asked.append(present())
        return original(self, key)

    original = Sandbox.get_subscription
    monkeypatch.setattr(Sandbox, "get_subscription", get_subscription)
    start = present()
    for _ in range(24 * 27):
        check_subscriptions(present())
        clock.on(HOUR)
    assert asked == [start + day * DAY for day in range(1, 27)]

    asked.clear()
    clock.to("2026-02-28")
    check_subscriptions(present())
    check_subscriptions(present())
    assert asked == [at("2026-02-28")]
    clock.on(2 * MINUTE)
    check_subscriptions(present())
    assert len(asked) == 2


def test_a_late_charge_is_no_failure(clock: Clock, subscription: Subscription) -> None:
    clock.to(at("2026-02-28") + 20 * HOUR)
    check_subscriptions(present())
    assert stands(subscription) == ("active", at("2026-02-28"), True)
    clock.on(3 * HOUR)
    run_jobs()
    assert stands(subscription) == ("active", at("2026-03-31"), True)
    assert mailed() == ["Your receipt: 10.00 USD"]
    assert told(subscription.subscriber_id) == []


def test_a_renewal_nobody_charged_for_is_past_due_after_a_day(
    clock: Clock, subscription: Subscription
) -> None:
    clock.to("2026-03-01")
    check_subscriptions(present())
    assert stands(subscription) == ("past_due", at("2026-02-28"), True)


def test_a_failed_renewal_can_be_made_up_for(clock: Clock, subscription: Subscription) -> None:
    clock.to("2026-02-28")
    charge(subscription.pk, succeeds=False)
    check_subscriptions(present())
    assert stands(subscription) == ("past_due", at("2026-02-28"), True)
    assert told(subscription.subscriber_id) == ["renewal_failed"]
    [message] = mail.outbox
    assert message.subject == "Your subscription to @ada could not be renewed"
    assert "the 10.00 USD for another month could not be taken." in message.body
    assert "before 3 March 2026, when it ends." in message.body
    assert message.extra_headers["Message-ID"].startswith(
        f"<subscription.{subscription.pk}.renewal_failed.20260228@"
    )
    mail.outbox.clear()

    clock.on(2 * DAY)
    check_subscriptions(present())
    assert (stands(subscription)[2], mailed()) == (True, [])
    charge_now(at_sandbox(subscription.pk))
    clock.on(15 * MINUTE)
    check_subscriptions(present())
    assert stands(subscription) == ("active", at("2026-03-31"), True)
    assert mailed() == ["Your receipt: 10.00 USD"]


def test_after_the_grace_it_ends_here_and_at_the_provider(clock: Clock, subscription: Subscription) -> None:
    clock.to("2026-02-28")
    charge(subscription.pk, succeeds=False)
    check_subscriptions(present())
    mail.outbox.clear()

    clock.to(at("2026-03-03") - MINUTE)
    check_subscriptions(present())
    assert stands(subscription) == ("past_due", at("2026-02-28"), True)
    clock.to("2026-03-03")
    assert stands(subscription) == ("past_due", at("2026-02-28"), False)
    clock.on(MINUTE)
    check_subscriptions(present())
    assert stands(subscription) == ("expired", at("2026-02-28"), False)
    assert mailed() == ["Your subscription to @ada has ended"]
    assert told(subscription.subscriber_id) == ["ended"]  # in place of what was not read
    assert provider().get_subscription(at_sandbox(subscription.pk)).state == base.SubscriptionState.CANCELLED
    subscription.refresh_from_db()
    assert (subscription.must_stop, subscription.check_at, subscription.live_key) == (False, None, None)
    make_subscription(User.objects.get(username="bob"), subscription.tier)


def test_what_was_cancelled_ends_with_its_month(
    api: Callable[..., Any], clock: Clock, subscription: Subscription
) -> None:
    clock.to("2026-02-10")
    api(User.objects.get(username="bob")).delete(f"subscriptions/{subscription.pk}")
    assert mailed() == ["Your subscription to @ada is cancelled"]

    clock.to(at("2026-02-28") - MINUTE)
    run_jobs()
    assert stands(subscription) == ("cancelled", at("2026-02-28"), True)
    clock.to("2026-02-28")
    run_jobs()
    assert stands(subscription) == ("expired", at("2026-02-28"), False)
    assert (Payment.objects.count(), mailed(), told(subscription.subscriber_id)) == (1, [], [])
    subscription.refresh_from_db()
    assert subscription.check_at is None


def test_what_was_stopped_at_the_provider_is_cancelled_here(clock: Clock, subscription: Subscription) -> None:
    provider().cancel_subscription(at_sandbox(subscription.pk), reason="By its buyer")
    clock.on(DAY)
    check_subscriptions(present())
    assert stands(subscription) == ("cancelled", at("2026-02-28"), True)
    assert mailed() == ["Your subscription to @ada is cancelled"]


@pytest.mark.parametrize("approves", [True, False])
def test_the_jobs_find_out_what_the_buyer_decided(clock: Clock, db: None, approves: bool) -> None:
    subscription = begin_subscription(make_user(), make_tier(make_user()))
    clock.on(MINUTE)
    decide_subscription(at_sandbox(subscription.pk), approves=approves)
    clock.on(2 * MINUTE)
    check_subscriptions(present())
    assert stands(subscription)[0] == ("active" if approves else "failed")


def test_what_nobody_approves_ends_after_three_hours(clock: Clock, db: None) -> None:
    subscription = begin_subscription(make_user(), make_tier(make_user()))
    for _ in range(2):
        clock.on(89 * MINUTE)
        check_subscriptions(present())
        assert stands(subscription)[0] == "created"
    clock.on(2 * MINUTE)
    for _ in range(2):
        check_subscriptions(present())
        assert stands(subscription) == ("expired", None, False)
        clock.on(2 * MINUTE)
    assert provider().get_subscription(at_sandbox(subscription.pk)).state == base.SubscriptionState.CANCELLED
    assert mailed() == []


def test_what_the_provider_never_heard_of_is_opened_later(
    clock: Clock, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "create_subscription", _is_down)
        subscription = begin_subscription(make_user(), make_tier(make_user()))
    assert (subscription.state, subscription.approve_url) == ("created", "")
    clock.on(2 * MINUTE)
    check_subscriptions(present())
    subscription.refresh_from_db()
    assert subscription.approve_url.startswith("http")


def test_what_is_cancelled_as_it_is_opened_is_stopped(
    clock: Clock, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, tier = make_user(), make_tier(make_user())

    def create_subscription(self: Sandbox, wanted: base.NewSubscription, *, request_id: str) -> Any:
        cancel_subscription(on_behalf_of(bob.pk), subscription_id=uuid.UUID(wanted.reference))
        return original(self, wanted, request_id=request_id)

    original = Sandbox.create_subscription
    monkeypatch.setattr(Sandbox, "create_subscription", create_subscription)
    subscription = begin_subscription(bob, tier)
    assert (subscription.state, subscription.must_stop) == ("expired", True)
    clock.on(2 * MINUTE)
    check_subscriptions(present())
    assert provider().get_subscription(at_sandbox(subscription.pk)).state == base.SubscriptionState.CANCELLED


def test_what_cannot_be_opened_in_time_ends(clock: Clock, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sandbox, "create_plan", _is_down)
    subscription = begin_subscription(make_user(), make_tier(make_user()))
    clock.on(3 * HOUR - MINUTE)
    check_subscriptions(present())
    assert stands(subscription)[0] == "created"
    clock.on(2 * MINUTE)
    check_subscriptions(present())
    assert stands(subscription)[0] == "expired"
    subscription.refresh_from_db()
    assert subscription.check_at is None


def test_a_first_month_that_cannot_be_taken_fails_at_once(clock: Clock, db: None) -> None:
    bob, tier = make_user(), make_tier(make_user())
    subscription = begin_subscription(bob, tier)
    fail_next_charge(at_sandbox(subscription.pk))
    decide_subscription(at_sandbox(subscription.pk), approves=True)
    assert stands(refreshed(subscription.pk)) == ("failed", None, False)
    assert provider().get_subscription(at_sandbox(subscription.pk)).state == base.SubscriptionState.CANCELLED
    assert begin_subscription(bob, tier).state == "created"


def test_what_the_provider_refuses_fails(clock: Clock, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sandbox, "create_subscription", _refuses)
    subscription = begin_subscription(make_user(), make_tier(make_user()))
    assert (subscription.state, subscription.live_key, subscription.check_at) == ("failed", None, None)


def test_one_of_which_nothing_can_be_learnt_holds_up_no_other(
    clock: Clock, subscription: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = make_subscription(make_user(), make_tier(make_user()))
    Subscription.objects.filter(pk=lost.pk).update(provider_subscription_id="lost", check_at=at("2026-01-31"))
    monkeypatch.setattr("payments.actions.subscription_checks.AT_ONCE", 1)
    clock.on(MINUTE)
    Subscription.objects.filter(pk=lost.pk).update(expires_at=present() + DAY)
    check_subscriptions(present())
    Subscription.objects.filter(pk=subscription.pk).update(check_at=present())
    provider().cancel_subscription(at_sandbox(subscription.pk), reason="")
    check_subscriptions(present())
    assert stands(subscription)[0] == "cancelled"


def test_older_and_repeated_snapshots_change_nothing(clock: Clock, subscription: Subscription) -> None:
    key = at_sandbox(subscription.pk)
    snapshots = [provider().get_subscription(key)]
    clock.to("2026-02-28")
    charge(subscription.pk, succeeds=False)
    snapshots.append(provider().get_subscription(key))
    clock.on(DAY)
    charge_now(key)
    snapshots.append(provider().get_subscription(key))
    clock.on(HOUR)

    for order in ([2, 1, 0], [0, 1, 2], [1, 2, 1, 0, 2]):
        for number in order:
            record_subscription(subscription.pk, snapshots[number], now=present())
        assert stands(subscription) == ("active", at("2026-03-31"), True)
        assert Payment.objects.count() == 2
    assert told(subscription.subscriber_id) == []
    assert check_ledger().faults == []


def test_a_mail_is_sent_to_nobody_who_is_gone(clock: Clock, subscription: Subscription) -> None:
    User.objects.filter(username="bob").update(status="suspended")
    User.objects.filter(username="ada").update(status="suspended")
    send_subscription_mail(subscription.pk, "ended")
    assert mailed() == []
    User.objects.filter(username="bob").update(status="active")
    send_subscription_mail(subscription.pk, "ended")
    assert mailed() == ["Your subscription to a creator who has left has ended"]


def _is_down(*args: Any, **kwargs: Any) -> Any:
    raise ProviderUnavailable("Down")


def _refuses(*args: Any, **kwargs: Any) -> Any:
    raise ProviderRefused("No")
