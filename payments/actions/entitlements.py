"""Letting people see what they paid for."""

import datetime as dt
import uuid

from django.db.models import Q

from grover.core.db import atomic
from payments.enums import EntitlementKind
from payments.models import Entitlement


@atomic
def entitle(
    user_id: uuid.UUID, kind: EntitlementKind, thing_id: uuid.UUID, *, until: dt.datetime | None = None
) -> None:
    """Let somebody see a thing, for good or until a moment; never for shorter than before.

    Joins the caller's transaction, which must be `settled`.
    """
    rows = Entitlement.objects.filter(user_id=user_id, thing_id=thing_id, kind=kind)
    if not rows.exists():
        Entitlement.objects.create(user_id=user_id, kind=kind, thing_id=thing_id, expires_at=until)
    elif until is None:
        rows.update(expires_at=None)
    else:
        rows.filter(Q(expires_at__lt=until)).update(expires_at=until)


@atomic
def withdraw(user_id: uuid.UUID, kind: EntitlementKind, thing_id: uuid.UUID) -> None:
    """Let somebody see a thing no more; joins the caller's transaction."""
    Entitlement.objects.filter(user_id=user_id, thing_id=thing_id, kind=kind).delete()
