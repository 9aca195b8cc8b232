"""What clients send about calls."""

from rest_framework import serializers

from grover.core.serializers import IdField, Input
from messaging.enums import CallKind


class CallInput(Input):
    """Whom to call, and how."""

    user_id = IdField()
    kind = serializers.ChoiceField(CallKind.choices)
