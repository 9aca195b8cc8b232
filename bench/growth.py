"""Whether a page of the home feed costs more the more posts there are."""

import random
from dataclasses import dataclass

from bench.costs import Call, ReadCost, cost_of_reads
from bench.data import World
from bench.report import Table

PAGES = 100
EXPLAINED = 20


@dataclass(frozen=True, slots=True)
class Step:
    """What a page cost at one number of posts."""

    posts: int
    cost: ReadCost


def measure_step(world: World, posts: int) -> Step:
    """Read pages of the feed of which nothing is kept, among so many posts."""
    world.settle()
    people = random.Random(3).sample(world.people, PAGES)
    calls = [Call(person, "GET", "/feed") for person in people]
    cost_of_reads(calls[:EXPLAINED], explained=1)
    return Step(posts, cost_of_reads(calls, explained=EXPLAINED))


def table(steps: list[Step]) -> Table:
    """Show how the cost grew."""
    first = steps[0]
    shown = Table(
        "A page of the home feed, nothing kept, among more and more posts",
        ("posts", "queries", "pages of the database touched", "database ms", "request ms", "ratio"),
    )
    for step in steps:
        cost = step.cost
        shown.rows.append(
            (f"{step.posts:,}", cost.queries, cost.blocks, cost.database_ms, cost.request_ms,
             f"{cost.request_ms / first.cost.request_ms:.2f} x")
        )  # fmt: skip
    return shown
