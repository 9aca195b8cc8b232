"""How the server and what it depends on are; each question has a deadline."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Literal

import structlog
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from grover.core.caching import STAMPS
from grover.operations.cards import (
    DependenciesCard,
    DependencyCard,
    DependencyState,
    HealthCard,
    ReadinessCard,
)
from grover.operations.questions import Question
from payments.providers.registry import provider

DEADLINE_SECONDS = 2.0
GOOD_FOR_SECONDS = 1.0
REMOTE_GOOD_FOR_SECONDS = 60.0  # providers count what they are asked

logger = structlog.get_logger(__name__)


def check_health() -> HealthCard:
    """Ask all dependencies at once; what does not answer in two seconds is unhealthy.

    The answer is kept for a second, so that probes cost no more than one a second.
    """
    return _health.get()


def check_readiness() -> ReadinessCard:
    """Tell whether requests may be sent here: the database, its migrations and a required broker."""
    blocked_by: list[Literal["database", "migrations", "broker"]] = []
    dependencies = check_health().dependencies
    if dependencies.database.state == "unhealthy":
        blocked_by.append("database")
    elif not _migrations_are_applied():
        blocked_by.append("migrations")
    if dependencies.broker.state == "unhealthy":
        blocked_by.append("broker")
    return ReadinessCard(status="not_ready" if blocked_by else "ready", blocked_by=blocked_by)


def forget_everything() -> None:
    """Ask anew at the next question."""
    _health.forget()
    _good_until.clear()
    _applied.clear()


def _database() -> DependencyState:
    if connection.vendor == "mongodb":
        connection.database.command("ping")  # type: ignore[attr-defined]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    return "healthy"


def _cache() -> DependencyState:
    caches[STAMPS].get("health")
    return "healthy" if settings.REDIS_URL else "embedded"


def _broker() -> DependencyState:
    if settings.JOBS != "celery":
        return "embedded"
    from grover.celery import app  # only servers that have a broker need it

    with app.connection_for_write(connect_timeout=1) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    return "healthy"


def _storage() -> DependencyState:
    ping = getattr(default_storage, "ping", None)
    if ping is not None:
        _ask_now_and_then("storage", ping)
        return "healthy"
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.MEDIA_ROOT, os.W_OK):
        raise PermissionError("MEDIA_ROOT cannot be written to")
    return "healthy"


def _payments() -> DependencyState:
    if settings.PAYMENT_PROVIDER == "sandbox":
        return "embedded"
    _ask_now_and_then("payments", provider().ping)
    return "healthy"


_good_until: dict[str, float] = {}


def _ask_now_and_then(name: str, ping: Callable[[], object]) -> None:
    """Ask a provider outside, unless it was there a minute ago."""
    if time.monotonic() >= _good_until.get(name, 0.0):
        ping()
        _good_until[name] = time.monotonic() + REMOTE_GOOD_FOR_SECONDS


def _not_configured() -> DependencyState:
    return "not_configured"


CHECKS: dict[str, Callable[[], DependencyState]] = {
    "database": _database,
    "cache": _cache,
    "broker": _broker,
    "storage": _storage,
    "payments": _payments,
    "streaming": _not_configured,
}
NECESSARY = {"database"}


def _timed(check: Callable[[], DependencyState]) -> Callable[[], DependencyCard]:
    def ask() -> DependencyCard:
        started = time.monotonic()
        state = check()
        return DependencyCard(state=state, latency_ms=_milliseconds(started))

    return ask


class _Health:
    """The last answer, and how old it is."""

    def __init__(self) -> None:
        self._questions = {name: Question(_timed(check)) for name, check in CHECKS.items()}
        self._lock = threading.Lock()
        self.forget()

    def get(self) -> HealthCard:
        with self._lock:
            if self._card is None or time.monotonic() - self._asked_at > GOOD_FOR_SECONDS:
                self._card, self._asked_at = self._ask(), time.monotonic()
            return self._card

    def forget(self) -> None:
        self._card: HealthCard | None = None
        self._asked_at = 0.0

    def _ask(self) -> HealthCard:
        started = time.monotonic()
        asked = {name: question.start() for name, question in self._questions.items()}
        answers = {name: _wait(name, future, started) for name, future in asked.items()}
        failed = {name for name, card in answers.items() if card.state == "unhealthy"}
        status: Literal["healthy", "degraded", "unhealthy"] = "degraded" if failed else "healthy"
        if failed & NECESSARY:
            status = "unhealthy"
        return HealthCard(status=status, dependencies=DependenciesCard(**answers))


def _wait(name: str, asked: "Future[DependencyCard]", started: float) -> DependencyCard:
    try:
        return asked.result(timeout=max(0.0, started + DEADLINE_SECONDS - time.monotonic()))
    except FutureTimeout:
        logger.warning("A dependency does not answer", dependency=name)
    except Exception as error:  # noqa: BLE001 - each service fails in its own way
        logger.warning("A dependency is down", dependency=name, error=type(error).__name__)
    return DependencyCard(state="unhealthy", latency_ms=_milliseconds(started))


def _milliseconds(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)


_health = _Health()


def _find_no_waiting_migration() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


_applied: set[bool] = set()
_migrations = Question(_find_no_waiting_migration)


def _migrations_are_applied() -> bool:
    """Tell whether no migration waits; asked until it is so, since a running server cannot undo one."""
    if not _applied:
        try:
            if not _migrations.start().result(timeout=DEADLINE_SECONDS):
                return False
        except Exception as error:  # noqa: BLE001 - a database fails in its own way
            logger.warning("Migrations cannot be compared", error=type(error).__name__)
            return False
        _applied.add(True)
    return True
