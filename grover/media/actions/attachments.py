"""Uploads and the things that show them."""

import uuid
from collections.abc import Sequence

from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.media.actions.stored import bump_readers, remove_uploads
from grover.media.cards import MediaCard
from grover.media.enums import MediaAccess, MediaState
from grover.media.models import Media
from grover.media.selectors import card_of


@atomic
def attach_media(
    owner_id: uuid.UUID, *, media_ids: Sequence[uuid.UUID], to: str, restricted: bool
) -> list[MediaCard]:
    """Hang uploads on a thing of their owner's, such as `post:<id>`; gives them in the same order.

    Joins the caller's transaction. Invalid, naming the place in `/media_ids`, for an upload that is
    unknown, somebody else's, failed, named twice, or shown by something already.
    """
    free = Media.objects.filter(owner_id=owner_id, attached_to="").exclude(state=MediaState.FAILED)
    access = MediaAccess.RESTRICTED if restricted else MediaAccess.PUBLIC
    for index, media_id in enumerate(media_ids):
        if free.filter(pk=media_id).update(attached_to=to, access=access) != 1:
            raise Invalid.at(
                f"/media_ids/{index}", "not_available", "No upload of yours that is free to be shown"
            )
    attached = {media.pk: media for media in Media.objects.filter(pk__in=list(media_ids))}
    for media in attached.values():
        bump_readers(media)
    return [card_of(attached[media_id]) for media_id in media_ids]


@atomic
def release_media(*, of: str) -> None:
    """Let uploads that hang on a thing hang on nothing again; joins the caller's transaction."""
    for media in Media.objects.filter(attached_to=of):
        Media.objects.filter(pk=media.pk).update(attached_to="", access=MediaAccess.RESTRICTED)
        bump_readers(media)


@atomic
def set_restricted(*, to: str, restricted: bool) -> None:
    """Change who may fetch the uploads that hang on a thing; joins the caller's transaction."""
    _set_access(to, MediaAccess.RESTRICTED if restricted else MediaAccess.PUBLIC)


@atomic
def withhold_media(*, to: str) -> None:
    """Let nobody see the uploads that hang on a thing, not even their owner, until `set_restricted`.

    Joins the caller's transaction.
    """
    _set_access(to, MediaAccess.WITHHELD)


def _set_access(to: str, access: MediaAccess) -> None:
    for media in Media.objects.filter(attached_to=to).exclude(access=access):
        Media.objects.filter(pk=media.pk).update(access=access)
        bump_readers(media)


@atomic
def delete_attached(*, to: str) -> None:
    """Delete the uploads that hang on a thing, and their files; joins the caller's transaction."""
    remove_uploads(list(Media.objects.filter(attached_to=to)), attached_to=to)
