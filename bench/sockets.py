"""WebSockets as clients that cost next to nothing: they find the ends of frames and read little else.

Every socket of a load lives in one event loop. A frame to the server is masked with zeros, which is
valid and leaves the text as it is. Compression is not offered.
"""

import asyncio
import functools
import itertools
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
AT_ONCE = 16  # sockets that are being opened
ROOM = "room"  # of python-socketio

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA

Taker = Callable[["Socket", bytes, int, int], None]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the sockets of a server are greeted: what is sent to open one, and the dialogue until it is open.

    `dialogue` lists pairs: the server's next frame begins with the first text, and the second is the
    answer, if any.
    """

    path: str
    subprotocol: str
    dialogue: Sequence[tuple[bytes, bytes]]
    pings: bytes = b""  # a text frame that says only this is answered by `pongs`
    pongs: bytes = b""

    def opening(self, authorization: str) -> bytes:
        """Write the request that opens a socket."""
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {HOST}",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Proto: https",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        ]
        if self.subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {self.subprotocol}")
        if authorization:
            lines.append(f"Authorization: {authorization}")
        return "\r\n".join([*lines, "", ""]).encode()


GROVER = Dialect("/ws/", "grover.v1", ((b'{"type":"hello"', b""),))
SOCKETIO = Dialect(
    "/socket.io/?EIO=4&transport=websocket", "", ((b"0{", b"40"), (b"40{", b"")), pings=b"2", pongs=b"3"
)
BARE = Dialect("/", "", ())


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """Write a frame as clients send it."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    return head + bytes(4) + payload


def unmasked(payload: bytes) -> bytes:
    """Write a text frame as servers send it."""
    size = len(payload)
    return (struct.pack("!BB", 0x81, size) if size < 126 else struct.pack("!BBH", 0x81, 126, size)) + payload


class Socket(asyncio.Protocol):
    """One socket; `take` gets what a read brought, and where in it each text frame begins and ends."""

    def __init__(self, dialect: Dialect, opening: bytes, take: Taker) -> None:
        self._dialogue = list(dialect.dialogue)
        self._pings, self._pongs = dialect.pings, masked(dialect.pongs)
        self._opening = opening
        self._take = take
        self._rest = b""
        self._is_upgraded = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.error: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.write(self._opening)

    def send(self, frame: bytes) -> None:
        """Send a frame that is masked already."""
        self.transport.write(frame)

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        if not self._is_upgraded:
            at = self._upgrade(data)
            if not self._is_upgraded:
                self._rest = data
                return
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
            stop = start + size
            if stop > end:
                break
            if data[at] == 0x80 | TEXT and not self._dialogue and size > 1:
                self._take(self, data, start, stop)
            else:
                self._answer(data[at] & 0x0F, data[start:stop])
            at = stop
        self._rest = data[at:]

    def _upgrade(self, data: bytes) -> int:
        """Read the answer to the opening request; give where the frames begin, if it is all there."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        if not data.startswith(b"HTTP/1.1 101"):
            self._fail(ConnectionRefusedError(f"The server refuses a socket: {data[:300]!r}"))
            return 0
        self._is_upgraded = True
        self._go_on()
        return end + 4

    def _answer(self, opcode: int, payload: bytes) -> None:
        """Answer whatever is not for the load: the dialogue at the beginning, and pings."""
        if opcode == PING:
            self.send(masked(payload, PONG))
        elif opcode == CLOSE:
            code = int.from_bytes(payload[:2])
            self._fail(ConnectionResetError(f"The server closed a socket: {code} {payload[2:]!r}"))
        elif self._pings and payload == self._pings:
            self.send(self._pongs)
        elif self._dialogue and payload.startswith(self._dialogue[0][0]):
            _, answer = self._dialogue.pop(0)
            if answer:
                self.send(masked(answer))
            self._go_on()

    def _go_on(self) -> None:
        if not self._dialogue and not self.opened.done():
            self.opened.set_result(None)

    def _fail(self, error: Exception) -> None:
        self.error = self.error or error
        if not self.opened.done():
            self.opened.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionResetError("The server hung up"))


async def open_sockets(port: int, dialect: Dialect, openings: Sequence[bytes], take: Taker) -> list[Socket]:
    """Open a socket with each of these requests, a few at a time; they come in that order."""
    loop = asyncio.get_running_loop()
    left = enumerate(openings)
    sockets: dict[int, Socket] = {}

    async def open_some() -> None:
        for place, opening in left:
            make = functools.partial(Socket, dialect, opening, take)
            _, one = await loop.create_connection(make, HOST, port)
            await asyncio.wait_for(one.opened, PATIENCE_SECONDS)
            sockets[place] = one

    await asyncio.gather(*(open_some() for _ in itertools.repeat(None, min(AT_ONCE, len(openings)))))
    return [sockets[place] for place in range(len(openings))]


def raise_if_lost(sockets: Sequence[Socket]) -> None:
    """Refuse to measure with sockets that the server has closed."""
    if lost := [one.error for one in sockets if one.error]:
        raise ConnectionResetError(f"The server closed {len(lost)} sockets") from lost[0]
