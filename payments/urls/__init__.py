"""The routes of payments, below `/api/v1/`."""

from payments.urls import (
    discounts,
    gifts,
    orders,
    payments,
    payouts,
    products,
    reviews,
    subscriptions,
    wallet,
    webhooks,
)

urlpatterns = [
    *discounts.urlpatterns,
    *gifts.urlpatterns,
    *orders.urlpatterns,
    *payments.urlpatterns,
    *payouts.urlpatterns,
    *products.urlpatterns,
    *reviews.urlpatterns,
    *subscriptions.urlpatterns,
    *wallet.urlpatterns,
    *webhooks.urlpatterns,
]
