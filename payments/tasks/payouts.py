"""The jobs of paying people out."""

import uuid

from celery import shared_task
from django.utils import timezone

from payments.actions.mail import send_payout_news
from payments.actions.payout_accounts import mail_payout_account
from payments.actions.payout_batches import pay_out


@shared_task(name="payments.tasks.pay_out")
def pay_out_what_is_due() -> None:
    """Send the payouts that were asked for, and find out what became of those that were sent."""
    pay_out(timezone.now())


@shared_task(name="payments.tasks.mail_payout")
def mail_payout(payout_id: str) -> None:
    """Tell somebody that they were paid out, or could not be."""
    send_payout_news(uuid.UUID(payout_id))


@shared_task(name="payments.tasks.mail_payout_account")
def mail_changed_payout_account(user_id: str, receiver: str, changed_at: str) -> None:
    """Tell somebody that they are to be paid somewhere else."""
    mail_payout_account(uuid.UUID(user_id), receiver, changed_at)
