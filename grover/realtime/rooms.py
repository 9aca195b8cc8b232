"""Rooms: the conversations of which this process has members with open sockets."""

import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


@dataclass(slots=True)
class Person:
    """Somebody with open sockets here, and the conversations they are in."""

    sockets: set[Any] = field(default_factory=set)
    conversations: set[uuid.UUID] = field(default_factory=set)


@dataclass(slots=True)
class Room:
    """A conversation: which of the people here are members, and the version of the roster that says so.

    Version 0 is known to nobody: the next frame makes the hub read it. Frames that come meanwhile wait.
    """

    members: set[uuid.UUID] = field(default_factory=set)
    version: int = 0
    waiting: deque[Message] | None = None


def id_of(group: str) -> uuid.UUID:
    """Read the id out of the name of a group."""
    return uuid.UUID(group.partition(".")[2])
