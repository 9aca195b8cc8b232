"""The routes of tiers and subscriptions."""

from django.urls import path

from payments.views.subscriptions import SubscriptionViewSet, TierViewSet

urlpatterns = [
    path("me/tiers", TierViewSet.as_view({"get": "list", "post": "create"})),
    path("me/tiers/<str:tier_id>", TierViewSet.as_view({"patch": "partial_update", "delete": "destroy"})),
    path("users/<str:user>/tiers", TierViewSet.as_view({"get": "of_person"})),
    path("tiers/<str:tier_id>/subscriptions", SubscriptionViewSet.as_view({"post": "create"})),
    path("me/subscriptions", SubscriptionViewSet.as_view({"get": "list"})),
    path("me/subscribers", SubscriptionViewSet.as_view({"get": "subscribers"})),
    path(
        "subscriptions/<str:subscription_id>",
        SubscriptionViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
    ),
]
