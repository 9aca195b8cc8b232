"""The load generator: HTTP/1.1 over kept connections, with as little work per request as Python allows.

It runs in a process of its own, so that it shares no interpreter lock with anything, and it must be
much faster than what it measures; the part `generator` of the benchmark tests just that. It checks the
status and counts the bytes of an answer, and reads nothing of it.

A closed loop sends the next request when the last is answered, and finds what a server can do at most.
An open loop sends at a fixed rate whether answers come or not, and counts the latency from the moment
at which a request was due: a server that stalls is charged for everybody who waited meanwhile.
"""

import asyncio
import contextlib
import gc
import itertools
import re
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Self

import uvloop

HOST = "127.0.0.1"
DRAIN_SECONDS = 2.0
LONGEST_PAUSE = 0.0005  # seconds between two looks at the clock of an open loop

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a load: the latencies in seconds, ascending, and the answers by status.

    `unanswered` were due but had no answer when the measurement ended.
    """

    seconds: float
    latencies: list[float]
    statuses: Counter[int]
    bytes_read: int
    unanswered: int = 0

    @property
    def answered(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answered / self.seconds

    @property
    def refused(self) -> int:
        """Answers that are not of the 2xx kind."""
        return sum(number for status, number in self.statuses.items() if not 200 <= status < 300)

    def percentile(self, percent: float) -> float:
        """Give the latency, in milliseconds, that this part of the requests stayed below."""
        if not self.latencies:
            return float("nan")
        last = len(self.latencies) - 1
        return self.latencies[round(last * percent / 100)] * 1000


class Generator:
    """The process that generates load; one at a time, and nothing but load."""

    def __init__(self, port: int) -> None:
        self._port = port

    def __enter__(self) -> Self:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def at(self, port: int) -> "Generator":
        """Aim the same process at another server."""
        other = Generator(port)
        other._pool = self._pool
        return other

    def once_each(self, requests: Sequence[bytes], *, connections: int) -> Outcome:
        """Send each request once, in order, the next as soon as a connection is free."""
        return self._run(_once_each, self._port, requests, connections)

    def closed_loop(self, requests: Sequence[bytes], *, connections: int, seconds: float) -> Outcome:
        """Send the requests over and over for some seconds, one at a time on each connection."""
        return self._run(_closed_loop, self._port, requests, connections, seconds)

    def open_loop(
        self, requests: Sequence[bytes], *, connections: int, seconds: float, rate: float
    ) -> Outcome:
        """Send requests at a fixed rate for some seconds, whether answers come or not."""
        return self._run(_open_loop, self._port, requests, connections, seconds, rate)

    def _run(self, function: Callable[..., Outcome], *arguments: Any) -> Outcome:
        return self._pool.submit(function, *arguments).result()


def _once_each(port: int, requests: Sequence[bytes], connections: int) -> Outcome:
    return _in_loop(lambda: _run_closed(port, iter(requests), connections, None))


def _closed_loop(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Outcome:
    return _in_loop(lambda: _run_closed(port, itertools.cycle(requests), connections, seconds))


def _open_loop(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, rate: float
) -> Outcome:
    return _in_loop(lambda: _run_open(port, itertools.cycle(requests), connections, seconds, rate))


def _in_loop(run: Callable[[], Awaitable[Outcome]]) -> Outcome:
    async def main() -> Outcome:
        return await run()

    gc.disable()
    try:
        return uvloop.run(main())
    finally:
        gc.enable()


@dataclass(slots=True)
class _Tally:
    """What is noted while a load runs."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes_read: int = 0
    last_at: float = 0.0

    def note(self, status: int, started: float, size: int) -> None:
        self.last_at = time.perf_counter()
        self.latencies.append(self.last_at - started)
        self.statuses[status] += 1
        self.bytes_read += size

    def outcome(self, seconds: float, unanswered: int = 0) -> Outcome:
        return Outcome(seconds, sorted(self.latencies), self.statuses, self.bytes_read, unanswered)


class _Connection(asyncio.Protocol):
    """One kept connection, with at most one request under way."""

    transport: asyncio.WriteTransport

    def __init__(self, tally: _Tally, when_free: Callable[["_Connection"], None]) -> None:
        self._tally = tally
        self._when_free = when_free
        self._head = b""
        self._missing = 0
        self._size = 0
        self._status = 0
        self._started = 0.0
        self.error: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def send(self, request: bytes, started: float) -> None:
        self._started = started
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        if self._status:
            self._missing -= len(data)
        elif not self._read_head(data):
            return
        if self._missing == 0:
            self._tally.note(self._status, self._started, self._size)
            self._head, self._status, self._size = b"", 0, 0
            self._when_free(self)

    def _read_head(self, data: bytes) -> bool:
        """Read the status and the length of the body; False while the head is not complete."""
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        length = _CONTENT_LENGTH.search(self._head, 0, end)
        self._status = int(self._head[9:12])
        self._missing = (int(length[1]) if length else 0) - (len(self._head) - end - 4)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.error = exc or ConnectionResetError("The server closed a connection")


async def _connect(
    port: int, number: int, tally: _Tally, when_free: Callable[[_Connection], None]
) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    pairs = [
        await loop.create_connection(lambda: _Connection(tally, when_free), HOST, port) for _ in range(number)
    ]
    return [protocol for _, protocol in pairs]


def _close(connections: list[_Connection]) -> None:
    for connection in connections:
        connection.transport.close()


async def _run_closed(port: int, requests: Iterator[bytes], number: int, seconds: float | None) -> Outcome:
    """Drive a closed loop until the requests or the seconds are over."""
    tally = _Tally()
    done = asyncio.Event()
    busy = number
    ends_at = float("inf")

    def go_on(connection: _Connection) -> None:
        nonlocal busy
        now = time.perf_counter()
        request = next(requests, None) if now < ends_at else None
        if request is not None:
            connection.send(request, now)
            return
        busy -= 1
        if not busy:
            done.set()

    connections = await _connect(port, number, tally, go_on)
    started = time.perf_counter()
    if seconds is not None:
        ends_at = started + seconds
    for connection in connections:
        go_on(connection)
    await _until(done, connections, patience=None if seconds is None else seconds + 30)
    _close(connections)
    return tally.outcome(tally.last_at - started)


async def _until(done: asyncio.Event, connections: list[_Connection], *, patience: float | None) -> None:
    """Wait for the end; raise when the server hangs up or takes far too long."""
    gives_up_at = time.perf_counter() + (patience or 300)
    while not done.is_set():
        try:
            await asyncio.wait_for(done.wait(), 0.5)
        except TimeoutError:
            if lost := [connection.error for connection in connections if connection.error]:
                raise ConnectionResetError(f"The server closed {len(lost)} connections") from lost[0]
            if time.perf_counter() > gives_up_at:
                raise TimeoutError("The server does not answer") from None


async def _run_open(
    port: int, requests: Iterator[bytes], number: int, seconds: float, rate: float
) -> Outcome:
    """Send each request when it is due, or as soon after as a connection is free."""
    tally = _Tally()
    waiting: deque[float] = deque()
    free: list[_Connection] = []
    answered = asyncio.Event()
    total = round(rate * seconds)
    sent = 0

    def go_on(connection: _Connection) -> None:
        if waiting:
            connection.send(next(requests), waiting.popleft())
            return
        free.append(connection)
        if sent == total and len(free) == number:
            answered.set()

    connections = await _connect(port, number, tally, go_on)
    free.extend(connections)
    started = time.perf_counter()
    while sent < total:
        now = time.perf_counter()
        due = min(total, int((now - started) * rate) + 1)
        while sent < due:
            waiting.append(started + sent / rate)
            sent += 1
            if free:
                go_on(free.pop())
        await asyncio.sleep(min(LONGEST_PAUSE, max(0.0, started + sent / rate - time.perf_counter())))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(answered.wait(), DRAIN_SECONDS)
    _close(connections)
    ended = max(seconds, tally.last_at - started)
    return tally.outcome(ended, total - len(tally.latencies))
