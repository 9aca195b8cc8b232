"""Telling people of money: notifications at once, mails by jobs; all join the caller's transaction."""

from accounts.enums import NotificationKind
from grover.core.jobs import enqueue_durable
from messaging.actions.notifications import notify
from payments.enums import Purpose
from payments.models import Dispute, Payment, Refund


def tell_paid(payment: Payment) -> None:
    """Tell the creator of what they earned, and send the buyer a receipt."""
    if payment.payee_id is not None:
        notify(
            payment.payee_id,
            kind=NotificationKind.PAYMENT,
            actor_id=payment.payer_id,
            source=f"payment:{payment.pk}",
            thing_kind="payment",
            thing_id=payment.pk,
            data=_data(payment, payment.amount, "paid"),
        )
    enqueue_durable("payments.tasks.mail_receipt", payment_id=payment.pk)


def tell_refunded(payment: Payment, refund: Refund) -> None:
    """Tell the buyer of what they get back."""
    if payment.payee_id is not None:
        notify(
            payment.payer_id,
            kind=NotificationKind.PAYMENT,
            actor_id=payment.payee_id,
            source=f"refund:{refund.pk}",
            thing_kind="refund",
            thing_id=refund.pk,
            data=_data(payment, refund.amount, "refunded"),
        )


def tell_disputed(payment: Payment, dispute: Dispute) -> None:
    """Tell the creator of a buyer who wants their money back, and what came of it."""
    if payment.payee_id is not None:
        notify(
            payment.payee_id,
            kind=NotificationKind.PAYMENT,
            actor_id=payment.payer_id,
            source=f"dispute:{dispute.pk}:{dispute.state}",
            thing_kind="payment",
            thing_id=payment.pk,
            data=_data(payment, dispute.amount, f"dispute_{dispute.state}"),
        )


def _data(payment: Payment, amount: int, what: str) -> dict[str, str]:
    purpose = Purpose(payment.purpose).value
    return {"what": what, "purpose": purpose, "value": str(amount), "currency": payment.currency}
