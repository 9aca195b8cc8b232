"""What the sandbox remembers: it is a service of its own, and shares no table with payments."""

import datetime as dt
import uuid
from typing import Any

from django.db import models

from grover.core.db import atomic
from grover.core.ids import Identified, created_at, new_id, new_id_at
from grover.core.privacy import Holds, holds
from grover.core.races import LostRace, settled
from payments.providers.base import UnknownToProvider


@holds(Holds.NONE)
class SandboxRecord(Identified):
    """An order, a capture, a plan, a subscription, a payout batch, a dispute, a line or an event.

    `request_id` is what it was asked for under, within its kind; `version` counts its changes; at `due_at`
    something is to be done about it. Its id tells the moment it was made at, also one of the past.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64, unique=True)
    request_id = models.CharField(max_length=150, unique=True)
    document = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "payments"
        indexes = [
            models.Index(fields=["kind", "-id"], name="sandbox_record_of_kind"),
            models.Index(fields=["kind", "due_at"], name="sandbox_record_due"),
        ]


@settled
@atomic
def record(kind: str, request_id: str, document: dict[str, Any]) -> SandboxRecord:
    """Remember something new; what was asked for under this id before is given as it is now."""
    return find(kind, request_id) or write(kind, request_id, document)


def find(kind: str, request_id: str) -> SandboxRecord | None:
    """Look for what was asked for under an id."""
    return SandboxRecord.objects.filter(request_id=f"{kind}:{request_id}").first()


@atomic
def write(
    kind: str, request_id: str, document: dict[str, Any], *, at: dt.datetime | None = None
) -> SandboxRecord:
    """Remember something that is not there, of now or of another moment.

    Joins the caller's transaction, which must be `settled`.
    """
    identifier = new_id() if at is None else new_id_at(at)
    made = SandboxRecord(
        id=identifier,
        created_at=created_at(identifier),
        kind=kind,
        key=f"{kind}-{uuid.uuid4().hex}",
        request_id=f"{kind}:{request_id}",
        document=document,
    )
    made.save(force_insert=True)
    return made


def recall(kind: str, key: str) -> SandboxRecord:
    """Read what is remembered; UnknownToProvider when it is not."""
    known = SandboxRecord.objects.filter(kind=kind, key=key).first()
    if known is None:
        raise UnknownToProvider(f"The sandbox has no {kind} {key}")
    return known


def change(known: SandboxRecord, *, due_at: dt.datetime | None = None, **values: Any) -> SandboxRecord:
    """Change some values of what was read; LostRace when somebody else changed it meanwhile."""
    document = {**known.document, **values}
    same = SandboxRecord.objects.filter(pk=known.pk, version=known.version)
    if same.update(document=document, version=known.version + 1, due_at=due_at) != 1:
        raise LostRace
    known.document, known.version, known.due_at = document, known.version + 1, due_at
    return known
