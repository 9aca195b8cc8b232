"""Crowds of sockets, in a process of their own that also publishes what they receive.

Publishing once per five hundred deliveries costs this process nothing worth mentioning, and lets one
clock tell when a frame was due and when it came.
"""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import uvloop

from bench.load import Outcome
from bench.sockets import Dialect, Socket, open_sockets, raise_if_lost

if TYPE_CHECKING:
    from bench.publishers import Publisher  # needs Django

FRAMES_UNDER_WAY = 8
WARM_UP_SECONDS = 1.0
DRAIN_SECONDS = 20.0
PATIENCE_SECONDS = 3.0  # without any delivery, then what is missing is lost
ACK, REFUSAL = b'{"type":"ack"', b'{"type":"error"'


@dataclass(frozen=True, slots=True)
class Held:
    """What came of a fixed rate: deliveries per second, latencies in milliseconds, and what never came.

    A delivery that never came counts as late as the whole measurement.
    """

    rate: float
    p50: float
    p99: float
    lost: int


class Crowds:
    """The process that holds the sockets; it is a Grover process too, to publish as one."""

    def __enter__(self) -> Self:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_set_up)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def open(self, name: str, port: int, dialect: Dialect, openings: Sequence[bytes]) -> None:
        """Open sockets, more of them where the crowd exists."""
        self._run(_open, name, port, dialect, openings)

    def close(self, name: str) -> None:
        """Close the sockets of a crowd."""
        self._run(_close, name)

    def rest(self, seconds: float) -> None:
        """Let the sockets read what comes, and answer pings."""
        self._run(_rest, seconds)

    def saturate(self, name: str, publisher: "Publisher", seconds: float) -> tuple[float, int]:
        """Publish as fast as all sockets get it; give deliveries per second, and all that were made."""
        outcome: tuple[float, int] = self._run(_saturate, name, publisher, seconds)
        return outcome

    def hold(self, name: str, publisher: "Publisher", rate: float, seconds: float) -> Held:
        """Publish so that a fixed number of deliveries a second is due, whether they come or not."""
        held: Held = self._run(_hold, name, publisher, rate, seconds)
        return held

    def talk(
        self, port: int, dialect: Dialect, openings: Sequence[bytes], commands: Sequence[Sequence[bytes]],
        seconds: float,
    ) -> Outcome:  # fmt: skip
        """Send the commands of each socket in a closed loop, the next one when the last is acked."""
        outcome: Outcome = self._run(_talk, port, dialect, openings, commands, seconds)
        return outcome

    def _run(self, function: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        return self._pool.submit(_in_loop, function, arguments).result()


_loop = uvloop.new_event_loop()
_crowds: dict[str, "_Crowd"] = {}


def _set_up() -> None:
    import django  # its settings read the environment

    django.setup()
    gc.disable()


def _in_loop(function: Callable[..., Awaitable[Any]], arguments: Sequence[Any]) -> Any:
    async def main() -> Any:
        return await function(*arguments)

    asyncio.set_event_loop(_loop)
    return _loop.run_until_complete(main())


class _Crowd:
    """Sockets that are all to get the same frames."""

    def __init__(self) -> None:
        from bench.publishers import MARK, STAMP_DIGITS  # needs Django

        self._mark, self._before, self._digits = MARK, len(MARK), STAMP_DIGITS
        self.sockets: list[Socket] = []
        self.published = self.delivered = self.lost = 0
        self._wakes_at = 0
        self._wake = asyncio.Event()
        self.latencies: list[int] | None = None

    def take(self, socket: Socket, data: bytes, start: int, stop: int) -> None:
        """Count a frame, and note how late it is."""
        place = data.find(self._mark, start, stop)
        if place < 0:
            return
        self.delivered += 1
        if self.latencies is not None:
            place += self._before
            self.latencies.append(time.perf_counter_ns() - int(data[place : place + self._digits]))
        if self.delivered >= self._wakes_at:
            self._wake.set()

    async def publish(self, publisher: "Publisher", due: int) -> None:
        self.published += 1
        await publisher.publish(due)

    async def until_behind_by(self, frames: int) -> int:
        """Wait until at most this many frames are under way; give how many deliveries never came."""
        wanted = (self.published - frames) * len(self.sockets) - self.lost
        self._wakes_at = wanted
        while (before := self.delivered) < wanted:
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), PATIENCE_SECONDS)
            except TimeoutError:
                raise_if_lost(self.sockets)
                if self.delivered == before:
                    self.lost += wanted - before
                    return wanted - before
        return 0


async def _open(name: str, port: int, dialect: Dialect, openings: Sequence[bytes]) -> None:
    crowd = _crowds.setdefault(name, _Crowd())
    crowd.sockets += await open_sockets(port, dialect, openings, crowd.take)


async def _close(name: str) -> None:
    for socket in _crowds.pop(name).sockets:
        socket.transport.abort()


async def _rest(seconds: float) -> None:
    await asyncio.sleep(seconds)
    for crowd in _crowds.values():
        raise_if_lost(crowd.sockets)


async def _saturate(name: str, publisher: "Publisher", seconds: float) -> tuple[float, int]:
    crowd = _crowds[name]
    at_first = crowd.delivered
    await _publish_until(crowd, publisher, time.perf_counter() + WARM_UP_SECONDS)
    started, before = time.perf_counter(), crowd.delivered
    await _publish_until(crowd, publisher, started + seconds)
    rate = (crowd.delivered - before) / (time.perf_counter() - started)
    await crowd.until_behind_by(0)
    return rate, crowd.delivered - at_first


async def _publish_until(crowd: _Crowd, publisher: "Publisher", ends_at: float) -> None:
    while time.perf_counter() < ends_at:
        await crowd.publish(publisher, time.perf_counter_ns())
        await crowd.until_behind_by(FRAMES_UNDER_WAY - 1)


async def _hold(name: str, publisher: "Publisher", rate: float, seconds: float) -> Held:
    crowd = _crowds[name]
    await crowd.publish(publisher, time.perf_counter_ns())
    await crowd.until_behind_by(0)
    crowd.latencies = []
    interval = len(crowd.sockets) / rate
    started = time.perf_counter()
    frames = round(seconds / interval)
    for number in range(frames):
        due = started + number * interval
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await crowd.publish(publisher, round(due * 1e9))
    lost = await crowd.until_behind_by(0)
    took = max(frames * interval, time.perf_counter() - started)
    delivered, latencies, crowd.latencies = len(crowd.latencies), sorted(crowd.latencies), None
    latencies += [round(took * 1e9)] * lost
    return Held(delivered / took, _percentile(latencies, 50), _percentile(latencies, 99), lost)


def _percentile(latencies: Sequence[int], percent: float) -> float:
    return latencies[round((len(latencies) - 1) * percent / 100)] / 1e6


async def _talk(
    port: int,
    dialect: Dialect,
    openings: Sequence[bytes],
    commands: Sequence[Sequence[bytes]],
    seconds: float,
) -> Outcome:
    """Drive a closed loop until the seconds are over and every socket has its last ack."""
    talk = _Talk()
    sockets = await open_sockets(port, dialect, openings, talk.take)
    started = time.perf_counter()
    talk.ends_at = started + seconds
    for socket, own in zip(sockets, commands, strict=True):
        talk.begin(socket, own)
    while talk.unanswered:
        raise_if_lost(sockets)
        if time.perf_counter() > talk.ends_at + DRAIN_SECONDS:
            raise TimeoutError("The server does not answer")
        await asyncio.sleep(0.01)
    took = talk.last_at - started
    for socket in sockets:
        socket.transport.close()
    return Outcome(took, sorted(talk.latencies), talk.statuses, talk.bytes_read)


class _Talk:
    """Commands under way, at most one on each socket."""

    def __init__(self) -> None:
        self.ends_at = self.last_at = 0.0
        self.unanswered: dict[Socket, float] = {}
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes_read = 0
        self._left: dict[Socket, Iterator[bytes]] = {}

    def begin(self, socket: Socket, commands: Sequence[bytes]) -> None:
        self._left[socket] = iter(commands)
        self._go_on(socket, time.perf_counter())

    def take(self, socket: Socket, data: bytes, start: int, stop: int) -> None:
        """Note an answer; events are passed over."""
        self.bytes_read += stop - start
        is_ack = data.startswith(ACK, start)
        if is_ack or data.startswith(REFUSAL, start):
            self.last_at = time.perf_counter()
            self.latencies.append(self.last_at - self.unanswered.pop(socket))
            self.statuses[200 if is_ack else 400] += 1
            self._go_on(socket, self.last_at)

    def _go_on(self, socket: Socket, now: float) -> None:
        command = next(self._left[socket], None) if now < self.ends_at else None
        if command is not None:
            self.unanswered[socket] = now
            socket.send(command)
