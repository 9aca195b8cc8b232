"""The devices of people."""

import uuid

from messaging.models import PushDevice


def has_devices(user_id: uuid.UUID) -> bool:
    """Tell whether somebody has a device that can be woken, in one query."""
    return PushDevice.objects.filter(user_id=user_id).exists()
