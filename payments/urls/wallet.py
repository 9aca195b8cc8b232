"""The routes of the wallet, of earnings and of statements."""

from django.urls import path

from payments.views.wallet import StatementViewSet, WalletViewSet

urlpatterns = [
    path("me/wallet", WalletViewSet.as_view({"get": "retrieve"})),
    path("me/transactions", WalletViewSet.as_view({"get": "transactions"})),
    path("me/earnings", WalletViewSet.as_view({"get": "earnings"})),
    path("me/statements/<str:month>", StatementViewSet.as_view({"get": "retrieve"})),
]
