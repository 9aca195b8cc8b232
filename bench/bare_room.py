"""A room without anything: what comes in on one connection is written to all sockets.

It shows how much the sockets of the load can take.
"""

import asyncio
import sys

import uvloop

from bench.sockets import unmasked

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
ANSWERED = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

_sockets: set[asyncio.WriteTransport] = set()


class _Room(asyncio.Protocol):
    """A socket, or the connection over which lines come that are for the sockets."""

    transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET "):
            is_socket = b"Upgrade: websocket" in data
            self.transport.write(UPGRADED if is_socket else ANSWERED)
            if is_socket:
                _sockets.add(self.transport)
        elif self.transport not in _sockets:
            *lines, self._rest = (self._rest + data).split(b"\n")
            for frame in map(unmasked, lines):
                for one in _sockets:
                    one.write(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        _sockets.discard(self.transport)


async def serve(port: int) -> None:
    """Serve the room on a port until killed."""
    server = await asyncio.get_running_loop().create_server(_Room, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
