"""The staff's pages of payments, refunds, disputes and webhooks."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.base import Act
from payments.actions import staff
from payments.admin.base import MoneyAdmin
from payments.models import Dispute, Hold, Payment, Refund, WebhookEvent


class IsFrozen(admin.SimpleListFilter):
    """Payments that the staff has to look at."""

    title = "frozen"
    parameter_name = "frozen"

    def lookups(self, request, model_admin):
        return [("yes", "Frozen"), ("no", "Not frozen")]

    def queryset(self, request, queryset):
        match self.value():
            case "yes":
                return queryset.exclude(frozen_reason="")
            case "no":
                return queryset.filter(frozen_reason="")
        return queryset


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    """Payments, each leading to its transfers, refunds and disputes."""

    kind = "payment"
    acts = (
        Act("refund", "Give back all that is left", staff.give_back),
        Act("thaw", "Let a frozen payment go on", staff.thaw),
        Act("ask", "Ask the provider again", staff.ask_provider),
    )
    ids_searched = ("pk", "payer_id", "payee_id", "thing_id")
    search_fields = ("=order_id", "=capture_id")
    search_help_text = "Whole id of the payment, of a person or thing, of the order or capture"
    list_display = (
        "id",
        "created_at",
        "purpose",
        "state",
        "amount",
        "refunded",
        "currency",
        "frozen_reason",
        "payer_id",
        "payee_id",
        "its_money",
    )
    list_filter = ("state", IsFrozen, "purpose", "created_at")

    @admin.display(description="Money")
    def its_money(self, payment: Payment) -> str:
        """Lead to what was moved and given back for a payment."""
        links = [
            (f"{reverse('admin:payments_transfer_changelist')}?q=capture:{payment.pk}", "Transfer"),
            (f"{reverse('admin:payments_refund_changelist')}?q={payment.pk}", "Refunds"),
            (f"{reverse('admin:payments_dispute_changelist')}?q={payment.pk}", "Disputes"),
        ]
        return format_html(" · ".join(['<a href="{}">{}</a>'] * len(links)), *sum(links, ()))


@admin.register(Refund)
class RefundAdmin(MoneyAdmin):
    """Money given back, or on its way."""

    kind = "refund"
    ids_searched = ("pk", "payment_id", "requested_by_id")
    search_fields = ("=provider_refund_id",)
    list_display = ("id", "created_at", "state", "amount", "fee", "payment_id", "requested_by_id", "reason")
    list_filter = ("state", "created_at")


@admin.register(Dispute)
class DisputeAdmin(MoneyAdmin):
    """Buyers who asked the provider for their money back."""

    kind = "dispute"
    ids_searched = ("pk", "payment_id")
    search_fields = ("=provider_dispute_id",)
    list_display = ("id", "created_at", "state", "amount", "fee", "payment_id", "reason")
    list_filter = ("state", "created_at")


@admin.register(Hold)
class HoldAdmin(MoneyAdmin):
    """Income that is pending, or was."""

    kind = "hold"
    ids_searched = ("pk", "owner_id", "source_id")
    list_display = ("id", "owner_id", "amount", "currency", "release_at", "is_released", "source_id")
    list_filter = ("is_released", "release_at")


@admin.register(WebhookEvent)
class WebhookEventAdmin(MoneyAdmin):
    """What providers told us; unknown is what was about nothing that is known here."""

    kind = "webhook"
    acts = (Act("again", "Look at it again", staff.look_again),)
    search_fields = ("=event_id", "=thing_id", "=reference")
    list_display = ("id", "created_at", "provider", "type", "state", "about", "thing_id", "reference")
    list_filter = ("state", "about", "created_at")
