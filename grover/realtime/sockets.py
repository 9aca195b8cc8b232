"""One open socket: who it is signed in for and until when, what it is sent, how it is closed."""

import asyncio
import datetime as dt
import uuid

from django.utils import timezone

from grover.core.broadcast import frame_of
from grover.core.events import Event
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from grover.realtime import metrics
from grover.realtime.lines import Line, Outgoing
from grover.realtime.typing import Typing

MOST_HELD = 1_000  # frames that came before `hello`

GOING_AWAY = 1001
POLICY = 1008
TOO_BIG = 1009
RESTARTING = 1012
NOT_SIGNED_IN = 4401
NO_SUCH_PATH = 4404
TOO_SLOW = 4408
TOO_MANY = 4429


class Socket:
    """An open socket, known to the hub while it is open."""

    __slots__ = (
        "_held",
        "_line",
        "expires_at",
        "has_seat",
        "id",
        "is_closed",
        "loop",
        "typing",
        "viewer",
        "was_warned",
    )

    def __init__(self, viewer: Viewer, expires_at: dt.datetime, line: Line) -> None:
        self.id: uuid.UUID = new_id()
        self.viewer = viewer
        self.expires_at = expires_at
        self.was_warned = False
        self.is_closed = False
        self.has_seat = False
        self.loop = asyncio.get_running_loop()
        self.typing = Typing(self.loop, viewer)
        self._line = line
        self._held: list[Outgoing] | None = []

    def greet(self, event: Event) -> None:
        """Send `hello`, and after it what came before."""
        self.send(Outgoing(frame_of(event.type, event, timezone.now())))
        held, self._held = self._held, None
        for frame in held or ():
            self.deliver(frame)

    def deliver(self, frame: Outgoing) -> None:
        """Send an event; one that comes before `hello` waits for it."""
        if self._held is None:
            self.send(frame)
        elif len(self._held) < MOST_HELD:
            self._held.append(frame)

    def send(self, frame: Outgoing) -> None:
        """Send a frame now; whoever does not read is cut."""
        if not self.is_closed and not self._line.write(frame):
            self.close(TOO_SLOW, drop=True)

    def tell(self, event: Event) -> None:
        """Send an event of the socket's own."""
        self.send(Outgoing(frame_of(event.type, event, timezone.now())))

    def close(self, code: int, *, drop: bool = False) -> None:
        """Close the socket; nothing is delivered any more."""
        if not self.is_closed:
            self.is_closed = True
            metrics.sockets_cut.labels(str(code)).inc()
            self._line.close(code, drop=drop)

    def stands_still(self) -> bool:
        """Tell whether the client has read nothing for long."""
        return not self.is_closed and self._line.stands_still()

    def renew(self, expires_at: dt.datetime) -> None:
        """Stay open until a later moment."""
        self.expires_at = expires_at
        self.was_warned = False
