"""The routes of payments, refunds and tips."""

from django.urls import path

from payments.views.payments import PaymentViewSet
from payments.views.tips import TipViewSet

urlpatterns = [
    path("payments", PaymentViewSet.as_view({"get": "list"})),
    path("payments/<str:payment_id>", PaymentViewSet.as_view({"get": "retrieve"})),
    path("payments/<str:payment_id>/capture", PaymentViewSet.as_view({"post": "capture"})),
    path("payments/<str:payment_id>/refunds", PaymentViewSet.as_view({"post": "refund"})),
    path("users/<str:user>/tips", TipViewSet.as_view({"post": "create"})),
    path("users/<str:user>/tips/top", TipViewSet.as_view({"get": "top"})),
]
