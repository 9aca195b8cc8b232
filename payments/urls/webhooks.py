"""The routes of webhooks."""

from django.urls import path

from payments.views.webhooks import WebhookViewSet

urlpatterns = [
    path("webhooks/<str:provider>", WebhookViewSet.as_view({"post": "receive"})),
]
