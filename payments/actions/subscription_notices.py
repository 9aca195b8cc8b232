"""Telling subscribers how their subscriptions go: notifications at once, mails by jobs.

A charge is told of like any other payment; this is for what comes without one.
"""

import datetime as dt
import uuid

from accounts.enums import NotificationKind
from accounts.selectors.people import users_by_id
from grover.core.jobs import enqueue_durable
from messaging.actions.notifications import notify
from payments.actions.mail import mail
from payments.cards.money import Money
from payments.enums import SubscriptionState
from payments.models import Subscription
from payments.policies.subscriptions import GRACE
from payments.policies.wording import in_words

_NOTIFIED = {
    (SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE): "renewal_failed",
    (SubscriptionState.ACTIVE, SubscriptionState.EXPIRED): "ended",
    (SubscriptionState.PAST_DUE, SubscriptionState.EXPIRED): "ended",
}
_MAILED = {
    **_NOTIFIED,
    (SubscriptionState.ACTIVE, SubscriptionState.CANCELLED): "cancelled",
    (SubscriptionState.PAST_DUE, SubscriptionState.CANCELLED): "cancelled",
}


def tell_subscriber(subscription: Subscription, before: SubscriptionState) -> None:
    """Tell a subscriber of a renewal that failed or of the end; joins the caller's transaction."""
    move = (before, SubscriptionState(subscription.state))
    if move in _NOTIFIED:
        what = _NOTIFIED[move]
        notify(
            subscription.subscriber_id,
            kind=NotificationKind.PAYMENT,
            actor_id=subscription.creator_id,
            source=f"subscription:{subscription.pk}:{what}:{subscription.current_period_end:%Y%m%d}",
            thing_kind="subscription",
            thing_id=subscription.pk,
            data={"what": what, "purpose": "subscription"},
        )
    if move in _MAILED:
        enqueue_durable(
            "payments.tasks.mail_subscription", subscription_id=subscription.pk, what=_MAILED[move]
        )


def send_subscription_mail(subscription_id: uuid.UUID, what: str) -> None:
    """Mail a subscriber what became of their subscription."""
    subscription = Subscription.objects.get(pk=subscription_id)
    end = subscription.current_period_end
    if end is None:
        return
    subject, lines = _words(subscription, end, what)
    key = f"subscription.{subscription_id}.{what}.{end:%Y%m%d}"
    mail(subscription.subscriber_id, subject, lines, key=key)


def _words(subscription: Subscription, end: dt.datetime, what: str) -> tuple[str, list[str]]:
    """Give the subject and the lines of a mail."""
    creator = users_by_id([subscription.creator_id]).get(subscription.creator_id)
    whose = f"@{creator.username}" if creator is not None else "a creator who has left"
    price = in_words(Money(subscription.amount, subscription.currency))
    head, lines = {
        "renewal_failed": (
            "could not be renewed",
            [
                f"the {price} for another month could not be taken.",
                f"Please see to it at your payment provider before {_day(end + GRACE)}, when it ends.",
            ],
        ),
        "cancelled": (
            "is cancelled",
            ["nothing more will be taken.", f"What you paid for goes on until {_day(end)}."],
        ),
        "ended": ("has ended", ["it was not renewed, and nothing more will be taken."]),
    }[what]
    number = f"The subscription has the number {subscription.pk}."
    return f"Your subscription to {whose} {head}", [
        f"your subscription to {whose} for {price} a month {head}:",
        *lines,
        number,
    ]


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
