"""The core's own tables: jobs that must not be lost, answers given once, what staff did."""

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds


class JobState(models.TextChoices):
    """A durable job that is done has no row any more."""

    WAITING = "waiting"
    DEAD = "dead"


@holds(Holds.NONE)
class OutboxJob(Identified):
    """A job that must not be lost; `kwargs` names things by id and holds nothing of a person.

    It is not published again before `published_until` and not run by a second process before
    `claimed_until`. `attempts` also tells one run from the next.
    """

    name = models.CharField(max_length=200)
    kwargs = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    published_until = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_due")]


@holds(Holds.PERSONAL, owner="owner_id")
class IdempotentRequest(Identified):
    """A request that carries an idempotency key, and the first answer to it once there is one.

    `scope` is the account or address the key belongs to; of the key only a hash is kept, and the
    answer is encrypted with the key itself, so that nobody but its sender can read it.
    """

    scope = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64)
    owner_id = models.UUIDField(null=True, db_index=True)
    fingerprint = models.CharField(max_length=64)
    claim = models.UUIDField(default=uuid.uuid4)
    claimed_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key_hash"], name="idempotency_key_once")]


class AppendOnly(Exception):
    """Somebody tried to rewrite the audit log."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that are only ever added."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit log are never changed")

    def _update(self, values: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit log are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("Entries of the audit log are never deleted")

    def _raw_delete(self, using: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit log are never deleted")


@holds(Holds.SHARED, owner="actor_id", erasure=Erasure.KEEP)
class AuditEntry(Identified):
    """One thing a member of staff did, to what, and why."""

    actor_id = models.UUIDField(null=True, db_index=True)
    actor_label = models.CharField(max_length=100)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=30)
    target_id = models.CharField(max_length=60)
    reason = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["target_kind", "target_id", "-id"], name="audit_of_target")]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.action} {self.target_kind} {self.target_id}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit log are never deleted")
