"""Tiers as their creator and others see them."""

import uuid
from collections.abc import Mapping, Sequence

from django.db.models import Count

from accounts.cards.people import UserSummary
from accounts.selectors.people import user_id_of, users_by_id
from accounts.selectors.relations import visible_person
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import AnyViewer, Viewer
from payments.cards.money import Money
from payments.cards.subscriptions import TierCard
from payments.enums import SUBSCRIBED
from payments.models import Subscription, Tier

BY_PRICE = ("price", "id")


def own_tiers(viewer: Viewer, request: PageRequest) -> Page[TierCard]:
    """Read a page of the viewer's tiers with the number of their subscribers, the newest first."""
    rows = Tier.objects.filter(creator_id=viewer.id)
    return keyset_page(rows, request).map(_own_cards)


def tiers_of(viewer: AnyViewer, user: str, request: PageRequest) -> Page[TierCard]:
    """Read a page of somebody's open tiers, the cheapest first; NotFound across a block."""
    person, _ = visible_person(viewer, user_id_of(user))
    rows = Tier.objects.filter(creator_id=person.summary.id, is_open=True)
    users = {person.summary.id: person.summary}
    return keyset_page(rows, request, order=BY_PRICE).map(
        lambda found: [tier_card(tier, users) for tier in found]
    )


def own_tier(viewer: Viewer, tier_id: uuid.UUID) -> Tier:
    """Read a tier for an action of its creator; NotFound for everybody else."""
    tier = Tier.objects.filter(pk=tier_id, creator_id=viewer.id).first()
    if tier is None:
        raise NotFound
    return tier


def own_tier_card(viewer: Viewer, tier_id: uuid.UUID) -> TierCard:
    """Show a tier to its creator."""
    return _own_cards([own_tier(viewer, tier_id)])[0]


def get_tier(tier_id: uuid.UUID) -> Tier:
    """Read a tier of anybody's; NotFound when there is none."""
    tier = Tier.objects.filter(pk=tier_id).first()
    if tier is None:
        raise NotFound
    return tier


def tier_card(
    tier: Tier, users: Mapping[uuid.UUID, UserSummary], subscriber_count: int | None = None
) -> TierCard:
    """Show a tier."""
    return TierCard(
        id=tier.pk,
        creator=users.get(tier.creator_id),
        name=tier.name,
        description=tier.description,
        price=Money(tier.price, tier.currency),
        benefits=list(tier.benefits),
        is_open=tier.is_open,
        subscriber_count=subscriber_count,
        created_at=tier.created_at,
    )


def _own_cards(tiers: Sequence[Tier]) -> list[TierCard]:
    users = users_by_id({tier.creator_id for tier in tiers})
    ids = [tier.pk for tier in tiers]
    rows = Subscription.objects.filter(tier_id__in=ids, state__in=sorted(SUBSCRIBED))
    counts = dict(rows.values_list("tier_id").annotate(Count("pk"))) if ids else {}
    return [tier_card(tier, users, counts.get(tier.pk, 0)) for tier in tiers]
