"""Plans and subscriptions of the sandbox: approved on its page, charged every month by a job.

The first month is charged as the subscription is approved. To try a failure, a price that ends in 13 cents
is charged once, and declined from the second month on. A charge that fails suspends the subscription at
once, as elsewhere a few attempts that failed would.
"""

import calendar
import datetime as dt
from typing import Any

from django.conf import settings

from grover.core.db import atomic
from grover.core.moments import present
from grover.core.races import settled
from payments.providers.base import (
    About,
    CaptureState,
    NewPlan,
    NewSubscription,
    SeenCharge,
    SeenSubscription,
    SubscriptionState,
)
from payments.providers.sandbox.captures import (
    DECLINED_CENTS,
    captures_by_id,
    money_of,
    refunds_of,
    take,
)
from payments.providers.sandbox.events import tell
from payments.providers.sandbox.records import SandboxRecord, change, recall, record

KIND = "subscription"
PLAN = "plan"
CHARGED_AT_ONCE = 200
RUNNING = (SubscriptionState.ACTIVE, SubscriptionState.SUSPENDED)


class SandboxSubscriptions:
    """Takes money every month."""

    def create_plan(self, plan: NewPlan, *, request_id: str) -> str:
        document = {
            "reference": plan.reference,
            "name": plan.name,
            "value": plan.price.value,
            "currency": plan.price.currency,
        }
        return record(PLAN, request_id, document).key

    def create_subscription(self, subscription: NewSubscription, *, request_id: str) -> SeenSubscription:
        document: dict[str, Any] = {
            "state": SubscriptionState.PENDING,
            "reference": subscription.reference,
            "plan_id": recall(PLAN, subscription.plan_id).key,
            "return_url": subscription.return_url,
            "cancel_url": subscription.cancel_url,
            "started_at": None,
            "capture_ids": [],
            "month_count": 0,
            "fails_next": False,
        }
        return seen(record(KIND, request_id, document))

    def get_subscription(self, subscription_id: str) -> SeenSubscription:
        return seen(recall(KIND, subscription_id))

    @settled
    @atomic
    def cancel_subscription(self, subscription_id: str, *, reason: str) -> None:
        known = recall(KIND, subscription_id)
        if known.document["state"] != SubscriptionState.CANCELLED:
            change(known, state=SubscriptionState.CANCELLED, reason=reason)
            _tell("cancelled", known)


@settled
@atomic
def decide_subscription(
    subscription_id: str, *, approves: bool, at: dt.datetime | None = None
) -> SeenSubscription:
    """Approve or decline a subscription, as its buyer; it is decided once, and charged if approved."""
    known = recall(KIND, subscription_id)
    if known.document["state"] == SubscriptionState.PENDING:
        if approves:
            known.document["started_at"] = (at or present()).isoformat()
            _charge(known, at)
        else:
            change(known, state=SubscriptionState.CANCELLED)
            _tell("cancelled", known)
    return seen(known)


def charge_due(now: dt.datetime) -> int:
    """Charge one month of each subscription that is due, and give their number; may run twice."""
    due = SandboxRecord.objects.filter(kind=KIND, due_at__lte=now).order_by("due_at")
    keys = list(due.values_list("key", flat=True)[:CHARGED_AT_ONCE])
    for key in keys:
        charge_if_due(key, now)
    return len(keys)


@settled
@atomic
def charge_if_due(subscription_id: str, now: dt.datetime) -> None:
    """Charge a month of a subscription whose time has come."""
    known = recall(KIND, subscription_id)
    if known.due_at is not None and known.due_at <= now:
        _charge(known, now)


@settled
@atomic
def charge_now(subscription_id: str, *, at: dt.datetime | None = None) -> SeenSubscription:
    """Charge the next month of a subscription before its time, or again one that is suspended."""
    known = recall(KIND, subscription_id)
    if known.document["state"] in RUNNING:
        _charge(known, at)
    return seen(known)


@settled
@atomic
def fail_next_charge(subscription_id: str) -> None:
    """Have the next charge of a subscription fail."""
    known = recall(KIND, subscription_id)
    change(known, due_at=known.due_at, fails_next=True)


def seen(known: SandboxRecord) -> SeenSubscription:
    """Say of a subscription what the sandbox knows."""
    document = known.document
    waits = document["state"] == SubscriptionState.PENDING
    captures = captures_by_id(document["capture_ids"])
    return SeenSubscription(
        id=known.key,
        state=SubscriptionState(document["state"]),
        reference=document["reference"],
        plan_id=document["plan_id"],
        approve_url=f"{settings.PUBLIC_URL}/sandbox/subscriptions/{known.key}" if waits else "",
        charges=tuple(_charge_seen(captures[key]) for key in document["capture_ids"]),
        next_charge_at=known.due_at,
    )


def months_after(start: dt.datetime, count: int) -> dt.datetime:
    """Give the same day of a later month, or the last one of it where it is too short."""
    months = start.month - 1 + count
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def _charge(known: SandboxRecord, at: dt.datetime | None) -> None:
    """Take the money of the next month; joins the caller's transaction."""
    document = known.document
    before = document["state"]
    price = money_of(recall(PLAN, document["plan_id"]))
    is_magic = price.value % 100 == DECLINED_CENTS and document["month_count"] > 0
    pays = not (document["fails_next"] or is_magic)
    outcome = CaptureState.COMPLETED if pays else CaptureState.DECLINED
    number = len(document["capture_ids"])
    capture = take(known, About.SUBSCRIPTION, price, outcome, number=number, at=at)
    months = document["month_count"] + pays
    started_at = dt.datetime.fromisoformat(document["started_at"])
    change(
        known,
        state=SubscriptionState.ACTIVE if pays else SubscriptionState.SUSPENDED,
        capture_ids=[*document["capture_ids"], capture.key],
        month_count=months,
        fails_next=False,
        due_at=months_after(started_at, months) if pays else None,
    )
    if before != known.document["state"]:
        _tell("activated" if pays else "suspended", known, at)
    _tell("charged" if pays else "payment_failed", known, at)


def _charge_seen(capture: SandboxRecord) -> SeenCharge:
    return SeenCharge(
        id=capture.key,
        state=CaptureState(capture.document["state"]),
        amount=money_of(capture),
        charged_at=dt.datetime.fromisoformat(capture.document["taken_at"]),
        refunds=refunds_of(capture),
    )


def _tell(what: str, known: SandboxRecord, at: dt.datetime | None = None) -> None:
    reference = known.document["reference"]
    tell(
        f"{KIND}.{what}",
        known,
        about=About.SUBSCRIPTION,
        thing_id=known.key,
        reference=reference,
        at=at,
    )
