"""Whether a page costs more the more posts there are."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from bench.costs import Call, ReadCost, cost_of_reads
from bench.data import COMMON_TAGS, World
from bench.report import Table
from content.actions.trends import roll_up_trends

PAGES = 100
EXPLAINED = 20
FEED, SEARCH = "home feed", "search"


@dataclass(frozen=True, slots=True)
class Step:
    """What pages cost at one number of posts, by their name."""

    posts: int
    costs: dict[str, ReadCost]


def measure_step(world: World, posts: int) -> Step:
    """Read pages of which nothing is kept, among so many posts."""
    world.settle()
    roll_up_trends(timezone.now())
    return Step(posts, {name: _cost(world, draw) for name, draw in _pages(world).items()})


def _pages(world: World) -> dict[str, Callable[[random.Random], str]]:
    return {
        FEED: lambda _: "/feed",
        "posts with a tag": lambda pick: f"/tags/{pick.choice(COMMON_TAGS)}/posts",
        "explore": lambda _: "/explore",
        "tray of stories": lambda _: "/stories",
        SEARCH: lambda pick: f"/search?type=posts&q={world.words(pick.randint(1, 2), pick)}".replace(
            " ", "+"
        ),
    }


def _cost(world: World, draw: Callable[[random.Random], str]) -> ReadCost:
    pick = random.Random(3)
    calls = [Call(person, "GET", draw(pick)) for person in pick.sample(world.people, PAGES)]
    cost_of_reads(calls[:EXPLAINED], explained=1)
    return cost_of_reads(calls, explained=EXPLAINED)


def table(steps: list[Step]) -> Table:
    """Show how the costs grew."""
    first = steps[0]
    shown = Table(
        "Pages of which nothing is kept, among more and more posts",
        (
            "",
            "posts",
            "queries",
            "pages of the database touched",
            "database ms",
            "request ms",
            "p95 ms",
            "ratio",
        ),
    )
    for name in first.costs:
        for step in steps:
            cost = step.costs[name]
            shown.rows.append(
                (name, f"{step.posts:,}", cost.queries, cost.blocks, cost.database_ms, cost.request_ms,
                 cost.p95_ms, f"{cost.request_ms / first.costs[name].request_ms:.2f} x")
            )  # fmt: skip
    return shown
