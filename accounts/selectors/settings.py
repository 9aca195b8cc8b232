"""How people want things: what they set, over what holds for those who set nothing."""

import uuid
from collections.abc import Collection, Mapping

from accounts.cards.people import SettingsCard
from accounts.enums import Audience, NotificationChannel, NotificationKind
from accounts.models import AccountSettings, User

_MAILED = {NotificationKind.PAYMENT, NotificationKind.SECURITY}

Notifications = dict[str, dict[str, bool]]


def default_notifications() -> Notifications:
    """Give what is on for those who set nothing: all but mail, which only money and security send."""
    return {
        kind.value: {
            channel.value: channel != NotificationChannel.MAIL or kind in _MAILED
            for channel in NotificationChannel
        }
        for kind in NotificationKind
    }


def merge_notifications(
    present: Mapping[str, Mapping[str, bool]], changes: Mapping[str, Mapping[str, bool]]
) -> Notifications:
    """Lay changes over what is set, kind by kind and channel by channel."""
    kinds = [*present, *(kind for kind in changes if kind not in present)]
    return {kind: {**present.get(kind, {}), **changes.get(kind, {})} for kind in kinds}


def who_may_message(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Audience]:
    """Read from whom each of these people takes messages, in one query."""
    rows = AccountSettings.objects.filter(user_id__in=set(ids)).values_list("user_id", "who_may_message")
    found = {user_id: Audience(audience) for user_id, audience in rows}
    return {user_id: found.get(user_id, Audience.EVERYONE) for user_id in ids}


def get_settings(user_id: uuid.UUID) -> SettingsCard:
    """Read somebody's settings, in two queries."""
    is_private = User.objects.values_list("is_private", flat=True).get(pk=user_id)
    row = AccountSettings.objects.filter(user_id=user_id).first() or AccountSettings()
    known = {kind: row.notifications.get(kind, {}) for kind in NotificationKind.values}
    return SettingsCard(
        is_private=is_private,
        who_may_message=Audience(row.who_may_message).value,  # type: ignore[arg-type]
        who_may_mention=Audience(row.who_may_mention).value,  # type: ignore[arg-type]
        notifications=merge_notifications(default_notifications(), known),
    )
