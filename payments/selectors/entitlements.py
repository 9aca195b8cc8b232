"""The one question about what people paid for, asked here and nowhere else.

What was read with its answer depends on the stamp `entitlements:<user>`. Nothing moves that when a time
runs out, so what is kept may show for a minute longer what somebody paid for until then.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from payments.enums import EntitlementKind
from payments.models import Entitlement

Entitled = frozenset[tuple[EntitlementKind, uuid.UUID]]


def entitled(user_id: uuid.UUID | None, thing_ids: Collection[uuid.UUID]) -> Entitled:
    """Tell which of these things somebody paid to see and still may, in one query; none for nobody."""
    if user_id is None or not thing_ids:
        return frozenset()
    rows = _lasting(thing_ids).filter(user_id=user_id)
    return frozenset(
        (EntitlementKind(kind), thing_id) for kind, thing_id in rows.values_list("kind", "thing_id")
    )


def holders(
    user_ids: Collection[uuid.UUID], thing_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Entitled]:
    """Tell the same of several people, in one query; who is entitled to nothing is left out."""
    held: dict[uuid.UUID, set[tuple[EntitlementKind, uuid.UUID]]] = defaultdict(set)
    rows = _lasting(thing_ids).filter(user_id__in=list(user_ids))
    for user_id, kind, thing_id in rows.values_list("user_id", "kind", "thing_id"):
        held[user_id].add((EntitlementKind(kind), thing_id))
    return {user_id: frozenset(found) for user_id, found in held.items()}


def _lasting(thing_ids: Collection[uuid.UUID]) -> QuerySet[Entitlement]:
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Entitlement.objects.filter(lasting, thing_id__in=list(thing_ids))
