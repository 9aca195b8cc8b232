"""Ending subscriptions that neither side ends: across a block, and of who is erased."""

import uuid

from django.db.models import Q

from grover.core.batches import ids_of
from grover.core.db import atomic
from grover.core.moments import present
from grover.core.races import settled
from payments.actions.subscription_states import stop_subscription
from payments.actions.tiers import close_tiers
from payments.enums import LIVE
from payments.models import Subscription, Tier

_LIVE = Q(state__in=sorted(LIVE))


def part_subscribers(user_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Cancel what two people subscribe to of each other when one blocks the other; joins that transaction."""
    between = Q(subscriber_id=user_id, creator_id=other_id) | Q(subscriber_id=other_id, creator_id=user_id)
    rows = Subscription.objects.filter(between, _LIVE).order_by("pk")
    for subscription_id in list(rows.values_list("pk", flat=True)):
        stop_subscription(subscription_id, present())


def erase_subscriptions(user_id: uuid.UUID) -> None:
    """Close the tiers of a person who is erased, and cancel the subscriptions by them and to them.

    Payments are kept, and with them the bare tiers that they were for; a job tells the provider of each.
    """
    _erase_tiers(user_id)
    for end in ("subscriber_id", "creator_id"):
        for subscription_id in ids_of(Subscription.objects.filter(_LIVE, **{end: user_id})):
            _stop(subscription_id)


@atomic
def _erase_tiers(user_id: uuid.UUID) -> None:
    tiers = Tier.objects.filter(creator_id=user_id)
    close_tiers(list(tiers.values_list("pk", flat=True)), present())
    tiers.update(name="", description="", benefits=[])


@settled
@atomic
def _stop(subscription_id: uuid.UUID) -> None:
    stop_subscription(subscription_id, present())
