"""How fast one process hands what is said in a group to many sockets, beside python-socketio.

Both kinds of server are asked in turns by one process, which publishes into the group and holds all
sockets, one of each member. A group of 2,000 is larger than people can make one.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench import servers
from bench.crowd import Crowds, Held
from bench.data import World
from bench.environment import DATABASE, Services
from bench.plan import Plan
from bench.publishers import OfBareRoom, OfGrover, OfSocketio, Publisher
from bench.report import Table
from bench.requests import authorization
from bench.servers import Server
from bench.sockets import BARE, GROVER, ROOM, SOCKETIO, Dialect

RATE = 10_000  # deliveries a second
FIRST_SOCKETS = 50  # are open before the memory of the others is measured
SETTLED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one kind of server did: deliveries per second at most, processor time of each, and the rest."""

    rate: float
    cpu_us: float
    held: Held
    socket_bytes: float


@dataclass(frozen=True, slots=True)
class Step:
    """Both kinds of server, and what the sockets of the load take from a server that does nothing."""

    sockets: int
    grover: Result
    socketio: Result
    limit: float


def measure_fanout(services: Services, crowds: Crowds, world: World, plan: Plan) -> list[Step]:
    """Measure groups of each size."""
    return [_measure(services, crowds, world, number, plan) for number in plan.sockets]


def tables(steps: Sequence[Step]) -> list[Table]:
    """Show it."""
    shown = Table(
        "What is said in a group, handed to its sockets by one process",
        ("", "deliveries/s", "ratio", "server CPU us", f"at {RATE:,}/s: delivered/s", "p50 ms", "p99 ms",
         "KB per idle socket"),
    )  # fmt: skip
    if lost := sum(side.held.lost for step in steps for side in (step.grover, step.socketio)):
        shown.note = f"{lost:,} deliveries of the fixed rate never came; they count as late as it took."
    limits = Table("The sockets of the load against a server that does nothing", ("", "deliveries/s"))
    for step in steps:
        for name, one in (("Grover", step.grover), ("python-socketio", step.socketio)):
            shown.rows.append(
                (f"{step.sockets:,} sockets, {name}", one.rate, f"{one.rate / step.socketio.rate:.2f} x",
                 one.cpu_us, one.held.rate, one.held.p50, one.held.p99, one.socket_bytes / 1e3)
            )  # fmt: skip
        limits.rows.append((f"{step.sockets:,} sockets", step.limit))
    return [shown, limits]


@dataclass(frozen=True, slots=True)
class _Side:
    """One kind of server under measurement."""

    name: str
    server: Server
    publisher: Publisher
    socket_bytes: float


def _measure(services: Services, crowds: Crowds, world: World, number: int, plan: Plan) -> Step:
    members = world.people[:number]
    group = OfGrover(world.add_conversation(members))
    openings = [GROVER.opening(authorization(member)) for member in members]
    with (
        servers.realtime(services.settings(DATABASE)) as grover_server,
        servers.socketio_room(services.socketio_settings()) as socketio_server,
    ):
        sides = [
            _fill(crowds, "grover", grover_server, group, GROVER, openings),
            _fill(crowds, "socketio", socketio_server, OfSocketio(services.redis_url, ROOM), SOCKETIO,
                  [SOCKETIO.opening("")] * number),
        ]  # fmt: skip
        rounds = [[_saturate(crowds, side, plan) for side in sides] for _ in range(plan.rounds)]
        helds = [crowds.hold(side.name, side.publisher, RATE, plan.fanout_seconds) for side in sides]
        for side in sides:
            crowds.close(side.name)
    grover, socketio = (
        Result(
            statistics.median(one[place][0] for one in rounds),
            statistics.median(one[place][1] for one in rounds),
            helds[place],
            side.socket_bytes,
        )
        for place, side in enumerate(sides)
    )
    return Step(number, grover, socketio, _limit(crowds, number, plan))


def _fill(
    crowds: Crowds,
    name: str,
    server: Server,
    publisher: Publisher,
    dialect: Dialect,
    openings: Sequence[bytes],
) -> _Side:
    """Open all sockets of a server, and see how its memory grows with them."""
    crowds.open(name, server.port, dialect, openings[:FIRST_SOCKETS])
    crowds.rest(SETTLED_SECONDS)
    before = server.resident_bytes
    crowds.open(name, server.port, dialect, openings[FIRST_SOCKETS:])
    crowds.rest(SETTLED_SECONDS)
    grown = server.resident_bytes - before
    return _Side(name, server, publisher, grown / (len(openings) - FIRST_SOCKETS))


def _saturate(crowds: Crowds, side: _Side, plan: Plan) -> tuple[float, float]:
    """Give deliveries per second, and microseconds of the server's processor time for each."""
    before = side.server.cpu_seconds
    rate, delivered = crowds.saturate(side.name, side.publisher, plan.fanout_seconds)
    return rate, (side.server.cpu_seconds - before) * 1e6 / delivered


def _limit(crowds: Crowds, number: int, plan: Plan) -> float:
    """Give how many deliveries a second the sockets of the load can take."""
    with servers.bare_room() as room:
        crowds.open("bare", room.port, BARE, [BARE.opening("")] * number)
        rate, _ = crowds.saturate("bare", OfBareRoom(room.port), plan.fanout_seconds)
        crowds.close("bare")
    return rate
