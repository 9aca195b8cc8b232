"""The staff's pages of the ledger: looked at, never written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from payments.admin.base import MoneyAdmin
from payments.models import Entry, LedgerAccount, Transfer


@admin.register(LedgerAccount)
class LedgerAccountAdmin(MoneyAdmin):
    """Accounts, each leading to its entries."""

    kind = "ledger_account"
    ids_searched = ("pk", "owner_id")
    list_display = ("id", "owner_id", "kind", "currency", "shard", "balance", "its_entries")
    list_filter = ("kind", "currency")

    @admin.display(description="Entries")
    def its_entries(self, account: LedgerAccount) -> str:
        query = urlencode({"account__id__exact": account.pk})
        return format_html('<a href="{}?{}">Entries</a>', reverse("admin:payments_entry_changelist"), query)


class EntryInline(admin.TabularInline):  # type: ignore[type-arg]
    """The entries of a transfer."""

    model = Entry
    fields = ("account", "currency", "amount")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Transfer)
class TransferAdmin(MoneyAdmin):
    """Transfers with their entries."""

    kind = "transfer"
    ids_searched = ("pk", "author_id")
    list_display = ("id", "created_at", "kind", "key", "entry_count", "reason")
    list_filter = ("kind", "created_at")
    search_fields = ("=key",)
    inlines = [EntryInline]


@admin.register(Entry)
class EntryAdmin(MoneyAdmin):
    """Entries, each leading to its transfer."""

    kind = "entry"
    ids_searched = ("pk", "account_id", "transfer_id")
    list_display = ("id", "created_at", "account_id", "currency", "amount", "transfer_id")
    list_filter = ("currency",)
    ordering = ("-transfer_id",)  # as the index of an account's entries

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "account__id__exact" or super().lookup_allowed(lookup, value, request)
