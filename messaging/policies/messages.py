"""What may be in a message, and who may change one."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from grover.core.errors import Invalid
from grover.core.viewers import Viewer
from grover.media.cards import MediaCard
from grover.media.enums import MediaKind
from messaging.enums import MessageKind
from messaging.errors.messages import EditTooLate, MessageWasUnsent, NotTheSender
from messaging.models import Message

MOST_IMAGES = 10
EDITABLE_FOR = dt.timedelta(minutes=15)

# Which uploads a message of a kind may show.
MEDIA_OF: Mapping[str, frozenset[str]] = {
    MessageKind.TEXT: frozenset({MediaKind.IMAGE}),
    MessageKind.VOICE: frozenset({MediaKind.AUDIO}),
    MessageKind.VIDEO: frozenset({MediaKind.VIDEO}),
    MessageKind.GIF: frozenset({MediaKind.IMAGE}),
    MessageKind.SHARED: frozenset(),
}
_ONE_UPLOAD = frozenset({MessageKind.VOICE, MessageKind.VIDEO, MessageKind.GIF})


def check_content(
    kind: str, *, text: str, media_ids: Sequence[uuid.UUID], shared: tuple[str, uuid.UUID] | None
) -> None:
    """Refuse a message whose parts do not fit its kind."""
    if kind in _ONE_UPLOAD and len(media_ids) != 1:
        raise Invalid.at("/media_ids", "exactly_one", "A message of that kind has exactly one upload")
    if media_ids and not MEDIA_OF[kind]:
        raise Invalid.at("/media_ids", "not_of_kind", "A message of that kind has no uploads")
    if (kind == MessageKind.SHARED) != (shared is not None):
        raise Invalid.at("/shared", "not_of_kind", "What is shared goes with the kind `shared`")
    if kind == MessageKind.TEXT:
        check_says_something(text, has_media=bool(media_ids))


def check_says_something(text: str, *, has_media: bool) -> None:
    """Refuse a message of the kind text that has neither a text nor uploads."""
    if not text and not has_media:
        raise Invalid.at("/text", "blank", "A message has a text, uploads, or both")


def check_media(kind: str, media: Sequence[MediaCard]) -> None:
    """Refuse uploads that a message of this kind does not show."""
    for index, upload in enumerate(media):
        if upload.kind not in MEDIA_OF[kind]:
            raise Invalid.at(f"/media_ids/{index}", "wrong_kind", "No upload that such a message shows")


def check_is_sender(actor: Viewer, message: Message) -> None:
    """Refuse what only who sent a message may do to it."""
    if message.sender_id != actor.id:
        raise NotTheSender


def check_is_there(message: Message) -> None:
    """Refuse what cannot be done to a tombstone."""
    if message.unsent_at is not None:
        raise MessageWasUnsent


def check_can_edit(actor: Viewer, message: Message, now: dt.datetime) -> None:
    """Refuse to edit a message that is not one's own, not there any more or too old."""
    check_is_sender(actor, message)
    check_is_there(message)
    if now - message.created_at > EDITABLE_FOR:
        raise EditTooLate
