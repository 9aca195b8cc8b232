"""The routes of messaging, below `/api/v1/`."""

from messaging.urls import conversations, messages, notifications, tickets

urlpatterns = [
    *conversations.urlpatterns,
    *messages.urlpatterns,
    *notifications.urlpatterns,
    *tickets.urlpatterns,
]
