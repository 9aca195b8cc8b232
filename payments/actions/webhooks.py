"""What providers tell us: stored once, and then only taken as a hint what to ask them about."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping

from grover.core.db import atomic
from grover.core.errors import Conflict, NotFound
from grover.core.jobs import enqueue_durable
from grover.core.moments import present
from grover.core.races import settled
from payments.actions.disputes import refresh_dispute
from payments.actions.payments import refresh_payment
from payments.actions.payout_batches import refresh_batch
from payments.actions.subscriptions import refresh_subscription
from payments.enums import WEBHOOK_TRANSITIONS, WebhookState
from payments.errors.webhooks import WebhookSignatureInvalid
from payments.models import WebhookEvent
from payments.providers.base import About, SeenEvent, SignatureInvalid
from payments.providers.registry import provider
from payments.selectors.payments import payment_told_of
from payments.selectors.subscriptions import subscription_told_of

logger = logging.getLogger(__name__)

MAY_BE_EARLY = dt.timedelta(minutes=30)


class NotKnownYet(Exception):
    """A webhook is about what is not written down here, or not yet; it is looked at again."""


def receive_webhook(headers: Mapping[str, str], body: bytes) -> None:
    """Store what the provider tells us, once, and look at it in a job. WebhookSignatureInvalid."""
    teller = provider()
    try:
        seen = teller.read_event(headers, body)
    except SignatureInvalid as error:
        logger.warning("A webhook is not the provider's: %s", error)
        raise WebhookSignatureInvalid from error
    _store(teller.name, seen)


def process_webhook(event_id: uuid.UUID, now: dt.datetime) -> None:
    """Ask the provider about what a webhook is about; may run twice.

    NotKnownYet while it may have come before what it is about; after that it is left to the staff.
    """
    event = WebhookEvent.objects.get(pk=event_id)
    if event.state == WebhookState.DONE:
        return
    if _HANDLERS[About(event.about)](event):
        _move(event, WebhookState.DONE)
    elif now - event.created_at < MAY_BE_EARLY:
        raise NotKnownYet(f"{event.type} about {event.thing_id}")
    else:
        _move(event, WebhookState.UNKNOWN)


def process_again(event_id: uuid.UUID) -> None:
    """Ask the provider once more about what a webhook is about; Conflict when that is still not known."""
    event = WebhookEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    if not _HANDLERS[About(event.about)](event):
        raise Conflict("What it is about is still not known here")
    _move(event, WebhookState.DONE)


@settled
@atomic
def _store(teller: str, seen: SeenEvent) -> None:
    if WebhookEvent.objects.filter(provider=teller, event_id=seen.id).exists():
        return
    event = WebhookEvent.objects.create(
        provider=teller,
        event_id=seen.id,
        type=seen.type,
        about=seen.about,
        thing_id=seen.thing_id,
        reference=seen.reference,
        happened_at=seen.happened_at,
        body=seen.body,
    )
    enqueue_durable("payments.tasks.process_webhook", event_id=event.pk)


@atomic
def _move(event: WebhookEvent, state: WebhookState) -> None:
    before = [earlier for earlier, later in WEBHOOK_TRANSITIONS.items() if state in later]
    WebhookEvent.objects.filter(pk=event.pk, state__in=before).update(state=state)


def _about_payment(event: WebhookEvent) -> bool:
    payment_id = payment_told_of(event.thing_id, event.reference)
    if payment_id is None:
        return False
    refresh_payment(payment_id)
    return True


def _about_subscription(event: WebhookEvent) -> bool:
    subscription_id = subscription_told_of(event.thing_id, event.reference)
    if subscription_id is None:
        return False
    refresh_subscription(subscription_id, now=present())
    return True


def _about_dispute(event: WebhookEvent) -> bool:
    return refresh_dispute(event.thing_id)


def _about_payouts(event: WebhookEvent) -> bool:
    return refresh_batch(event.thing_id, present())


def _about_nothing_of_ours(event: WebhookEvent) -> bool:
    return True


_HANDLERS: dict[About, Callable[[WebhookEvent], bool]] = {
    About.ORDER: _about_payment,
    About.CAPTURE: _about_payment,
    About.SUBSCRIPTION: _about_subscription,
    About.DISPUTE: _about_dispute,
    About.PAYOUT: _about_payouts,
    About.OTHER: _about_nothing_of_ours,
}
