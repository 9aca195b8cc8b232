"""The routes of payments, below `/api/v1/`."""

from payments.urls import payments, webhooks

urlpatterns = [
    *payments.urlpatterns,
    *webhooks.urlpatterns,
]
