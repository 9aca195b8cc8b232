"""The routes of payments, below `/api/v1/`."""

from payments.urls import gifts, payments, payouts, subscriptions, wallet, webhooks

urlpatterns = [
    *gifts.urlpatterns,
    *payments.urlpatterns,
    *payouts.urlpatterns,
    *subscriptions.urlpatterns,
    *wallet.urlpatterns,
    *webhooks.urlpatterns,
]
