"""One run of the benchmark: loads the data, takes the parts in turn, and sums them up."""

import time
from collections.abc import Callable, Collection, Sequence

from django.utils import timezone

from bench import endpoints, fanout, growth, messages, mixed, money, requests, servers, visibility
from bench.compare import Comparison, compare
from bench.crowd import Crowds
from bench.data import World
from bench.environment import DATABASE, Services, databases
from bench.load import Generator
from bench.plan import FULL, QUICK
from bench.report import Table, machine
from content.actions.trends import roll_up_trends

AIMED_RATIO = 1.5
AIMED_RATE = 1_000
AIMED_QUERIES = 5
AIMED_TRIPS = 1
AIMED_BYTES = 200_000_000
AIMED_DELIVERIES = 2
AIMED_LATENCY = 250
AIMED_P95 = 100
AIMED_SOCKET_BYTES = 30_000


class Run:
    """The parts, and what they found."""

    def __init__(self, services: Services, *, quick: bool, say: Callable[[str], None]) -> None:
        self._services = services
        self._plan = QUICK if quick else FULL
        self._is_quick = quick
        self._say = say
        self._tables: list[Table] = []
        self._summary = Table("In short", ("", "measured", "aim", "ratio to the aim"))

    def measure(self, parts: Collection[str]) -> str:
        """Measure these parts and give all that was found as Markdown."""
        with (
            Generator(0) as load,
            databases(self._services, [DATABASE, mixed.DATABASE, visibility.DATABASE]),
        ):
            if "generator" in parts:
                self._begin("generator")
                self._measure_generator(load)
            if {"feed", "endpoints", "growth", "money"} & set(parts):
                self._measure_world(load, parts)
            if "mixed" in parts:
                self._begin("mixed")
                self._measure_mix(load)
            if "visibility" in parts:
                self._begin("visibility")
                self._tables.append(visibility.measure_visibility(self._services, self._plan))
            if {"messages", "fanout"} & set(parts):
                self._measure_talk(load, parts)
        return self._text()

    def _measure_world(self, load: Generator, parts: Collection[str]) -> None:
        """Measure the parts that share one world, which grows."""
        plan, steps = self._plan, []
        small, middle, large = plan.growth
        with self._services.connect(DATABASE) as connection:
            self._begin("data")
            world = World(connection)
            world.add_people(plan.size.people)
            world.follow_at_random(plan.size.follows)
            world.add_posts(small, talk=True)
            world.add_stories(plan.size.people // 2)
            if "growth" in parts:
                steps.append(growth.measure_step(world, small))
            world.add_posts(middle - small, talk=True)
            world.settle()
            if "growth" in parts:
                steps.append(growth.measure_step(world, middle))
            if "feed" in parts:
                self._begin("feed")
                self._sum_up_feed(compare(self._services, load, world.people, plan))
            if "endpoints" in parts:
                self._begin("endpoints")
                roll_up_trends(timezone.now())
                self._sum_up_endpoints(endpoints.measure_endpoints(self._services, load, world, plan))
            if "money" in parts:
                self._begin("money")
                found = money.measure_money(self._services, load, world, connection, plan)
                self._sum_up_money(found)
            if "growth" in parts:
                self._begin("growth")
                world.add_posts(large - middle, talk=False)
                steps.append(growth.measure_step(world, large))
                self._sum_up_growth(steps)

    def _measure_talk(self, load: Generator, parts: Collection[str]) -> None:
        """Measure the parts about people who talk."""
        plan = self._plan
        self._services.forget_cache()
        with self._services.connect(DATABASE) as connection, Crowds() as crowds:
            world = World(connection, seed=6, names="talker")
            world.add_people(max(*messages.MEMBERS, *plan.sockets))
            if "messages" in parts:
                self._begin("messages")
                self._sum_up_messages(messages.measure_messages(self._services, load, crowds, world, plan))
            if "fanout" in parts:
                self._begin("fanout")
                self._sum_up_fanout(fanout.measure_fanout(self._services, crowds, world, plan))

    def _measure_generator(self, load: Generator) -> None:
        request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        with servers.trivial() as server:
            outcome = load.at(server.port).closed_loop(
                [request], connections=self._plan.connections, seconds=self._plan.seconds
            )
        table = Table("The load generator against a server that does nothing", ("", "requests/s"))
        table.rows.append(("answers of 20 kB", outcome.rate))
        self._tables.append(table)

    def _measure_mix(self, load: Generator) -> None:
        result = mixed.measure_mix(self._services, load, self._plan)
        self._tables.append(result.table())
        self._summary.rows.append(("mixed workload held, requests/s", result.held, "", ""))

    def _sum_up_feed(self, found: Comparison) -> None:
        self._tables.append(found.table())
        ratio = found.warm.rate / found.by_hand.rate
        self._aim("home feed, times FastAPI", ratio, AIMED_RATIO)
        self._aim("home feed, requests/s of a worker", found.warm.rate, AIMED_RATE)
        self._aim("its memory after the feeds, MB", found.memory_bytes / 1e6, AIMED_BYTES / 1e6)

    def _sum_up_endpoints(self, found: endpoints.Results) -> None:
        self._tables += found.tables()
        queries = max(one.cold_cost.queries for one in found.reads)
        trips = max(one.warm_cost.trips for one in found.reads)
        self._aim("most queries of a read, cold", queries, AIMED_QUERIES)
        self._aim("most cache trips of a read, warm", trips, AIMED_TRIPS)
        self._aim("memory after the writes, MB", found.memory_bytes / 1e6, AIMED_BYTES / 1e6)

    def _sum_up_money(self, found: money.Result) -> None:
        self._tables += found.tables()
        self._aim("queries that locks add to a page", found.locked.queries - found.free.queries, 1)
        self._aim("time of a page of locked posts, times of free ones", found.lock_ratio, 1)
        few, many = found.wallet_costs
        self._aim("queries of a long wallet, times of an empty one", many.queries / few.queries, 1)

    def _sum_up_growth(self, steps: list[growth.Step]) -> None:
        self._tables.append(growth.table(steps))
        first, last = steps[0], steps[-1]
        times = f"among {last.posts:,} posts, times among {first.posts:,}"
        for name, cost in last.costs.items():
            self._aim(f"time of {name} {times}", cost.request_ms / first.costs[name].request_ms, 1)
        ratio = last.costs[growth.FEED].blocks / first.costs[growth.FEED].blocks
        self._aim(f"database pages of {growth.FEED} {times}", ratio, 1)
        self._aim(f"p95 ms of search among {last.posts:,}", last.costs[growth.SEARCH].p95_ms, AIMED_P95)

    def _sum_up_messages(self, found: messages.Result) -> None:
        self._tables += found.tables()
        small, large = found.group_costs[0], found.group_costs[-1]
        times = f"queries of a message into a group of {large[0]}, times of {small[0]}"
        self._aim(times, large[1].queries / small[1].queries, 1)

    def _sum_up_fanout(self, steps: Sequence[fanout.Step]) -> None:
        self._tables += fanout.tables(steps)
        for step in steps:
            grover, among = step.grover, f"{step.sockets:,} sockets"
            self._aim(
                f"deliveries to {among}, times python-socketio",
                grover.rate / step.socketio.rate,
                AIMED_DELIVERIES,
            )
            self._aim(f"p99 ms at {fanout.RATE:,} deliveries/s to {among}", grover.held.p99, AIMED_LATENCY)
            self._aim(f"KB per idle socket of {among}", grover.socket_bytes / 1e3, AIMED_SOCKET_BYTES / 1e3)

    def _aim(self, name: str, measured: float, aim: float) -> None:
        self._summary.rows.append((name, measured, aim, f"{measured / aim:.2f} x"))

    def _text(self) -> str:
        measured_on = time.strftime("%Y-%m-%d", time.gmtime())
        extent = " A short run: less data, shorter measurements." if self._is_quick else ""
        head = f"Measured on {measured_on}: {machine(self._services)}{extent}"
        tables = [*self._tables, self._summary] if self._summary.rows else self._tables
        return "\n\n".join([head, *(table.markdown() for table in tables)])

    def _begin(self, part: str) -> None:
        requests.authorization.cache_clear()  # tokens live shorter than a run may take
        self._say(f"{time.strftime('%H:%M:%S')} {part}")
