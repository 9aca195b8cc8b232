"""How much is loaded and how long it is measured."""

from dataclasses import dataclass

from bench.data import Size


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes and times of one run; seconds are those of one measurement.

    `rates` are requests per second of the mixed workload, tried in order until the server bends.
    """

    size: Size
    growth: tuple[int, int, int]
    seconds: float
    rounds: int
    connections: int
    warm_ups: int
    hot_requests: int
    rates: tuple[int, ...]
    rate_seconds: float
    mixed_warm_ups: int
    graph_posts: int
    followers: tuple[int, ...]
    posts_seen: int
    sockets: tuple[int, ...]
    fanout_seconds: float


FULL = Plan(
    size=Size(people=2_000, follows=50, posts=100_000),
    growth=(10_000, 100_000, 1_000_000),
    seconds=5,
    rounds=3,
    connections=16,
    warm_ups=200,
    hot_requests=1_000,
    rates=(50, 100, 150, 200, 300, 400, 500, 600, 800, 1_000, 1_200, 1_600),
    rate_seconds=10,
    mixed_warm_ups=2_000,
    graph_posts=30_000,
    followers=(10, 1_000, 100_000),
    posts_seen=5,
    sockets=(500, 2_000),
    fanout_seconds=4,
)
QUICK = Plan(
    size=Size(people=400, follows=50, posts=10_000),
    growth=(2_000, 10_000, 50_000),
    seconds=1.5,
    rounds=2,
    connections=16,
    warm_ups=50,
    hot_requests=150,
    rates=(50, 100, 200, 400, 800),
    rate_seconds=4,
    mixed_warm_ups=300,
    graph_posts=5_000,
    followers=(10, 1_000, 10_000),
    posts_seen=2,
    sockets=(100, 400),
    fanout_seconds=1.5,
)
