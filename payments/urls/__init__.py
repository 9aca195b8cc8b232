"""The routes of payments, below `/api/v1/`."""

from payments.urls import gifts, payments, payouts, wallet, webhooks

urlpatterns = [
    *payments.urlpatterns,
    *gifts.urlpatterns,
    *payouts.urlpatterns,
    *wallet.urlpatterns,
    *webhooks.urlpatterns,
]
