"""Letting people see what they paid for."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.db.models import F, Q

from grover.core.caching import bump
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
    bump(f"entitlements:{user_id}")


@atomic
def withdraw(user_id: uuid.UUID, kind: EntitlementKind, thing_id: uuid.UUID) -> None:
    """Let somebody see a thing no more; joins the caller's transaction."""
    Entitlement.objects.filter(user_id=user_id, thing_id=thing_id, kind=kind).delete()
    bump(f"entitlements:{user_id}")


@atomic
def entitle_anew(
    user_id: uuid.UUID,
    kind: EntitlementKind,
    thing_id: uuid.UUID,
    read_until: Callable[[], dt.datetime | None],
) -> None:
    """Let somebody see a thing until a moment that is worked out here, or no more when there is none.

    Others who work it out for the same thing wait meanwhile, so what `read_until` reads is all there is.
    Joins the caller's transaction, which must be `settled`.
    """
    rows = Entitlement.objects.filter(user_id=user_id, thing_id=thing_id, kind=kind)
    is_there = rows.update(version=F("version") + 1) == 1
    until = read_until()
    if until is None:
        rows.delete()
    elif is_there:
        rows.update(expires_at=until)
    else:
        Entitlement.objects.create(user_id=user_id, kind=kind, thing_id=thing_id, expires_at=until)
    bump(f"entitlements:{user_id}")
