"""Changing how one wants things."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from django.db import IntegrityError
from django.db.models import F

from accounts import ports
from accounts.actions.follows import accept_all_requests
from accounts.actions.relations import take_turns
from accounts.cards.people import SettingsCard
from accounts.events.people import SettingsChanged
from accounts.models import AccountSettings, User
from accounts.selectors.settings import get_settings, merge_notifications
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.viewers import Viewer


class SettingsChanges(TypedDict, total=False):
    """What to change of the settings; what is left out stays as it is."""

    is_private: bool
    who_may_message: str
    who_may_mention: str
    notifications: Mapping[str, Mapping[str, bool]]


def change_settings(
    actor: Viewer, *, changes: SettingsChanges, check: Callable[[SettingsCard], None]
) -> SettingsCard:
    """Change settings; an account that becomes public accepts all who asked to follow it.

    `check` is given the settings as they are, and raises when they are not what the client has seen.
    """
    _make_row(actor.id)
    return _change_settings(actor, changes, check)


def _make_row(user_id: uuid.UUID) -> None:
    """See to it that there is a row of settings, whoever else does the same at this moment."""
    if AccountSettings.objects.filter(user_id=user_id).exists():
        return
    try:
        atomic(AccountSettings.objects.create)(user_id=user_id)
    except IntegrityError:
        return


@atomic
def _change_settings(
    actor: Viewer, changes: SettingsChanges, check: Callable[[SettingsCard], None]
) -> SettingsCard:
    take_turns(actor.id)
    before = get_settings(actor.id)
    check(before)
    _write(actor.id, before, changes)
    is_private = changes.get("is_private", before.is_private)
    if is_private != before.is_private:
        _change_privacy(actor.id, is_private=is_private)
    bump(f"user:{actor.id}")
    emit(SettingsChanged(actor.id))
    return get_settings(actor.id)


def _write(user_id: uuid.UUID, before: SettingsCard, changes: SettingsChanges) -> None:
    values: dict[str, Any] = {
        name: changes[name] for name in ("who_may_message", "who_may_mention") if name in changes
    }
    if "notifications" in changes:
        values["notifications"] = merge_notifications(before.notifications, changes["notifications"])
    AccountSettings.objects.filter(user_id=user_id).update(version=F("version") + 1, **values)


def _change_privacy(user_id: uuid.UUID, *, is_private: bool) -> None:
    User.objects.filter(pk=user_id).update(is_private=is_private)
    if not is_private:
        accept_all_requests(user_id)
    ports.audience_changed.call(user_id)
