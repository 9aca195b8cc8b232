"""A mixed workload on a real graph of friends, at fixed rates, until the server bends."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import servers
from bench.data import Pair, Person, World
from bench.environment import Services
from bench.load import Generator, Outcome
from bench.plan import Plan
from bench.report import Table
from bench.requests import publish, read_feed, read_posts_of
from bench.servers import ROOT

DATABASE = "grover_bench_graph"
EDGES = ROOT.parent / "shared" / "data" / "socfb-Reed98.edges"
PEOPLE, FRIENDSHIPS = 962, 18_812
CONNECTIONS = 64
READS_FEED, READS_POSTS = 0.6, 0.3  # the rest publishes
BENT_MS = 500
BENT_RATE = 0.97


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one rate."""

    rate: int
    outcome: Outcome

    @property
    def is_bent(self) -> bool:
        """Tell whether the server did not keep up."""
        return self.outcome.rate < BENT_RATE * self.rate or self.outcome.percentile(99) > BENT_MS


@dataclass(frozen=True, slots=True)
class Result:
    """What came of all rates, and which graph it was."""

    steps: list[Step]
    is_real: bool

    @property
    def held(self) -> int:
        """The highest rate the server kept up with."""
        return max((step.rate for step in self.steps if not step.is_bent), default=0)

    def table(self) -> Table:
        """Show it."""
        graph = "socfb-Reed98" if self.is_real else "a random graph of its size, for socfb-Reed98 is missing"
        shown = Table(
            f"Mixed workload on {graph}",
            ("requests/s due", "answered/s", "p50 ms", "p99 ms", "unanswered", "kept up"),
        )
        for step in self.steps:
            out = step.outcome
            shown.rows.append(
                (f"{step.rate:,}", out.rate, out.percentile(50), out.percentile(99), out.unanswered,
                 "no" if step.is_bent else "yes")
            )  # fmt: skip
        return shown


def measure_mix(services: Services, load: Generator, plan: Plan) -> Result:
    """Load the graph, then send the mix at one rate after the other."""
    friendships, is_real = _friendships()
    with services.connect(DATABASE) as connection:
        world = World(connection, seed=2)
        world.add_people(1 + max(max(pair) for pair in friendships))
        world.follow(_mutual(world.people, friendships))
        world.add_posts(plan.graph_posts, talk=True)
        world.settle()
    services.forget_cache()
    steps = []
    with servers.grover(services.settings(DATABASE)) as server:
        aimed = load.at(server.port)
        pick = random.Random(5)
        aimed.once_each(
            [_draw(world, pick) for _ in range(plan.mixed_warm_ups)], connections=plan.connections
        )
        for rate in plan.rates:
            requests = [_draw(world, pick) for _ in range(round(rate * plan.rate_seconds))]
            outcome = aimed.open_loop(requests, connections=CONNECTIONS, seconds=plan.rate_seconds, rate=rate)
            if outcome.refused:
                raise RuntimeError(f"The server refused requests: {dict(outcome.statuses)}")
            steps.append(Step(rate, outcome))
            if steps[-1].is_bent:
                break
    return Result(steps, is_real)


def _draw(world: World, pick: random.Random) -> bytes:
    person = pick.choice(world.people)
    luck = pick.random()
    if luck < READS_FEED:
        return read_feed(person)
    if luck < READS_FEED + READS_POSTS:
        return read_posts_of(person, pick.choice(world.people).id)
    return publish(person, world.text(pick))


def _friendships() -> tuple[list[tuple[int, int]], bool]:
    """Read the graph; make one of the same size up where it is missing."""
    if EDGES.exists():
        return _read(EDGES), True
    pick = random.Random(98)
    made: set[tuple[int, int]] = set()
    while len(made) < FRIENDSHIPS:
        made.add(tuple(sorted(pick.sample(range(PEOPLE), 2))))  # type: ignore[arg-type]
    return sorted(made), False


def _read(path: Path) -> list[tuple[int, int]]:
    pairs = (line.split()[:2] for line in path.read_text().splitlines() if line.strip())
    return sorted({(min(a, b), max(a, b)) for a, b in ((int(x), int(y)) for x, y in pairs) if a != b})


def _mutual(people: list[Person], friendships: list[tuple[int, int]]) -> Iterator[Pair]:
    ids: list[uuid.UUID] = [person.id for person in people]
    for one, other in friendships:
        yield ids[one], ids[other]
        yield ids[other], ids[one]
