"""The routes of discounts."""

from django.urls import path

from payments.views.discounts import DiscountViewSet

urlpatterns = [
    path("me/discounts", DiscountViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "me/discounts/<str:discount_id>",
        DiscountViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
    ),
    path("discounts/check", DiscountViewSet.as_view({"post": "check"})),
]
