"""Payments as the two people of them see them."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Q

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from grover.core.errors import NotFound
from grover.core.ids import parse_id
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.payments import PaymentCard, RefundCard
from payments.enums import PaymentState
from payments.models import Payment, Refund


def payment_of(viewer: Viewer, payment_id: uuid.UUID) -> Payment:
    """Read a payment for an action; NotFound when the viewer neither pays nor is paid by it."""
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or viewer.id not in (payment.payer_id, payment.payee_id):
        raise NotFound
    return payment


def get_payment(viewer: Viewer, payment_id: uuid.UUID) -> PaymentCard:
    """Read a payment of the viewer's; NotFound when it is of others."""
    return _cards([payment_of(viewer, payment_id)], viewer.id)[0]


def payments_of(viewer: Viewer, request: PageRequest) -> Page[PaymentCard]:
    """Read a page of what the viewer paid and was paid, the newest first."""
    rows = Payment.objects.filter(Q(payer_id=viewer.id) | Q(payee_id=viewer.id))
    return keyset_page(rows, request).map(lambda found: _cards(found, viewer.id))


def payment_told_of(thing_id: str, reference: str) -> uuid.UUID | None:
    """Find the payment that a webhook is about, by the provider's name of it or by ours."""
    named = Q(order_id=thing_id) | Q(capture_id=thing_id)
    our_id = parse_id(reference)
    if our_id is not None:
        named |= Q(pk=our_id)
    return Payment.objects.filter(named).values_list("pk", flat=True).first()


def card_of(payment: Payment) -> PaymentCard:
    """Show a payment to its buyer."""
    return _cards([payment], payment.payer_id)[0]


def refund_card(refund: Refund, currency: str) -> RefundCard:
    """Show a refund."""
    return RefundCard(
        id=refund.pk,
        payment_id=refund.payment_id,
        amount=Money(refund.amount, currency),
        reason=refund.reason,
        state=cast(Any, refund.state),
        created_at=refund.created_at,
    )


def _cards(payments: Sequence[Payment], viewer_id: uuid.UUID) -> list[PaymentCard]:
    people = {user_id for payment in payments for user_id in (payment.payer_id, payment.payee_id) if user_id}
    users = users_by_id(people)
    return [_card(payment, users, viewer_id) for payment in payments]


def _card(payment: Payment, users: dict[uuid.UUID, UserSummary], viewer_id: uuid.UUID) -> PaymentCard:
    waits = payment.state == PaymentState.CREATED and not payment.is_frozen
    is_buyer = payment.payer_id == viewer_id
    return PaymentCard(
        id=payment.pk,
        purpose=cast(Any, payment.purpose),
        thing_id=payment.thing_id,
        state=cast(Any, payment.state),
        is_frozen=payment.is_frozen,
        payer=users.get(payment.payer_id),
        payee=None if payment.payee_id is None else users.get(payment.payee_id),
        amount=Money(payment.amount, payment.currency),
        refunded=Money(payment.refunded, payment.currency),
        note=payment.note,
        approve_url=(payment.approve_url or None) if waits and is_buyer else None,
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        captured_at=payment.captured_at,
    )
