"""Changing a password, and choosing a new one by mail."""

import uuid

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.utils import timezone

from accounts.actions.credentials import has_password
from accounts.actions.mail_tokens import use_mail_token
from accounts.actions.sessions import end_all_sessions
from accounts.enums import MailPurpose
from accounts.errors.identity import MailTokenInvalid, WrongPassword
from accounts.events.identity import PasswordChanged
from accounts.models import User
from accounts.policies.passwords import check_password_quality
from accounts.selectors.identity import account_of
from grover.core import throttles
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.viewers import Viewer


def change_password(actor: Viewer, *, current_password: str, new_password: str) -> None:
    """Choose a new password; all sessions but this one end."""
    throttles.spend_for("sign_in", f"reauthentication:{actor.id}")
    user = account_of(actor)
    if not has_password(user, current_password):
        raise WrongPassword
    check_password_quality(new_password, user, at="/new_password")
    _set_password(actor.id, make_password(new_password), keep=actor.session_id)


@atomic
def request_reset(email: str) -> None:
    """Send a token for a new password to an address; does the same whether or not it has an account."""
    enqueue_durable("accounts.tasks.send_reset", email=email.strip().lower())


def confirm_reset(token: str, new_password: str) -> None:
    """Choose a new password by the token that was sent; all sessions end, and the address is proven."""
    hashed = make_password(new_password)
    try:
        _reset(token, new_password, hashed)
    except IntegrityError as error:
        raise MailTokenInvalid("Somebody else has confirmed this address since") from error


@atomic
def _reset(token: str, new_password: str, hashed: str) -> None:
    used = use_mail_token(token, MailPurpose.RESET)
    check_password_quality(new_password, used.user, at="/new_password")
    if used.user.verified_email is None:
        proven = {"verified_email": used.email, "email_verified_at": timezone.now()}
        User.objects.filter(pk=used.user_id, email=used.email).update(**proven)
    _set_password(used.user_id, hashed, keep=None)


@atomic
def _set_password(user_id: uuid.UUID, hashed: str, *, keep: uuid.UUID | None) -> None:
    User.objects.filter(pk=user_id).update(password=hashed, password_changed_at=timezone.now())
    end_all_sessions(user_id, reason="password_changed", keep=keep)
    emit(PasswordChanged(user_id=user_id))
