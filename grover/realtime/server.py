"""Uvicorn's WebSocket protocol, with a way to write one encoded frame to many sockets.

Given to uvicorn as `--ws grover.realtime.server:SocketProtocol`, without compression. What is written
here never waits: the line of a socket keeps what the connection does not take.
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "grover.connection"
CLOSING_LASTS = 5.0  # seconds for the client to answer a close


class SocketProtocol(WebSocketsSansIOProtocol):
    """A connection that takes frames as they go over the wire."""

    on_writable: Callable[[], None] | None = None

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = self  # type: ignore[index,assignment]

    @property
    def is_open(self) -> bool:
        """Whether frames may still be written."""
        return self.handshake_complete and not (
            self.close_sent or self.disconnected or self.transport.is_closing()
        )

    def write(self, wire: bytes) -> None:
        """Write a whole frame, as `wire_of` encodes it."""
        self.transport.write(wire)

    def close(self, code: int) -> None:
        """Close with a code; a client that does not answer is dropped, whatever it has not read."""
        if not self.is_open:
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": None})
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSING_LASTS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_writable is not None:
            self.on_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        self.on_writable = None
        if hasattr(self, "scope"):
            self.scope["extensions"].pop(EXTENSION, None)  # type: ignore[union-attr]
        super().connection_lost(exc)
