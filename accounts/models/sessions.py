"""Where people are signed in."""

from django.db import models

from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds


@holds(
    Holds.PERSONAL,
    owner="user_id",
    exported=("device", "address", "created_at", "last_seen_at", "ended_at"),
    erasure=Erasure.DELETE,
)
class Session(Identified):
    """One device of one person, from signing in to its end."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    device = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reauthenticated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)
    end_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="session_of_user")]


@holds(Holds.PERSONAL, owner="session__user_id")
class RefreshToken(Identified):
    """One link of a session's chain of refresh tokens; its id is in the token.

    `parent_id` is unique: the token it replaces can be claimed once, whoever races.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    parent_id = models.UUIDField(unique=True)
