"""The routes of messaging, below `/api/v1/`."""

from messaging.urls import calls, conversations, messages, notifications, push, tickets

urlpatterns = [
    *calls.urlpatterns,
    *conversations.urlpatterns,
    *messages.urlpatterns,
    *notifications.urlpatterns,
    *push.urlpatterns,
    *tickets.urlpatterns,
]
