"""The staff's pages of what is sold and bought: looked at, never written."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.admin.base import StaffAdmin
from payments.models import Order, OrderLine, Product


class MarketAdmin(StaffAdmin):
    """Pages on which nothing can be changed; unlike money it is not taken away as a table, with addresses."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(MarketAdmin):
    """Products of all sellers."""

    kind = "product"
    ids_searched = ("pk", "seller_id")
    list_display = ("id", "created_at", "seller_id", "kind", "state", "title", "price", "currency", "stock")
    list_filter = ("state", "kind", "created_at")


class OrderLineInline(admin.TabularInline):  # type: ignore[type-arg]
    """What an order is of."""

    model = OrderLine
    fields = ("product_id", "title", "kind", "price", "quantity")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(MarketAdmin):
    """Orders with their lines, without where they are sent."""

    kind = "order"
    ids_searched = ("pk", "buyer_id", "seller_id", "discount_id")
    list_display = (
        "id",
        "created_at",
        "buyer_id",
        "seller_id",
        "state",
        "total",
        "currency",
        "discount_code",
    )
    list_filter = ("state", "created_at")
    exclude = ("address", "note")
    inlines = [OrderLineInline]
