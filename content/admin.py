"""What the staff keep of content."""

from django.contrib import admin

from accounts.admin.base import RecordedAdmin
from content.models import Category


@admin.register(Category)
class CategoryAdmin(RecordedAdmin):
    """The shelves that posts are put on; their order is that of the lists."""

    kind = "category"
    list_display = ("name", "slug", "position")
    list_editable = ("position",)
    search_fields = ("name", "slug")
