"""Offering tiers: opening, describing and closing them."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from grover.core.db import atomic
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.subscriptions import TierCard
from payments.errors.subscriptions import TooManyTiers
from payments.models import Tier
from payments.policies.subscriptions import check_is_open
from payments.selectors.tiers import own_tier, own_tier_card

MOST_OPEN = 10


def open_tier(
    actor: Viewer, *, name: str, description: str, price: Money, benefits: Sequence[str]
) -> TierCard:
    """Offer a tier; its price stays what it is. TooManyTiers when ten are open."""
    texts = {"name": name, "description": description, "benefits": list(benefits)}
    return own_tier_card(actor, _open(actor.id, texts, price, present()))


def edit_tier(actor: Viewer, *, tier_id: uuid.UUID, changes: Mapping[str, Any]) -> TierCard:
    """Describe an open tier of one's own otherwise. TierClosed when it is not open."""
    _edit(actor, tier_id, changes)
    return own_tier_card(actor, tier_id)


@atomic
def close_tier(actor: Viewer, *, tier_id: uuid.UUID) -> None:
    """Take no new subscribers for a tier of one's own; those there are go on. It may be closed again."""
    close_tiers([own_tier(actor, tier_id).pk], present())


@atomic
def close_tiers(tier_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """Close those of some tiers that are open; joins the caller's transaction."""
    Tier.objects.filter(pk__in=tier_ids, is_open=True).update(open_place=None, is_open=False, closed_at=now)


@settled
@atomic
def _open(creator_id: uuid.UUID, texts: Mapping[str, Any], price: Money, now: dt.datetime) -> uuid.UUID:
    tier = Tier(
        id=new_id(),
        created_at=now,
        creator_id=creator_id,
        price=price.value,
        currency=price.currency,
        open_place=_free_place(creator_id),
        **texts,
    )
    tier.save(force_insert=True)
    return tier.pk


def _free_place(creator_id: uuid.UUID) -> str:
    """Name a place that no open tier of a creator has; who takes it at the same moment is refused it."""
    taken = set(Tier.objects.filter(creator_id=creator_id, is_open=True).values_list("open_place", flat=True))
    for number in range(MOST_OPEN):
        place = f"{creator_id}:{number}"
        if place not in taken:
            return place
    raise TooManyTiers


@atomic
def _edit(actor: Viewer, tier_id: uuid.UUID, changes: Mapping[str, Any]) -> None:
    check_is_open(own_tier(actor, tier_id))
    if changes:
        Tier.objects.filter(pk=tier_id, is_open=True).update(**changes)
