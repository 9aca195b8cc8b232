"""The home feed of Grover beside the one written by hand, measured in turns."""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench import servers
from bench.data import Person
from bench.environment import DATABASE, Services
from bench.load import Generator, Outcome
from bench.plan import Plan
from bench.report import Table
from bench.requests import exchange, read_feed
from bench.servers import Server

COMPARED_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of request at one server: medians of the rounds, milliseconds."""

    rate: float
    p50: float
    p99: float
    cpu_ms: float

    @classmethod
    def of(cls, rounds: "Sequence[Measured]") -> "Measured":
        """Take the median of each number."""
        return cls(
            *(
                statistics.median(getattr(one, name) for one in rounds)
                for name in ("rate", "p50", "p99", "cpu_ms")
            )
        )


def observe(server: Server, cpu_before: float, outcome: Outcome) -> Measured:
    """Read one measurement; an answer that refuses makes it worthless."""
    if outcome.refused:
        raise RuntimeError(f"The server refused requests: {dict(outcome.statuses)}")
    cpu_ms = (server.cpu_seconds - cpu_before) * 1000 / outcome.answered
    return Measured(outcome.rate, outcome.percentile(50), outcome.percentile(99), cpu_ms)


def measure_loop(server: Server, load: Generator, requests: Sequence[bytes], plan: Plan) -> Measured:
    """Measure a closed loop once."""
    before = server.cpu_seconds
    outcome = load.at(server.port).closed_loop(requests, connections=plan.connections, seconds=plan.seconds)
    return observe(server, before, outcome)


def measure_once_each(server: Server, load: Generator, requests: Sequence[bytes], plan: Plan) -> Measured:
    """Measure each request once, none asked before."""
    before = server.cpu_seconds
    outcome = load.at(server.port).once_each(requests, connections=plan.connections)
    return observe(server, before, outcome)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both feeds can do: Grover's pages read for the first time, kept ones, and those by hand."""

    cold: Measured
    warm: Measured
    by_hand: Measured
    memory_bytes: int

    def table(self) -> Table:
        """Show it."""
        table = Table(
            "The home feed beside one written by hand",
            ("", "requests/s", "p50 ms", "p99 ms", "server CPU ms", "ratio"),
        )
        for name, one in (
            ("Grover", self.warm),
            ("Grover, every page for the first time", self.cold),
            ("FastAPI, asyncpg, orjson", self.by_hand),
        ):
            ratio = f"{one.rate / self.by_hand.rate:.2f} x"
            table.rows.append((name, one.rate, one.p50, one.p99, one.cpu_ms, ratio))
        return table


def compare(services: Services, load: Generator, people: Sequence[Person], plan: Plan) -> Comparison:
    """Measure both feeds on the same data, in turns, so that what else the machine does hits both."""
    pick = random.Random(7)
    requests = [read_feed(person) for person in pick.sample(people, len(people))]
    with (
        servers.grover(services.settings(DATABASE)) as grover,
        servers.fastapi(services.fastapi_settings(DATABASE)) as by_hand,
    ):
        _check_equal(grover, by_hand, pick.sample(people, COMPARED_PEOPLE))
        load.at(by_hand.port).once_each(requests, connections=plan.connections)
        cold = measure_once_each(grover, load, requests, plan)
        pick.shuffle(requests)
        rounds = [
            (measure_loop(grover, load, requests, plan), measure_loop(by_hand, load, requests, plan))
            for _ in range(plan.rounds)
        ]
        memory = grover.resident_bytes
    return Comparison(
        cold, Measured.of([one for one, _ in rounds]), Measured.of([one for _, one in rounds]), memory
    )


def _check_equal(grover: Server, by_hand: Server, people: Sequence[Person]) -> None:
    """Refuse to compare servers that do not answer the same."""
    for person in people:
        pages = [exchange(server.port, read_feed(person)) for server in (grover, by_hand)]
        if pages[0]["results"] != pages[1]["results"]:
            raise RuntimeError("The two servers answer different pages; their speeds cannot be compared")
