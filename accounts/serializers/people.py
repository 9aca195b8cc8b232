"""What clients send about people: profiles, settings, reports, deletion."""

import re
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from accounts.enums import Audience, NotificationChannel, NotificationKind, ReportReason
from grover.core.serializers import FlagField, IdField, Input, SecretField, TextField

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class LineField(TextField):
    """One line of text, without characters that are not seen or turn the line around."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if _UNSEEN.search(text):
            raise serializers.ValidationError("Control characters are not allowed", "control_characters")
        return text


class WebsiteField(LineField):
    """The address of a web page, or nothing."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            parts = urlsplit(text)
            is_web = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
        except ValueError:
            is_web = False
        if text and (not is_web or re.search(r"[\s<>\"'\\]", text)):
            raise serializers.ValidationError("An address that begins with http:// or https://", "website")
        return text


class ProfileInput(Input):
    """What to change of one's profile; what is left out stays."""

    display_name = LineField(max_length=50, allow_blank=True, required=False)
    bio = TextField(max_length=500, allow_blank=True, required=False)
    website = WebsiteField(max_length=200, allow_blank=True, required=False)
    location = LineField(max_length=100, allow_blank=True, required=False)
    avatar_id = IdField(allow_null=True, required=False, help_text="An image of one's own; null for none.")
    cover_id = IdField(allow_null=True, required=False, help_text="An image of one's own; null for none.")
    username = TextField(max_length=30, required=False)
    email = serializers.EmailField(
        max_length=254, required=False, help_text="Takes effect when the mail to it is confirmed."
    )


class DeletionInput(Input):
    """What proves that it is really the owner who leaves."""

    password = SecretField(max_length=128)
    otp = SecretField(max_length=20, required=False, default="", allow_blank=True)


def _all_of(name: str, doc: str, field: Any, names: list[str]) -> type[Input]:
    """Declare an input with the same optional field under each name."""
    return type(name, (Input,), {"__doc__": doc, **{key: field(required=False) for key in names}})


ChannelsInput = _all_of("ChannelsInput", "Channels to turn on or off.", FlagField, NotificationChannel.values)
NotificationsInput = _all_of(
    "NotificationsInput", "Kinds to be told of.", ChannelsInput, NotificationKind.values
)


class SettingsInput(Input):
    """What to change of one's settings; what is left out stays, down to the single channel."""

    is_private = FlagField(required=False)
    who_may_message = serializers.ChoiceField(Audience.choices, required=False)
    who_may_mention = serializers.ChoiceField(Audience.choices, required=False)
    notifications = NotificationsInput(required=False)


class ReportTargetInput(Input):
    """The thing to report."""

    kind = LineField(max_length=20, help_text="Such as user, post or comment.")
    id = IdField()


class ReportInput(Input):
    """What seems to break the rules, and how."""

    target = ReportTargetInput()
    reason = serializers.ChoiceField(ReportReason.choices)
    note = TextField(max_length=1000, allow_blank=True, default="")


class AppealInput(Input):
    """What is said against a decision."""

    text = TextField(max_length=2000)
