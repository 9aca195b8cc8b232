"""The audit log: what staff did, to what and why. It is only ever added to."""

import uuid
from typing import Any

from grover.core.db import atomic
from grover.core.models import AuditEntry


@atomic
def record(
    *,
    actor_id: uuid.UUID | None,
    actor_label: str,
    action: str,
    target_kind: str,
    target_id: uuid.UUID | str,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write an entry, in the same transaction as what it tells of.

    `actor_label` is how the actor is called at the time (`@ada`, or `system`); `action` is a verb and
    noun such as `suspend_user`; `data` is JSON and holds no secret.
    """
    AuditEntry.objects.create(
        actor_id=actor_id,
        actor_label=actor_label[:100],
        action=action,
        target_kind=target_kind,
        target_id=str(target_id),
        reason=reason[:500],
        data=data or {},
    )
