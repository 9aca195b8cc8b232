"""The jobs of identity: mails, and sweeping what is over."""

import uuid

from celery import shared_task
from django.utils import timezone

from accounts.actions import credentials, mail, mail_tokens, sessions


@shared_task(name="accounts.tasks.send_verification")
def send_verification(*, user_id: str, email: str) -> None:
    """Ask for the confirmation of an address."""
    mail.send_verification(uuid.UUID(user_id), email)


@shared_task(name="accounts.tasks.send_reset")
def send_reset(*, email: str) -> None:
    """Send a token for a new password."""
    mail.send_reset(email)


@shared_task(name="accounts.tasks.send_new_sign_in")
def send_new_sign_in(*, user_id: str, device: str, address: str) -> None:
    """Tell of a sign-in from a new device."""
    mail.send_new_sign_in(uuid.UUID(user_id), device, address)


@shared_task(name="accounts.tasks.send_email_changed")
def send_email_changed(*, user_id: str, old_email: str) -> None:
    """Tell the old address of a change."""
    mail.send_email_changed(uuid.UUID(user_id), old_email)


@shared_task(name="accounts.tasks.send_decision")
def send_decision(*, decision_id: str) -> None:
    """Tell of a decision of the staff."""
    mail.send_decision(uuid.UUID(decision_id))


@shared_task(name="accounts.tasks.send_appeal_answer")
def send_appeal_answer(*, decision_id: str) -> None:
    """Tell what became of an appeal."""
    mail.send_appeal_answer(uuid.UUID(decision_id))


@shared_task(name="accounts.tasks.sweep_sign_ins")
def sweep_sign_ins() -> None:
    """Delete sessions and tokens that are over."""
    now = timezone.now()
    sessions.sweep_sessions(now)
    mail_tokens.sweep_mail_tokens(now)
    credentials.sweep_used_codes(now)
