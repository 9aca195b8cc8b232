"""The refusals about tiers and subscriptions."""

from grover.core.errors import Conflict


class TooManyTiers(Conflict):
    code = "too_many_tiers"
    title = "You have as many open tiers as you may"


class TierClosed(Conflict):
    code = "tier_closed"
    title = "This tier is closed"


class AlreadySubscribed(Conflict):
    code = "already_subscribed"
    title = "You are subscribed to this tier, or about to be"
