"""The staff's pages of gifts and payouts."""

from django.contrib import admin

from accounts.admin.base import Act
from payments.actions.staff import end_payout, thaw_payout
from payments.admin.base import MoneyAdmin
from payments.models import Gift, Payout, PayoutBatch


@admin.register(Gift)
class GiftAdmin(MoneyAdmin):
    """Gifts."""

    kind = "gift"
    ids_searched = ("pk", "sender_id", "receiver_id", "thing_id")
    list_display = ("id", "created_at", "sender_id", "receiver_id", "gift", "quantity", "amount", "fee")
    list_filter = ("gift", "created_at")


@admin.register(Payout)
class PayoutAdmin(MoneyAdmin):
    """Payouts; one with a frozen reason waits for the staff."""

    kind = "payout"
    acts = (
        Act("thaw", "Let a frozen payout go on", thaw_payout),
        Act("end", "Give a frozen payout back to its creator", end_payout),
    )
    ids_searched = ("pk", "user_id", "batch_id")
    list_display = ("id", "created_at", "user_id", "amount", "currency", "state", "frozen_reason", "batch_id")
    list_filter = ("state", "frozen_reason", "created_at")
    search_fields = ("=provider_payout_id",)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(MoneyAdmin):
    """Batches in which payouts are sent."""

    kind = "payout_batch"
    list_display = ("id", "created_at", "provider", "provider_batch_id", "is_done", "due_at")
    list_filter = ("is_done", "created_at")
    search_fields = ("=provider_batch_id",)
