"""Changing how one shows oneself."""

import uuid
from collections.abc import Callable
from typing import Any, TypedDict

from django.db import IntegrityError
from django.db.models import F

from accounts.actions.emails import change_email
from accounts.actions.names import keep_name_words
from accounts.cards.people import OwnProfileCard
from accounts.enums import AccountStatus
from accounts.errors.identity import UsernameTaken
from accounts.events.people import ProfileChanged
from accounts.models import User
from accounts.policies.usernames import check_username, skeleton_of
from accounts.selectors.profiles import get_own_profile
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.viewers import Viewer
from grover.media.actions.attachments import attach_media, delete_attached

_WRITTEN = ("display_name", "bio", "website", "location")
_PICTURES = ("avatar_id", "cover_id")


class ProfileChanges(TypedDict, total=False):
    """What to change of a profile; what is left out stays as it is."""

    display_name: str
    bio: str
    website: str
    location: str
    avatar_id: uuid.UUID | None
    cover_id: uuid.UUID | None
    username: str
    email: str


def change_profile(
    actor: Viewer, *, changes: ProfileChanges, check: Callable[[OwnProfileCard], None]
) -> OwnProfileCard:
    """Change one's profile; UsernameTaken when somebody has the name or one that looks like it.

    `check` is given the profile as it is, and raises when it is not what the client has seen. A new
    email address asks for a recent password and takes effect when it is confirmed.
    """
    try:
        return _change_profile(actor, changes, check)
    except IntegrityError as error:
        raise UsernameTaken from error


@atomic
def _change_profile(
    actor: Viewer, changes: ProfileChanges, check: Callable[[OwnProfileCard], None]
) -> OwnProfileCard:
    active = User.objects.filter(pk=actor.id, status=AccountStatus.ACTIVE)
    if not active.update(version=F("version") + 1):  # first of all, so that racing changes take turns
        raise NotFound
    before = get_own_profile(actor)
    check(before)
    values: dict[str, Any] = {name: changes[name] for name in _WRITTEN if name in changes}  # type: ignore[literal-required]
    if "username" in changes:
        values |= _name(changes["username"])
    for name in _PICTURES:
        if name in changes and changes[name] != getattr(before, name):  # type: ignore[literal-required]
            values[name] = _hang(actor, name, changes[name])  # type: ignore[literal-required]
    if values:
        active.update(**values)
    if "display_name" in values:
        keep_name_words(actor.id, values["display_name"])
    if "username" in values:
        bump("names")
    if "email" in changes and changes["email"].lower() != before.email:
        change_email(actor, email=changes["email"])
    bump(f"user:{actor.id}")
    emit(ProfileChanged(actor.id))
    return get_own_profile(actor)


def _name(username: str) -> dict[str, str]:
    name = check_username(username)
    return {"username": name, "username_skeleton": skeleton_of(name)}


def _hang(actor: Viewer, field: str, media_id: uuid.UUID | None) -> uuid.UUID | None:
    """Put a picture of the actor's in place of the present one, which is deleted."""
    place = f"user:{actor.id}:{field.removesuffix('_id')}"
    delete_attached(to=place)
    if media_id is not None:
        try:
            [card] = attach_media(actor.id, media_ids=[media_id], to=place, restricted=False)
        except Invalid as refusal:
            reason = refusal.errors[0]
            raise Invalid.at(f"/{field}", reason.code, reason.detail) from refusal
        if card.kind != "image" or card.state != "ready":
            raise Invalid.at(f"/{field}", "not_ready", "An image whose processing is done")
    return media_id
