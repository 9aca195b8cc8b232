"""What each hot operation takes: reads seen for the first time and again, and writes."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import servers
from bench.compare import Measured, measure_loop, measure_once_each
from bench.costs import Call, Cost, count, count_cold_and_warm
from bench.data import COMMON_TAGS, KINDS, Person, World
from bench.environment import DATABASE, Services
from bench.load import Generator
from bench.plan import Plan
from bench.report import Table
from bench.requests import request


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request; `draw` makes up another one."""

    name: str
    draw: Callable[[], Call]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A read that nothing is known of, and the same again."""

    name: str
    cold: Measured
    warm: Measured
    cold_cost: Cost
    warm_cost: Cost


@dataclass(frozen=True, slots=True)
class WriteResult:
    """A write, which is never the same again."""

    name: str
    measured: Measured
    cost: Cost


@dataclass(frozen=True, slots=True)
class Results:
    """Every operation, and the resident memory of the worker after all."""

    reads: Sequence[ReadResult]
    writes: Sequence[WriteResult]
    memory_bytes: int

    def tables(self) -> list[Table]:
        """Show it."""
        reads = Table(
            "Reads",
            ("", "requests/s", "p50 ms", "p99 ms", "CPU ms", "queries", "cache trips",
             "cold: requests/s", "p50 ms", "p99 ms", "queries"),
        )  # fmt: skip
        for one in self.reads:
            warm, cold = one.warm, one.cold
            reads.rows.append(
                (one.name, warm.rate, warm.p50, warm.p99, warm.cpu_ms, one.warm_cost.queries,
                 one.warm_cost.trips, cold.rate, cold.p50, cold.p99, one.cold_cost.queries)
            )  # fmt: skip
        writes = Table("Writes", ("", "requests/s", "p50 ms", "p99 ms", "CPU ms", "queries", "cache trips"))
        for each in self.writes:
            measured, cost = each.measured, each.cost
            writes.rows.append(
                (each.name, measured.rate, measured.p50, measured.p99, measured.cpu_ms,
                 cost.queries, cost.trips)
            )  # fmt: skip
        return [reads, writes]


class Draw:
    """Makes up requests on what is in a world."""

    def __init__(self, world: World, *, seed: int) -> None:
        self._world = world
        self._random = random.Random(seed)

    def reads(self) -> list[Operation]:
        """List the hot reads."""
        return [
            Operation("home feed", lambda: self._get("/feed")),
            Operation("post", lambda: self._get(f"/posts/{self._post_id()}")),
            Operation("comments of a post", lambda: self._get(f"/posts/{self._post_id()}/comments")),
            Operation("profile", lambda: self._get(f"/users/{self._person().id}")),
            Operation("posts of a person", lambda: self._get(f"/users/{self._person().id}/posts")),
            Operation(
                "posts with a tag", lambda: self._get(f"/tags/{self._random.choice(COMMON_TAGS)}/posts")
            ),
            Operation("explore", lambda: self._get("/explore")),
            Operation("tray of stories", lambda: self._get("/stories")),
            Operation("search", lambda: self._get(f"/search?q={self._word()}")),
        ]

    def writes(self) -> list[Operation]:
        """List the hot writes."""
        return [
            Operation("react", self._react),
            Operation("comment", self._comment),
            Operation("publish a post", self._publish),
        ]

    def _react(self) -> Call:
        path = f"/posts/{self._post_id()}/reaction"
        return Call(self._person(), "PUT", path, {"kind": self._random.choice(KINDS)})

    def _comment(self) -> Call:
        path = f"/posts/{self._post_id()}/comments"
        return Call(self._person(), "POST", path, {"text": self._text()})

    def _publish(self) -> Call:
        return Call(self._person(), "POST", "/posts", {"text": self._text()})

    def _get(self, path: str) -> Call:
        return Call(self._person(), "GET", path)

    def _person(self) -> Person:
        return self._random.choice(self._world.people)

    def _post_id(self) -> uuid.UUID:
        return self._random.choice(self._world.open_post_ids)

    def _word(self) -> str:
        return self._world.words(1, self._random)

    def _text(self) -> str:
        return self._world.text(self._random)


def measure_endpoints(services: Services, load: Generator, world: World, plan: Plan) -> Results:
    """Measure every hot operation, one after the other."""
    draw = Draw(world, seed=11)
    read_costs = [count_cold_and_warm(one.draw()) for one in draw.reads()]
    reads = [
        ReadResult(operation.name, *_measure_read(services, load, operation, plan), *cost)
        for operation, cost in zip(draw.reads(), read_costs, strict=True)
    ]
    with servers.grover(services.settings(DATABASE)) as server:
        writes = []
        for operation in draw.writes():
            count(operation.draw())
            cost = count(operation.draw())
            requests = _requests(operation, 20_000)
            load.at(server.port).once_each(requests[: plan.warm_ups], connections=plan.connections)
            measured = measure_loop(server, load, requests[plan.warm_ups :], plan)
            writes.append(WriteResult(operation.name, measured, cost))
        memory = server.resident_bytes
    return Results(reads, writes, memory)


def _measure_read(
    services: Services, load: Generator, operation: Operation, plan: Plan
) -> tuple[Measured, Measured]:
    """Measure a read in a new server: requests that nothing is known of, then the same ones again."""
    requests = _requests(operation, plan.warm_ups + plan.hot_requests)
    hot = requests[plan.warm_ups :]
    services.forget_cache()
    with servers.grover(services.settings(DATABASE)) as server:
        load.at(server.port).once_each(requests[: plan.warm_ups], connections=plan.connections)
        cold = measure_once_each(server, load, hot, plan)
        warm = Measured.of([measure_loop(server, load, hot, plan) for _ in range(plan.rounds)])
    return cold, warm


def _requests(operation: Operation, number: int) -> list[bytes]:
    calls = (operation.draw() for _ in range(number))
    return [request(call.person, call.method, call.path, call.body) for call in calls]
