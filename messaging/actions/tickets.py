"""Tickets: how a browser, which cannot send a header, signs a socket in."""

import datetime as dt
import hashlib
import secrets

from django.utils import timezone

from grover.core.db import atomic
from grover.core.errors import NotSignedIn
from grover.core.tokens import ended_sessions
from grover.core.viewers import Viewer
from messaging.cards.tickets import TicketCard
from messaging.models import Ticket

TICKET_LASTS = dt.timedelta(seconds=30)
SWEPT_AT_ONCE = 1_000

_RANDOM_BYTES = 32


@atomic
def issue_ticket(actor: Viewer, *, access_expires_at: dt.datetime) -> TicketCard:
    """Issue a ticket for one socket, which is signed in for as long as the access token lives."""
    ticket = secrets.token_urlsafe(_RANDOM_BYTES)
    row = Ticket.objects.create(
        ticket_hash=_hash(ticket),
        user_id=actor.id,
        session_id=actor.session_id,
        access_expires_at=access_expires_at,
        expires_at=timezone.now() + TICKET_LASTS,
    )
    return TicketCard(ticket=ticket, expires_at=row.expires_at)


def redeem_ticket(ticket: str) -> tuple[Viewer, dt.datetime]:
    """Take a ticket, which nobody can afterwards; give who it signs in, and until when.

    NotSignedIn when there is no such ticket any more, or its session has ended.
    """
    row = _claim(_hash(ticket))
    if row is None or row.access_expires_at <= timezone.now():
        raise NotSignedIn("The ticket is not valid or has expired")
    if ended_sessions.contains(row.session_id):
        raise NotSignedIn("The session has ended")
    return Viewer(row.user_id, row.session_id), row.access_expires_at


@atomic
def _claim(ticket_hash: str) -> Ticket | None:
    row = Ticket.objects.filter(ticket_hash=ticket_hash, expires_at__gt=timezone.now()).first()
    if row is None or not Ticket.objects.filter(pk=row.pk).delete()[0]:
        return None
    return row


def sweep_tickets(now: dt.datetime) -> int:
    """Delete the tickets that nobody used in time; give their number."""
    expired = Ticket.objects.filter(expires_at__lt=now)
    ids = list(expired.values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    return Ticket.objects.filter(pk__in=ids).delete()[0] if ids else 0


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
