"""The routes of orders."""

from django.urls import path

from payments.views.orders import OrderViewSet

urlpatterns = [
    path("orders", OrderViewSet.as_view({"get": "list", "post": "create"})),
    path("orders/<str:order_id>", OrderViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("orders/<str:order_id>/cancel", OrderViewSet.as_view({"post": "cancel"})),
    path("me/sales", OrderViewSet.as_view({"get": "sales"})),
]
