"""Proving that an address is one's own, and changing it."""

from django.db import IntegrityError
from django.utils import timezone

from accounts.actions.mail_tokens import use_mail_token
from accounts.actions.reauthentication import require_recent
from accounts.enums import MailPurpose
from accounts.errors.identity import MailTokenInvalid
from accounts.events.identity import EmailVerified
from accounts.models import User
from accounts.selectors.identity import account_of
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.viewers import Viewer


@atomic
def change_email(actor: Viewer, *, email: str) -> None:
    """Ask for another address: a mail to it confirms it, and the present one is told.

    Takes a password confirmed just now. The answer is the same when somebody else has the address.
    """
    require_recent(actor)
    user = account_of(actor)
    enqueue_durable("accounts.tasks.send_verification", user_id=actor.id, email=email.strip().lower())
    enqueue_durable("accounts.tasks.send_email_changed", user_id=actor.id, old_email=user.email)


@atomic
def resend_verification(actor: Viewer) -> None:
    """Send the mail that confirms the actor's address again; nothing when it is confirmed."""
    user = account_of(actor)
    enqueue_durable("accounts.tasks.send_verification", user_id=user.pk, email=user.email)


def verify_email(token: str) -> None:
    """Take an address as proven by the token that was sent to it."""
    try:
        _verify(token)
    except IntegrityError as error:
        raise MailTokenInvalid("Somebody else has confirmed this address since") from error


@atomic
def _verify(token: str) -> None:
    used = use_mail_token(token, MailPurpose.VERIFY)
    proven = {"email": used.email, "verified_email": used.email, "email_verified_at": timezone.now()}
    User.objects.filter(pk=used.user_id).update(**proven)
    emit(EmailVerified(user_id=used.user_id))
    bump(f"user:{used.user_id}")
