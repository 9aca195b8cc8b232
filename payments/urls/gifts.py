"""The routes of coins and gifts."""

from django.urls import path

from payments.views.gifts import CoinsViewSet, GiftViewSet

urlpatterns = [
    path("coin-packs", CoinsViewSet.as_view({"get": "packs"})),
    path("me/coins", CoinsViewSet.as_view({"post": "create"})),
    path("gifts", GiftViewSet.as_view({"get": "list"})),
    path("gifts/<str:gift_id>", GiftViewSet.as_view({"get": "retrieve"})),
    path("users/<str:user>/gifts", GiftViewSet.as_view({"post": "create"})),
]
