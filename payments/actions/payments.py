"""Paying: asking the provider for an order, taking its money, and finding out what became of it.

Nothing here stands in a transaction: each step asks the provider or writes, never both. A step that a
crash left out is done by the next run of `refresh_payment`.
"""

import contextlib
import datetime as dt
import uuid

from django.conf import settings

from accounts.selectors.people import users_by_id
from grover.core.db import atomic
from grover.core.moments import present
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.actions.outcomes import record_order
from payments.actions.states import fail
from payments.actions.subscriptions import refresh_subscription
from payments.cards.money import Money
from payments.cards.payments import PaymentCard
from payments.enums import PaymentState, Purpose
from payments.errors.payments import PaymentDeclined
from payments.models import Payment
from payments.policies.payments import check_is_buyer, check_was_captured
from payments.providers.base import NewOrder, SeenOrder, UnknownToProvider
from payments.providers.registry import provider
from payments.selectors.payments import card_of, payment_of

CAPTURE_LASTS = dt.timedelta(minutes=10)  # longer than any call of a provider


def open_payment(payment_id: uuid.UUID) -> PaymentCard:
    """Ask the provider for the order of a payment that was written down, and show it to its buyer.

    While the provider does not answer there is no `approve_url` yet; the reconciler goes on asking.
    """
    payment = Payment.objects.get(pk=payment_id)
    with contextlib.suppress(ProviderUnavailable):
        _open(payment)
    return card_of(Payment.objects.get(pk=payment_id))


def capture_payment(actor: Viewer, *, payment_id: uuid.UUID) -> PaymentCard:
    """Take the money of a payment that its buyer approved; what was taken before is shown as it is.

    PaymentNotApproved, PaymentDeclined, PaymentOver or PaymentFrozen when it was not taken.
    """
    payment = payment_of(actor, payment_id)
    check_is_buyer(payment, actor.id)
    refresh_payment(payment_id, is_asked=True)
    payment = payment_of(actor, payment_id)
    check_was_captured(payment)
    return card_of(payment)


def refresh_payment(payment_id: uuid.UUID, *, is_asked: bool = False) -> None:
    """Bring a payment to where it is at the provider: opened, captured once approved, ended in time.

    ProviderUnavailable when the provider does not answer. PaymentDeclined when it takes no money now and
    somebody asked for it.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.purpose == Purpose.SUBSCRIPTION and payment.thing_id is not None:
        refresh_subscription(payment.thing_id, now=present())  # a charge has no order of its own
        return
    if payment.is_frozen or _expire_unopened(payment):
        return
    order_id = payment.order_id or _open(payment)
    if order_id is None:
        return
    if _is_captured(payment, order_id):
        return
    if present() < payment.expires_at:
        _capture(payment, order_id, is_asked=is_asked)
    else:
        _give_up(payment_id, present() - payment.expires_at)


def _open(payment: Payment) -> str | None:
    """Ask for an order and keep its id; None when the provider refused, which ends the payment."""
    if payment.order_id is not None or payment.state != PaymentState.CREATED:
        return payment.order_id
    order = NewOrder(
        reference=str(payment.pk),
        amount=Money(payment.amount, payment.currency),
        description=_describe(payment),
        return_url=settings.PAYMENT_RETURN_URL,
        cancel_url=settings.PAYMENT_RETURN_URL,
    )
    try:
        seen = provider(payment.provider).create_order(order, request_id=str(payment.pk))
    except ProviderRefused:
        _end(payment.pk, PaymentState.FAILED)
        return None
    _keep_order(payment.pk, seen)
    return seen.id


def _describe(payment: Payment) -> str:
    """Say what a buyer pays for, and to whom, where they approve it."""
    people = users_by_id([payment.payee_id]) if payment.payee_id is not None else {}
    to_whom = "".join(f" for @{payee.username}" for payee in people.values())
    return f"Grover: {payment.get_purpose_display().lower()}{to_whom}"


def _is_captured(payment: Payment, order_id: str) -> bool:
    """Ask how an order stands, write it down, and tell whether its money was asked for already."""
    try:
        seen = provider(payment.provider).get_order(order_id)
    except UnknownToProvider:  # it forgets what nobody approved
        return False
    _record(payment, seen)
    return seen.capture is not None


def _capture(payment: Payment, order_id: str, *, is_asked: bool) -> None:
    if Payment.objects.get(pk=payment.pk).state != PaymentState.APPROVED:
        return  # over here: no money is taken for it
    try:
        seen = provider(payment.provider).capture_order(order_id, request_id=f"{payment.pk}:capture")
    except ProviderRefused as error:
        if is_asked:
            raise PaymentDeclined from error
        return
    _record(payment, seen)


def _record(payment: Payment, seen: SeenOrder) -> None:
    record_order(payment.pk, seen, payee=provider(payment.provider).payee, now=present())


@atomic
def _keep_order(payment_id: uuid.UUID, seen: SeenOrder) -> None:
    unopened = Payment.objects.filter(pk=payment_id, order_id=None)
    unopened.update(order_id=seen.id, approve_url=seen.approve_url)


def _expire_unopened(payment: Payment) -> bool:
    """End a payment that got no order in time; nobody can have approved it."""
    if payment.order_id is not None or present() < payment.expires_at:
        return False
    _end(payment.pk, PaymentState.EXPIRED)
    return True


def _give_up(payment_id: uuid.UUID, late: dt.timedelta) -> None:
    """End a payment whose time is over; an approved one once no capture of it can be under way."""
    state = Payment.objects.get(pk=payment_id).state
    if state == PaymentState.CREATED:
        _end(payment_id, PaymentState.EXPIRED)
    elif state == PaymentState.APPROVED and late >= CAPTURE_LASTS:
        _end(payment_id, PaymentState.FAILED)


@settled
@atomic
def _end(payment_id: uuid.UUID, state: PaymentState) -> None:
    fail(Payment.objects.get(pk=payment_id), present(), state=state)
