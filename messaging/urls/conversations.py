"""The routes of conversations and their members."""

from django.urls import path

from messaging.views.conversations import ConversationViewSet
from messaging.views.members import MemberViewSet

_ONE = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
_MEMBER = {"put": "add", "patch": "partial_update", "delete": "remove"}
_CONVERSATION = "conversations/<str:conversation_id>"

urlpatterns = [
    path("conversations", ConversationViewSet.as_view({"get": "list", "post": "create"})),
    path(_CONVERSATION, ConversationViewSet.as_view(_ONE)),
    path(f"{_CONVERSATION}/mute", ConversationViewSet.as_view({"put": "mute", "delete": "unmute"})),
    path(f"{_CONVERSATION}/archive", ConversationViewSet.as_view({"put": "archive", "delete": "unarchive"})),
    path(f"{_CONVERSATION}/accept", ConversationViewSet.as_view({"put": "accept"})),
    path(f"{_CONVERSATION}/members", MemberViewSet.as_view({"get": "list"})),
    path(f"{_CONVERSATION}/members/<str:user>", MemberViewSet.as_view(_MEMBER)),
]
