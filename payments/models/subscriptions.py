"""Tiers, which creators offer, and the subscriptions to them."""

from django.db import models
from django.db.models import Q

from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds
from payments.enums import SUBSCRIBED, SubscriptionState


@holds(
    Holds.FINANCIAL,
    owner="creator_id",
    exported=("name", "description", "price", "currency", "benefits", "created_at", "closed_at"),
    erasure=Erasure.KEEP,
)
class Tier(Identified):
    """What a creator gives for a price a month, which never changes.

    An open one has one of the creator's few places, which is unique. `plan_id` is what the provider calls
    it, once somebody has subscribed.
    """

    creator_id = models.UUIDField()
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=1000, blank=True)
    price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    benefits = models.JSONField(default=list)
    plan_id = models.CharField(max_length=64, null=True, unique=True)
    open_place = models.CharField(max_length=50, null=True, unique=True)
    is_open = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["creator_id", "-id"], name="tier_of_creator"),
            models.Index(fields=["creator_id", "price", "id"], name="open_tier", condition=Q(is_open=True)),
        ]


@holds(
    Holds.FINANCIAL,
    owner="subscriber_id",
    exported=("creator_id", "tier_id", "amount", "currency", "state", "created_at", "current_period_end"),
    erasure=Erasure.KEEP,
)
class Subscription(Identified):
    """That somebody pays for a tier every month; the provider renews it, and this follows.

    `live_key` names the two while it is live: one subscription of a person and tier. `current_period_end`
    is how far it was charged for, `paid_until` how far without what was given back. `must_stop` says that
    the provider has yet to hear that it is over, `check_at` when it is asked next; `version` grows with
    each change, so that those who change it wait for each other.
    """

    subscriber_id = models.UUIDField()
    creator_id = models.UUIDField()
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, db_index=False, related_name="subscriptions")
    live_key = models.CharField(max_length=80, null=True, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=SubscriptionState, default=SubscriptionState.CREATED)
    frozen_reason = models.CharField(max_length=100, blank=True)
    provider = models.CharField(max_length=20)
    provider_subscription_id = models.CharField(max_length=64, null=True, unique=True)
    approve_url = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True)
    current_period_end = models.DateTimeField(null=True)
    paid_until = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    must_stop = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    check_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["subscriber_id", "-id"], name="subscription_of_subscriber"),
            models.Index(fields=["creator_id", "-id"], name="subscription_of_creator"),
            models.Index(
                fields=["tier"],
                name="subscriber_of_tier",
                condition=Q(state__in=sorted(SUBSCRIBED)),
            ),
            models.Index(fields=["check_at"], name="subscription_to_check"),
        ]

    @property
    def is_frozen(self) -> bool:
        return bool(self.frozen_reason)
