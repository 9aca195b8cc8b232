"""Sessions: opened by signing in, ended by many things."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from accounts.events.identity import SessionEnded, SessionStarted
from accounts.models import RefreshToken, Session
from grover.core.broadcast import to_user
from grover.core.db import atomic, on_commit
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.tokens import ended_sessions
from grover.core.viewers import Viewer

SWEPT_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Client:
    """What a request tells of the device it comes from."""

    device: str
    address: str


@atomic
def open_session(user_id: uuid.UUID, client: Client, now: dt.datetime) -> tuple[Session, RefreshToken]:
    """Open a session with the first token of its chain; the password was just confirmed."""
    session = Session.objects.create(
        user_id=user_id,
        device=client.device[:200],
        address=client.address[:45],
        created_at=now,
        last_seen_at=now,
        reauthenticated_at=now,
        expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
    )
    emit(SessionStarted(user_id=user_id, session_id=session.pk))
    return session, RefreshToken.objects.create(session=session, parent_id=session.pk)


@atomic
def end_session(user_id: uuid.UUID, session_id: uuid.UUID, *, reason: str) -> bool:
    """End one session; tell whether it had not ended before."""
    alive = Session.objects.filter(pk=session_id, user_id=user_id, ended_at=None)
    if not alive.update(ended_at=timezone.now(), end_reason=reason):
        return False
    on_commit(lambda: ended_sessions.add(session_id))
    emit(SessionEnded(user_id=user_id, session_id=session_id, reason=reason), to=[to_user(user_id)])
    return True


@atomic
def end_all_sessions(user_id: uuid.UUID, *, reason: str, keep: uuid.UUID | None = None) -> int:
    """End all sessions of somebody, but for one to keep; give their number."""
    alive = Session.objects.filter(user_id=user_id, ended_at=None)
    ids = [session_id for session_id in alive.values_list("pk", flat=True) if session_id != keep]
    return sum(end_session(user_id, session_id, reason=reason) for session_id in ids)


@atomic
def sign_out(actor: Viewer) -> None:
    """End the session of this very request; a second call changes nothing."""
    end_session(actor.id, actor.session_id, reason="signed_out")


@atomic
def revoke_session(actor: Viewer, *, session_id: uuid.UUID) -> None:
    """End one of one's sessions; NotFound when there is no such one any more."""
    if not end_session(actor.id, session_id, reason="revoked"):
        raise NotFound


@atomic
def revoke_other_sessions(actor: Viewer) -> None:
    """End all of one's sessions but this one."""
    end_all_sessions(actor.id, reason="revoked", keep=actor.session_id)


def sweep_sessions(now: dt.datetime) -> int:
    """Delete the sessions that ended or expired a month ago, with their tokens; give their number."""
    month_ago = now - dt.timedelta(days=30)
    swept = 0
    for over in ({"expires_at__lt": month_ago}, {"ended_at__lt": month_ago}):
        while ids := list(Session.objects.filter(**over).values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
            swept += _delete_sessions(ids)
    return swept


@atomic
def _delete_sessions(ids: list[uuid.UUID]) -> int:
    RefreshToken.objects.filter(session_id__in=ids).delete()
    return Session.objects.filter(pk__in=ids).delete()[0]
