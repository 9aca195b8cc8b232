"""The one question about what people paid for, asked here and nowhere else."""

import uuid
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from payments.enums import EntitlementKind
from payments.models import Entitlement

Entitled = frozenset[tuple[EntitlementKind, uuid.UUID]]


def entitled(user_id: uuid.UUID | None, thing_ids: Collection[uuid.UUID]) -> Entitled:
    """Tell which of these things somebody paid to see and still may, in one query; none for nobody."""
    if user_id is None or not thing_ids:
        return frozenset()
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    rows = Entitlement.objects.filter(lasting, user_id=user_id, thing_id__in=list(thing_ids))
    return frozenset(
        (EntitlementKind(kind), thing_id) for kind, thing_id in rows.values_list("kind", "thing_id")
    )
