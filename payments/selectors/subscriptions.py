"""Subscriptions as the subscriber and the creator see them."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Q

from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.errors import NotFound
from grover.core.ids import parse_id
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.subscriptions import SubscriberCard, SubscriptionCard
from payments.enums import SUBSCRIBED, SubscriptionState
from payments.models import Subscription
from payments.selectors.tiers import tier_card


def subscription_of(viewer: Viewer, subscription_id: uuid.UUID) -> Subscription:
    """Read a subscription of the viewer's for an action; NotFound when it is somebody else's."""
    rows = Subscription.objects.select_related("tier")
    subscription = rows.filter(pk=subscription_id, subscriber_id=viewer.id).first()
    if subscription is None:
        raise NotFound
    return subscription


def get_subscription(viewer: Viewer, subscription_id: uuid.UUID) -> SubscriptionCard:
    """Read a subscription of the viewer's; NotFound when it is somebody else's."""
    return _cards([subscription_of(viewer, subscription_id)])[0]


def subscriptions_of(viewer: Viewer, request: PageRequest) -> Page[SubscriptionCard]:
    """Read a page of the viewer's subscriptions, also of those that are over, the newest first."""
    rows = Subscription.objects.select_related("tier").filter(subscriber_id=viewer.id)
    return keyset_page(rows, request).map(_cards)


def subscribers_of(viewer: Viewer, request: PageRequest) -> Page[SubscriberCard]:
    """Read a page of who subscribes to the viewer, the newest first; nobody across a block."""
    rows = Subscription.objects.select_related("tier").filter(
        creator_id=viewer.id, state__in=sorted(SUBSCRIBED)
    )

    def cards(found: list[Subscription]) -> list[SubscriberCard | None]:
        people = {row.subscriber_id for row in found}
        users = users_by_id(people - blocked_ids(viewer.id, among=people)) if people else {}
        return [
            SubscriberCard(
                id=row.pk,
                user=users[row.subscriber_id],
                tier_id=row.tier_id,
                tier_name=row.tier.name,
                price=Money(row.amount, row.currency),
                state=cast(Any, row.state),
                since=cast(Any, row.started_at),
                current_period_end=cast(Any, row.current_period_end),
            )
            if row.subscriber_id in users
            else None
            for row in found
        ]

    return filled_page(lambda part: keyset_page(rows, part), cards, request, lambda row: (row.pk,))


def subscription_told_of(thing_id: str, reference: str) -> uuid.UUID | None:
    """Find the subscription that a webhook is about, by the provider's name of it or by ours."""
    named = Q(provider_subscription_id=thing_id)
    our_id = parse_id(reference)
    if our_id is not None:
        named |= Q(pk=our_id)
    return Subscription.objects.filter(named).values_list("pk", flat=True).first()


def _cards(subscriptions: Sequence[Subscription]) -> list[SubscriptionCard]:
    users = users_by_id({row.creator_id for row in subscriptions})
    return [
        SubscriptionCard(
            id=row.pk,
            tier=tier_card(row.tier, users),
            state=cast(Any, row.state),
            is_frozen=row.is_frozen,
            price=Money(row.amount, row.currency),
            approve_url=_approve_url(row),
            created_at=row.created_at,
            expires_at=row.expires_at,
            started_at=row.started_at,
            current_period_end=row.current_period_end,
            stopped_at=row.stopped_at,
        )
        for row in subscriptions
    ]


def _approve_url(subscription: Subscription) -> str | None:
    waits = subscription.state == SubscriptionState.CREATED and not subscription.is_frozen
    return (subscription.approve_url or None) if waits else None
