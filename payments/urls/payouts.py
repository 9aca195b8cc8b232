"""The routes of payouts."""

from django.urls import path

from payments.views.payouts import PayoutAccountViewSet, PayoutViewSet

urlpatterns = [
    path("me/payout-account", PayoutAccountViewSet.as_view({"get": "retrieve", "put": "update"})),
    path("me/payouts", PayoutViewSet.as_view({"get": "list", "post": "create"})),
    path("me/payouts/<str:payout_id>", PayoutViewSet.as_view({"get": "retrieve"})),
]
