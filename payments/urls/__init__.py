"""The routes of payments, below `/api/v1/`."""

from payments.urls import payments

urlpatterns = [
    *payments.urlpatterns,
]
