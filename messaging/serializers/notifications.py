"""What clients send about notifications."""

from rest_framework import serializers

from accounts.enums import NotificationKind
from grover.core.serializers import Input, WholeNumberField


class NotificationQuery(Input):
    """Which notifications to list."""

    kind = serializers.ChoiceField(NotificationKind.choices, required=False, default=None)


class SeenInput(Input):
    """Up to which notification one has seen them."""

    seq = WholeNumberField(min_value=0)


class ReadNotificationsInput(Input):
    """Up to which notification one has read them; all when nothing is said."""

    until_seq = WholeNumberField(min_value=0, required=False, allow_null=True, default=None)
