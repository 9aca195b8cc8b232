"""The routes of messages."""

from django.urls import path

from messaging.views.messages import (
    ConversationMessageViewSet,
    ConversationReadViewSet,
    MessageReactionViewSet,
    MessageViewSet,
)

ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path(
        "conversations/<str:conversation_id>/messages",
        ConversationMessageViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path("conversations/<str:conversation_id>/search", ConversationMessageViewSet.as_view({"get": "search"})),
    path("conversations/<str:conversation_id>/read", ConversationReadViewSet.as_view({"put": "set"})),
    path("messages/search", MessageViewSet.as_view({"get": "search"})),
    path("messages/<str:message_id>", MessageViewSet.as_view(ONE)),
    path("messages/<str:message_id>/history", MessageViewSet.as_view({"get": "history"})),
    path(
        "messages/<str:message_id>/reaction",
        MessageReactionViewSet.as_view({"put": "set", "delete": "clear"}),
    ),
]
