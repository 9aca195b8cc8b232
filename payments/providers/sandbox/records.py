"""What the sandbox remembers: it is a service of its own, and shares no table with payments."""

import uuid
from typing import Any

from django.db import models

from grover.core.db import atomic
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from grover.core.races import LostRace, settled
from payments.providers.base import UnknownToProvider


@holds(Holds.NONE)
class SandboxRecord(Identified):
    """An order, a plan, a subscription, a payout batch or a dispute, as a document.

    `request_id` is what it was asked for under; `version` counts its changes.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64, unique=True)
    request_id = models.CharField(max_length=100, unique=True)
    document = models.JSONField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "payments"
        indexes = [models.Index(fields=["kind", "-id"], name="sandbox_record_of_kind")]


@settled
@atomic
def record(kind: str, request_id: str, document: dict[str, Any]) -> SandboxRecord:
    """Remember something new; what was asked for under this id before is given as it is now."""
    known = SandboxRecord.objects.filter(request_id=request_id).first()
    if known is not None:
        return known
    made = SandboxRecord(
        kind=kind, key=f"{kind}-{uuid.uuid4().hex}", request_id=request_id, document=document
    )
    made.save(force_insert=True)
    return made


def recall(kind: str, key: str) -> SandboxRecord:
    """Read what is remembered; UnknownToProvider when it is not."""
    known = SandboxRecord.objects.filter(kind=kind, key=key).first()
    if known is None:
        raise UnknownToProvider(f"The sandbox has no {kind} {key}")
    return known


def change(known: SandboxRecord, document: dict[str, Any]) -> SandboxRecord:
    """Write what was read and changed; LostRace when somebody else changed it meanwhile."""
    same = SandboxRecord.objects.filter(pk=known.pk, version=known.version)
    if same.update(document=document, version=known.version + 1) != 1:
        raise LostRace
    known.document, known.version = document, known.version + 1
    return known
