"""Writing down what a provider says of a subscription, and what follows from it.

What it says comes in as a snapshot with all charges, from wherever: an answer, a webhook, a job. The
same or an older snapshot changes nothing.
"""

import datetime as dt
import uuid

from django.conf import settings

from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.jobs import enqueue_durable
from grover.core.moments import to_the_millisecond
from grover.core.races import settled
from payments.actions.metrics import count_state
from payments.actions.outcomes import take
from payments.actions.refund_outcomes import record_refund
from payments.actions.subscription_periods import take_subscription
from payments.actions.subscription_states import advance_subscription, freeze_subscription
from payments.enums import PaymentState, Purpose, SubscriptionState
from payments.events.payments import PaymentChanged
from payments.models import Payment, Subscription
from payments.policies.fees import split
from payments.policies.subscriptions import mismatch_of, must_stop_after, next_check, state_after
from payments.providers.base import CaptureState, SeenCharge, SeenSubscription


@settled
@atomic
def record_subscription(subscription_id: uuid.UUID, seen: SeenSubscription, *, now: dt.datetime) -> None:
    """Bring a subscription to where the provider says that it is, and book each charge, once.

    It is frozen when the provider says of it what we did not ask for.
    """
    subscription = take_subscription(subscription_id)
    if subscription.is_frozen:
        return
    mismatch = mismatch_of(subscription, subscription.tier.plan_id, seen)
    if mismatch:
        freeze_subscription(subscription, mismatch)
        return
    for charge in seen.charges:
        if charge.state == CaptureState.COMPLETED:
            _record_charge(subscription, charge, now)
    _settle(take_subscription(subscription_id), seen, now)


def _settle(subscription: Subscription, seen: SeenSubscription, now: dt.datetime) -> None:
    """Bring the state to where the charges that are booked, and the provider, say that it is."""
    if subscription.is_frozen:
        return
    advance_subscription(subscription, state_after(subscription, seen, now), now)
    must_stop = must_stop_after(SubscriptionState(subscription.state), seen)
    if must_stop and not subscription.must_stop:
        enqueue_durable("payments.tasks.refresh_subscription", subscription_id=subscription.pk)
    subscription.must_stop = must_stop
    Subscription.objects.filter(pk=subscription.pk).update(
        approve_url=seen.approve_url,
        must_stop=must_stop,
        check_at=next_check(subscription, now),
    )


def _record_charge(subscription: Subscription, seen: SeenCharge, now: dt.datetime) -> None:
    payment = Payment.objects.filter(capture_id=seen.id).first()
    if payment is None:
        payment = _insert_payment(subscription, seen, now)
        take(payment, now)
    elif payment.thing_id != subscription.pk:
        freeze_subscription(subscription, "a charge of another payment")
        return
    for refund in () if payment.is_frozen else seen.refunds:
        record_refund(payment, refund, now)


def _insert_payment(subscription: Subscription, seen: SeenCharge, now: dt.datetime) -> Payment:
    payment = Payment(
        id=new_id(),
        created_at=now,
        payer_id=subscription.subscriber_id,
        payee_id=subscription.creator_id,
        purpose=Purpose.SUBSCRIPTION,
        thing_id=subscription.pk,
        amount=subscription.amount,
        currency=subscription.currency,
        fee=split(subscription.amount, settings.FEES[Purpose.SUBSCRIPTION]).fee,
        state=PaymentState.CAPTURED,
        provider=subscription.provider,
        capture_id=seen.id,
        captured_at=to_the_millisecond(seen.charged_at),
        expires_at=now,
        checked_at=now,
    )
    payment.save(force_insert=True)
    count_state(payment)
    changed = PaymentChanged(
        payment_id=payment.pk, purpose=payment.purpose, state=PaymentState.CAPTURED.value
    )
    emit(changed, to=to_users([subscription.subscriber_id, subscription.creator_id]))
    return payment
