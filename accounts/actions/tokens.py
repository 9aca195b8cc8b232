"""Refresh tokens: a chain of single-use links, each of which is claimed by a unique insert.

A token names its session and its link and is signed; nothing of it is stored, so the same link always
gives the same token. Whoever presents a token claims it by inserting the link that replaces it. Who
comes second within half a minute, as a client does whose answer was lost, is given the same
replacement. Whoever shows an older one has stolen it or was stolen from: the session ends.
"""

import base64
import binascii
import datetime as dt
import hmac
import uuid

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from accounts.actions.sessions import end_session
from accounts.cards.identity import TokensCard
from accounts.enums import AccountStatus
from accounts.errors.identity import RefreshTokenInvalid
from accounts.models import RefreshToken, Session, User
from accounts.providers import sealing
from grover.core.db import atomic
from grover.core.tokens import mint_access_token

REPEATABLE_FOR = dt.timedelta(seconds=30)

_PREFIX = "grt_"
_SIGNATURE_BYTES = 24


def refresh(token: str) -> TokensCard:
    """Exchange a refresh token for an access token and the next refresh token."""
    session_id, link_id = _read(token)
    session = _live_session(session_id)
    try:
        child = _claim(session, link_id)
    except IntegrityError:
        child = _same_child_or_end(session, link_id)
    return tokens_of(session, child)


def tokens_of(session: Session, link: RefreshToken) -> TokensCard:
    """Mint the tokens of a session that is at this link of its chain."""
    return TokensCard(
        access_token=mint_access_token(session.user_id, session.pk),
        token_type="Bearer",  # noqa: S106  a scheme, not a secret
        expires_in=int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
        refresh_token=_write(session.pk, link.pk),
        refresh_expires_at=session.expires_at,
        session_id=session.pk,
    )


def _live_session(session_id: uuid.UUID) -> Session:
    alive = Session.objects.filter(pk=session_id, ended_at=None, expires_at__gt=timezone.now())
    session = alive.select_related("user").first()
    if session is None or session.user.status != AccountStatus.ACTIVE:
        raise RefreshTokenInvalid
    return session


@atomic
def _claim(session: Session, link_id: uuid.UUID) -> RefreshToken:
    if not RefreshToken.objects.filter(pk=link_id, session_id=session.pk).exists():
        raise RefreshTokenInvalid
    child = RefreshToken.objects.create(session_id=session.pk, parent_id=link_id)
    now = timezone.now()
    session.last_seen_at, session.expires_at = now, now + settings.REFRESH_TOKEN_LIFETIME
    alive = Session.objects.filter(pk=session.pk, ended_at=None)
    if not alive.update(last_seen_at=session.last_seen_at, expires_at=session.expires_at):
        raise RefreshTokenInvalid
    User.objects.filter(pk=session.user_id).exclude(last_active_on=now.date()).update(
        last_active_on=now.date()
    )
    return child


def _same_child_or_end(session: Session, link_id: uuid.UUID) -> RefreshToken:
    """Give the replacement of a token that was claimed just now, or end the session."""
    child = RefreshToken.objects.filter(parent_id=link_id, session_id=session.pk).first()
    if child is None:
        raise RefreshTokenInvalid
    is_fresh = child.created_at > timezone.now() - REPEATABLE_FOR
    if is_fresh and not RefreshToken.objects.filter(parent_id=child.pk).exists():
        return child
    end_session(session.user_id, session.pk, reason="token_reused")
    raise RefreshTokenInvalid("The token was used before, so its session has ended")


def _write(session_id: uuid.UUID, link_id: uuid.UUID) -> str:
    ids = session_id.bytes + link_id.bytes
    return _PREFIX + base64.urlsafe_b64encode(ids + _sign(ids)).decode()


def _read(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    try:
        raw = base64.b64decode(token.removeprefix(_PREFIX).encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise RefreshTokenInvalid from error
    ids = raw[:32]
    if len(raw) != 32 + _SIGNATURE_BYTES or not hmac.compare_digest(raw[32:], _sign(ids)):
        raise RefreshTokenInvalid
    return uuid.UUID(bytes=ids[:16]), uuid.UUID(bytes=ids[16:])


def _sign(ids: bytes) -> bytes:
    return sealing.signature("refresh_token", ids, _SIGNATURE_BYTES)
