"""The routes of notifications."""

from django.urls import path

from messaging.views.notifications import NotificationViewSet

urlpatterns = [
    path("notifications", NotificationViewSet.as_view({"get": "list"})),
    path("notifications/unread", NotificationViewSet.as_view({"get": "unread"})),
    path("notifications/seen", NotificationViewSet.as_view({"put": "see"})),
    path("notifications/read", NotificationViewSet.as_view({"put": "read_all"})),
    path("notifications/<str:notification_id>/read", NotificationViewSet.as_view({"put": "read_one"})),
]
