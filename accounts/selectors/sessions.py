"""Where people are signed in."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.utils import timezone

from accounts.cards.identity import SessionCard
from accounts.models import Session
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer


def own_sessions(viewer: Viewer, request: PageRequest) -> Page[SessionCard]:
    """List the viewer's sessions that have not ended, newest first."""
    alive = Session.objects.filter(user_id=viewer.id, ended_at=None, expires_at__gt=timezone.now())
    return keyset_page(alive, request).map(lambda rows: [_card(row, viewer) for row in rows])


def live_session_ids(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find which of these sessions have not ended, in one query."""
    alive = Session.objects.filter(pk__in=set(ids), ended_at=None, expires_at__gt=timezone.now())
    return set(alive.values_list("pk", flat=True))


def sessions_ended_since(moment: dt.datetime) -> list[tuple[uuid.UUID, dt.datetime]]:
    """List the sessions that ended at or after a moment, with when they did."""
    rows = Session.objects.filter(ended_at__gte=moment).values_list("id", "ended_at")
    return [(session_id, ended_at) for session_id, ended_at in rows if ended_at is not None]


def _card(session: Session, viewer: Viewer) -> SessionCard:
    return SessionCard(
        id=session.pk,
        device=session.device,
        address=session.address,
        is_current=session.pk == viewer.session_id,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
    )
