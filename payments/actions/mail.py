"""The mails about money, sent by jobs; each goes to an address that its reader confirmed, or not at all."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.selectors.contacts import address_of
from payments.cards.money import Money
from payments.enums import PayoutState
from payments.models import Payment, Payout
from payments.policies.wording import in_words


def send_receipt(payment_id: uuid.UUID) -> None:
    """Send who paid a receipt."""
    payment = Payment.objects.get(pk=payment_id)
    amount = in_words(Money(payment.amount, payment.currency))
    lines = [
        f"you paid {amount} ({payment.get_purpose_display().lower()}).",
        f"Your receipt has the number {payment.pk}.",
    ]
    mail(payment.payer_id, f"Your receipt: {amount}", lines, key=f"receipt.{payment_id}")


def send_payout_news(payout_id: uuid.UUID) -> None:
    """Tell somebody that they were paid out, or could not be."""
    payout = Payout.objects.get(pk=payout_id)
    amount = in_words(Money(payout.amount, payout.currency))
    if payout.state == PayoutState.SETTLED:
        subject, line = f"You were paid {amount}", f"{amount} were paid to {payout.receiver}."
    else:
        subject = f"You could not be paid {amount}"
        line = f"{amount} could not be paid to {payout.receiver}, and are available to you again."
    lines = [line, f"The payout has the number {payout.pk}."]
    mail(payout.user_id, subject, lines, key=f"payout.{payout_id}")


def mail(user_id: uuid.UUID, subject: str, lines: Sequence[str], *, key: str) -> None:
    """Mail somebody some lines; `key` names the mail, so that one sent twice is recognised."""
    reader = address_of(user_id)
    if reader is None:
        return
    context = {"username": reader.username, "lines": lines, "public_url": settings.PUBLIC_URL}
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    message = EmailMultiAlternatives(
        subject,
        render_to_string("payments/mail/notice.txt", context).strip() + "\n",
        to=[reader.email],
        headers={"Message-ID": f"<{key}@{domain}>"},
    )
    html = render_to_string("payments/mail/notice.html", {**context, "subject": subject})
    message.attach_alternative(html, "text/html")
    message.send()
