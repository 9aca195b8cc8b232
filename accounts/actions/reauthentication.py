"""Proving again, in a session, that one is who signed in."""

import datetime as dt

from django.utils import timezone

from accounts.actions.credentials import accept_code, has_password, has_two_factor
from accounts.cards.identity import ReauthenticationCard
from accounts.errors.identity import ReauthenticationRequired, WrongCode, WrongPassword
from accounts.models import Session
from accounts.selectors.identity import account_of
from grover.core import throttles
from grover.core.db import atomic
from grover.core.viewers import Viewer

VALID_FOR = dt.timedelta(minutes=10)


def confirm_password(actor: Viewer, *, password: str, otp: str = "") -> ReauthenticationCard:
    """Check the actor's password, and a code where two factors are on; it counts for ten minutes."""
    throttles.spend_for("sign_in", f"reauthentication:{actor.id}")
    now = timezone.now()
    if not has_password(account_of(actor), password):
        raise WrongPassword
    if has_two_factor(actor.id) and not (otp and accept_code(actor.id, otp, now)):
        raise WrongCode
    session = Session.objects.filter(pk=actor.session_id, user_id=actor.id)
    atomic(session.update)(reauthenticated_at=now)
    return ReauthenticationCard(valid_until=now + VALID_FOR)


def require_recent(actor: Viewer) -> None:
    """Refuse with ReauthenticationRequired unless the password was confirmed within ten minutes."""
    since = timezone.now() - VALID_FOR
    if not Session.objects.filter(pk=actor.session_id, reauthenticated_at__gt=since).exists():
        raise ReauthenticationRequired
