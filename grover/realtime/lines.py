"""Lines: how frames leave through one socket, and when a client that does not read is cut.

Under uvicorn a line writes to the connection itself; under daphne it sends as ASGI does.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from grover.realtime.frames import wire_of
from grover.realtime.server import EXTENSION, SocketProtocol

MOST_WAITING = 1_000  # frames
LOWEST_OF_DAPHNE = 3_000  # it lets no application close with 1008: that is 4008 here
STANDSTILL_LASTS = 30.0  # seconds that nothing at all is taken

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Outgoing:
    """A text on its way to any number of sockets, encoded once."""

    __slots__ = ("_wire", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        if self._wire is None:
            self._wire = wire_of(self.text)
        return self._wire


class Line(Protocol):
    """A way out."""

    def write(self, frame: Outgoing) -> bool:
        """Send a frame, now or later; False when too many wait already."""

    def stands_still(self) -> bool:
        """Tell whether the client has taken nothing for long, though something waits."""

    def close(self, code: int, *, drop: bool = False) -> None:
        """Close the socket, after what waits or, to `drop` it, at once."""


def line_of(scope: dict[str, Any], send: Send) -> Line:
    """Make the line of a socket that has been accepted."""
    connection = (scope.get("extensions") or {}).get(EXTENSION)
    return AsgiLine(send) if connection is None else WireLine(connection)


class WireLine:
    """A line that writes to uvicorn's connection."""

    __slots__ = ("_connection", "_waiting", "_waits_since")

    def __init__(self, connection: SocketProtocol) -> None:
        self._connection = connection
        self._waiting: deque[bytes] | None = None
        self._waits_since = 0.0
        connection.on_writable = self._flush

    def write(self, frame: Outgoing) -> bool:
        connection = self._connection
        if not connection.is_open:
            return True
        if self._waiting is None and connection.writable.is_set():
            connection.write(frame.wire)
            return True
        if self._waiting is None:
            self._waiting = deque()
            self._waits_since = time.monotonic()
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.append(frame.wire)
        return True

    def stands_still(self) -> bool:
        return self._waiting is not None and time.monotonic() - self._waits_since > STANDSTILL_LASTS

    def close(self, code: int, *, drop: bool = False) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting and not drop and self._connection.is_open:
            self._connection.write(b"".join(waiting))
        self._connection.close(code)

    def _flush(self) -> None:
        connection = self._connection
        self._waits_since = time.monotonic()
        while self._waiting and connection.is_open and connection.writable.is_set():
            connection.write(self._waiting.popleft())
        if not self._waiting:
            self._waiting = None


class AsgiLine:
    """A line that sends as ASGI does, one frame after the other."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: deque[dict[str, Any]] = deque()
        self._took_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def write(self, frame: Outgoing) -> bool:
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._put({"type": "websocket.send", "text": frame.text})
        return True

    def stands_still(self) -> bool:
        return bool(self._waiting) and time.monotonic() - self._took_at > STANDSTILL_LASTS

    def close(self, code: int, *, drop: bool = False) -> None:
        if drop:
            self._waiting.clear()
        self._put({"type": "websocket.close", "code": code if code >= LOWEST_OF_DAPHNE else 3000 + code})
        self._is_closed = True

    def _put(self, message: dict[str, Any]) -> None:
        if self._is_closed:
            return
        self._waiting.append(message)
        if self._task is None:
            self._took_at = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._waiting:
                await self._send(self._waiting.popleft())
                self._took_at = time.monotonic()
        except Exception:  # noqa: BLE001 - the client is gone, which the reading side is told
            self._is_closed = True
            self._waiting.clear()
        finally:
            self._task = None
