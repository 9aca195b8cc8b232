"""How long it takes until a new post is in the feeds of its author's followers.

The post goes to one server process and the feeds are read from another one, which keeps the pages it
read before: what tells it of the change is only what the two share.
"""

import statistics
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench import servers
from bench.data import Pair, Person, World
from bench.environment import Services
from bench.plan import Plan
from bench.report import Table
from bench.requests import exchange, publish, read_feed
from bench.servers import Server

DATABASE = "grover_bench_fans"
SAMPLE = 8
OTHERS, OTHERS_POSTS = 50, 2_000
PATIENCE_SECONDS = 10
SETTLED_SECONDS = 1.2  # pages read sooner after a change are not kept


@dataclass(frozen=True, slots=True)
class Step:
    """Milliseconds for the posts of one author."""

    followers: int
    published: list[float]
    seen: list[float]


def measure_visibility(services: Services, plan: Plan) -> Table:
    """Publish as authors with few and many followers, and wait for the post in the feeds of some."""
    with services.connect(DATABASE) as connection:
        world = World(connection, seed=4)
        authors = world.add_people(len(plan.followers))
        others = world.add_people(OTHERS)
        world.add_posts(OTHERS_POSTS, talk=False, authors=others)
        fans = world.add_people(max(plan.followers))
        world.follow(iter(_follows(authors, others, fans, plan.followers)))
        world.settle()
    services.forget_cache()
    settings = services.settings(DATABASE)
    with servers.grover(settings) as one, servers.grover(settings) as another:
        steps = [
            _measure(one, another, world, author, fans[:number], plan)
            for author, number in zip(authors, plan.followers, strict=True)
        ]
    return _table(steps)


def _follows(
    authors: Sequence[Person], others: Sequence[Person], fans: Sequence[Person], numbers: Sequence[int]
) -> list[Pair]:
    """Let the first so many fans follow each author; those who are watched follow the others, too."""
    of_authors = [
        (fan.id, author.id) for author, number in zip(authors, numbers, strict=True) for fan in fans[:number]
    ]
    watched = {fan.id for number in numbers for fan in _sample(fans[:number])}
    return of_authors + [(fan_id, other.id) for fan_id in watched for other in others]


def _sample(fans: Sequence[Person]) -> list[Person]:
    """Take some of the fans, evenly from the first to the last."""
    step = max(1, len(fans) // SAMPLE)
    return list(fans[::step][:SAMPLE])


def _measure(
    one: Server, another: Server, world: World, author: Person, fans: Sequence[Person], plan: Plan
) -> Step:
    watched = _sample(fans)
    published, seen = [], []
    with ThreadPoolExecutor(len(watched)) as pool:
        for _ in range(plan.posts_seen):
            time.sleep(SETTLED_SECONDS)
            list(pool.map(lambda fan: _Reader(another, fan).first_id(), watched))
            time.sleep(0.1)
            started = time.perf_counter()
            answer = exchange(one.port, publish(author, world.text()))
            post_id = uuid.UUID(answer["id"])
            published.append((time.perf_counter() - started) * 1000)
            waits = [pool.submit(_Reader(another, fan).wait_for, post_id) for fan in watched]
            seen.append((max(wait.result() for wait in waits) - started) * 1000)
    return Step(len(fans), published, seen)


def _table(steps: Sequence[Step]) -> Table:
    shown = Table(
        "From the start of publishing until the post is in followers' feeds, in another process",
        ("followers", "published, median ms", "seen by all who were watched, median ms", "longest ms"),
        note=f"{SAMPLE} followers are watched, each reading the feed over and over.",
    )
    for step in steps:
        shown.rows.append(
            (f"{step.followers:,}", statistics.median(step.published), statistics.median(step.seen),
             max(step.seen))
        )  # fmt: skip
    return shown


class _Reader:
    """Somebody who reads their feed."""

    def __init__(self, server: Server, person: Person) -> None:
        self._server = server
        self._request = read_feed(person)

    def first_id(self) -> uuid.UUID | None:
        """Read the feed and give its first post."""
        results = exchange(self._server.port, self._request)["results"]
        return uuid.UUID(results[0]["id"]) if results else None

    def wait_for(self, post_id: uuid.UUID) -> float:
        """Read the feed until this post is its first, and give the moment of that."""
        gives_up_at = time.perf_counter() + PATIENCE_SECONDS
        while time.perf_counter() < gives_up_at:
            if self.first_id() == post_id:
                return time.perf_counter()
        raise RuntimeError(f"A new post is not in a follower's feed after {PATIENCE_SECONDS} seconds")
