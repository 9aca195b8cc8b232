"""What one request costs in questions: asked inside this process, where every question can be counted."""

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.connection import AbstractConnection

from bench.data import Person
from bench.requests import authorization
from grover.core import caching
from grover.core.tokens import ended_sessions

TRANSACTIONS = ("BEGIN", "COMMIT")


@dataclass(frozen=True, slots=True)
class Cost:
    """Queries to the database and round trips to the cache."""

    queries: int
    trips: int


@dataclass(frozen=True, slots=True)
class ReadCost:
    """What the database does for a read, medians: its pages touched, its time, and that of the request.

    `p95_ms` is the time that one request in twenty takes longer than.
    """

    queries: int
    blocks: float
    database_ms: float
    request_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Call:
    """A request of one person."""

    person: Person
    method: str
    path: str
    body: Any = None
    key: str = ""

    def run(self) -> bytes:
        """Let this process answer it."""
        response = Client().generic(
            self.method,
            f"/api/v1{self.path}",
            b"" if self.body is None else json.dumps(self.body).encode(),
            content_type="application/json",
            HTTP_HOST="127.0.0.1",
            HTTP_X_FORWARDED_FOR="127.0.0.1",
            HTTP_X_FORWARDED_PROTO="https",
            HTTP_AUTHORIZATION=authorization(self.person),
            **({"HTTP_IDEMPOTENCY_KEY": self.key} if self.key else {}),
        )
        if response.status_code >= 300:
            refusal = f"{response.status_code} {response.content[:300]!r}"
            raise RuntimeError(f"{self.method} {self.path}: {refusal}")
        return bytes(response.content)


def count(call: Call) -> Cost:
    """Count the questions of a request as the process stands."""
    _ask_what_is_asked_once_a_second(call.person)
    with _trips() as trips, CaptureQueriesContext(connection) as captured:
        call.run()
    queries = [one["sql"] for one in captured if one["sql"] not in TRANSACTIONS]
    return Cost(len(queries), len(trips))


def count_cold_and_warm(call: Call) -> tuple[Cost, Cost]:
    """Count the questions of a read that nothing is known of, and of the same again."""
    Call(call.person, "GET", "/me").run()
    caching.forget_everything()
    return count(call), count(call)


def cost_of_reads(calls: Sequence[Call], *, explained: int) -> ReadCost:
    """Measure reads of which nothing is kept; the plans of the first few are looked into."""
    Call(calls[0].person, "GET", "/me").run()
    milliseconds = []
    for call in calls:
        caching.forget_everything()
        _ask_what_is_asked_once_a_second(call.person)
        started = time.perf_counter()
        call.run()
        milliseconds.append((time.perf_counter() - started) * 1000)
    plans = [_explain(call) for call in calls[:explained]]
    return ReadCost(
        queries=max(plan.queries for plan in plans),
        blocks=statistics.median(plan.blocks for plan in plans),
        database_ms=statistics.median(plan.database_ms for plan in plans),
        request_ms=statistics.median(milliseconds),
        p95_ms=statistics.quantiles(milliseconds, n=20)[-1],
    )


def _explain(call: Call) -> ReadCost:
    caching.forget_everything()
    _ask_what_is_asked_once_a_second(call.person)
    with CaptureQueriesContext(connection) as captured:
        call.run()
    queries = [one["sql"] for one in captured]
    plans = [_plan(query) for query in queries]
    blocks = sum(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans)
    milliseconds = sum(plan["Execution Time"] + plan["Planning Time"] for plan in plans)
    return ReadCost(len(queries), blocks, milliseconds, 0, 0)


def _plan(query: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}")
        row = cursor.fetchone()
    found = row[0] if isinstance(row[0], list) else json.loads(row[0])
    plan: dict[str, Any] = found[0]
    return plan


def _ask_what_is_asked_once_a_second(person: Person) -> None:
    """Let the process learn of ended sessions, so that the question is not taken for the request's own."""
    ended_sessions.contains(person.session_id)


@contextmanager
def _trips() -> Iterator[list[float]]:
    """Note when something is sent to Redis; a pipeline is sent at once."""
    sent: list[float] = []
    send = AbstractConnection.send_packed_command

    def noted(self: AbstractConnection, *arguments: Any, **options: Any) -> Any:
        sent.append(time.perf_counter())
        return send(self, *arguments, **options)

    with mock.patch.object(AbstractConnection, "send_packed_command", noted):
        yield sent
