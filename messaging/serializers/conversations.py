"""What clients send about conversations and their members."""

from typing import Any

from rest_framework import serializers

from grover.core.serializers import IdField, Input, TextField
from messaging.enums import ConversationKind, Folder, Role
from messaging.policies.conversations import MOST_MEMBERS

LONGEST_TITLE = 100


class ConversationInput(Input):
    """A new conversation: with one person, or a group with several, which may have a title and a picture."""

    kind = serializers.ChoiceField(ConversationKind.choices)
    user_ids = serializers.ListField(child=IdField(), allow_empty=False, max_length=MOST_MEMBERS)
    title = TextField(required=False, allow_blank=True, max_length=LONGEST_TITLE, default="")
    picture_id = IdField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == ConversationKind.DIRECT:
            _check_direct(attrs)
        return attrs


def _check_direct(attrs: dict[str, Any]) -> None:
    errors: dict[str, Any] = {}
    if len(attrs["user_ids"]) != 1:
        errors["user_ids"] = [serializers.ErrorDetail("One other person", "not_one")]
    for name in ("title", "picture_id"):
        if attrs[name]:
            errors[name] = [serializers.ErrorDetail("Only a group has one", "group_only")]
    if errors:
        raise serializers.ValidationError(errors)


class ConversationChanges(Input):
    """What is to change of a group."""

    title = TextField(required=False, allow_blank=True, max_length=LONGEST_TITLE)
    picture_id = IdField(required=False, allow_null=True)


class FolderQuery(Input):
    """Which of one's conversations to read."""

    folder = serializers.ChoiceField(Folder.choices, required=False, default=Folder.INBOX.value)


class MuteInput(Input):
    """How long to be told of nothing; for ever when nothing is said."""

    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class RoleInput(Input):
    """What a member shall be."""

    role = serializers.ChoiceField(Role.choices)
