"""Sending frames to sockets, wherever they are open: a hint that arrives early, never the truth.

A frame goes to a group: all sockets of a person, or those of the members of a conversation. It is
encoded once, here, and published through the channel layer by a connection this process keeps; the
hub of each realtime process hands it to the sockets. Losing one loses nothing that is not stored.
"""

import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from channels.layers import get_channel_layer

from grover.core import encoding

logger = logging.getLogger(__name__)

FRAME = "frame"  # the type of our messages on the channel layer


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to get a frame: the sockets of a group, as it was at a version of its roster.

    Of those, not the sockets of the people in `hidden_from`. A hub that knows an older roster reads the
    new one before it delivers, so that whoever was removed gets nothing more.
    """

    group: str
    roster: int = 0
    hidden_from: frozenset[uuid.UUID] = frozenset()


def to_user(user_id: uuid.UUID) -> Audience:
    """Address all sockets of one person."""
    return Audience(f"user.{user_id}")


def to_users(user_ids: Collection[uuid.UUID]) -> list[Audience]:
    """Address all sockets of a few people."""
    return [to_user(user_id) for user_id in user_ids]


def to_conversation(
    conversation_id: uuid.UUID, *, roster: int, hidden_from: Collection[uuid.UUID] = ()
) -> Audience:
    """Address the sockets of the members of a conversation, but those of some people."""
    return Audience(f"conversation.{conversation_id}", roster, frozenset(hidden_from))


def publish(audience: Audience, text: str) -> None:
    """Hand a frame, as the JSON text that sockets send, to the realtime processes; never raises."""
    message: dict[str, Any] = {
        "type": FRAME,
        "group": audience.group,
        "roster": audience.roster,
        "hidden_from": [str(user_id) for user_id in audience.hidden_from],
        "text": text,
    }
    try:
        get_channel_layer().publish(audience.group, message)
    except Exception:
        logger.warning("A frame was not published; clients will fetch what it told of", exc_info=True)


def frame_of(event_type: str, data: Any, at: Any) -> str:
    """Write an event as a socket sends it."""
    return encoding.dumps({"type": event_type, "data": data, "at": at}).decode()
