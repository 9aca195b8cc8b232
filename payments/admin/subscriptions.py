"""The staff's pages of tiers and subscriptions."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts.admin.base import Act
from payments.actions import subscription_staff
from payments.admin.base import MoneyAdmin
from payments.admin.payments import IsFrozen
from payments.models import Subscription, Tier


@admin.register(Tier)
class TierAdmin(MoneyAdmin):
    """What creators offer for a price a month."""

    kind = "tier"
    ids_searched = ("pk", "creator_id")
    search_fields = ("=plan_id",)
    list_display = ("id", "created_at", "creator_id", "name", "price", "currency", "is_open")
    list_filter = ("is_open", "created_at")


@admin.register(Subscription)
class SubscriptionAdmin(MoneyAdmin):
    """Subscriptions, each leading to its payments."""

    kind = "subscription"
    acts = (
        Act("thaw", "Let a frozen subscription go on", subscription_staff.thaw_subscription),
        Act("ask", "Ask the provider again", subscription_staff.ask_about_subscription),
    )
    ids_searched = ("pk", "subscriber_id", "creator_id", "tier_id")
    search_fields = ("=provider_subscription_id",)
    list_display = (
        "id",
        "created_at",
        "state",
        "amount",
        "currency",
        "frozen_reason",
        "subscriber_id",
        "creator_id",
        "current_period_end",
        "its_payments",
    )
    list_filter = ("state", IsFrozen, "created_at")

    @admin.display(description="Payments")
    def its_payments(self, subscription: Subscription) -> str:
        """Lead to what was paid for a subscription."""
        query = urlencode({"q": subscription.pk})
        return format_html(
            '<a href="{}?{}">Payments</a>', reverse("admin:payments_payment_changelist"), query
        )
