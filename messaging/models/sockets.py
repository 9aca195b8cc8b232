"""Sockets: the tickets that open them, and which are open."""

import uuid

from django.db import models
from django.utils import timezone

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.PERSONAL, owner="user_id")
class Ticket(Identified):
    """What lets a browser open one socket, once, within half a minute; only a hash of it is kept."""

    ticket_hash = models.CharField(max_length=64, unique=True)
    user_id = models.UUIDField(db_index=True)
    session_id = models.UUIDField()
    access_expires_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)


@holds(Holds.PERSONAL, owner="user_id")
class Seat(Identified):
    """One open socket. Its process says every few seconds that it is alive; after that it counts no more."""

    user_id = models.UUIDField()
    session_id = models.UUIDField()
    process_id = models.UUIDField(default=uuid.uuid4, db_index=True)
    is_active = models.BooleanField(default=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user_id", "seen_at"], name="seat_of_user")]
