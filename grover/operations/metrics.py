"""Prometheus' view of the server: requests, queries, facts told by actions, and people.

With several worker processes `PROMETHEUS_MULTIPROC_DIR` names a directory they share, and whichever is
asked answers for all.
"""

import datetime as dt
import functools
import ipaddress
import threading
import time
from collections.abc import Iterator

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.selectors.activity import active_people_count
from grover.core.errors import NotFound, problem_response
from grover.core.jobs import dead_job_count, outbox_lag
from grover.core.throttles import client_address
from grover.operations.questions import Question
from payments.selectors.checks import frozen_count, last_checks, unknown_webhook_count

COUNTED_FOR_SECONDS = 30
DEADLINE_SECONDS = 2.0
WINDOWS = {"day": 1, "week": 7, "month": 30}

logger = structlog.get_logger(__name__)


def metrics_view(request: HttpRequest) -> HttpResponse:
    """Answer the addresses in METRICS_ALLOW; to others there is nothing here."""
    if not _is_allowed(client_address(request)):
        return problem_response(NotFound())
    response: HttpResponse = ExportToDjangoView(request)
    response.content += _facts.text()
    return response


def _is_allowed(address: str) -> bool:
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in network for network in _networks(tuple(settings.METRICS_ALLOW)))


@functools.cache
def _networks(
    words: tuple[str, ...],
) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(word, strict=False) for word in words]


class _Facts(Collector):
    """How many people are active, and how late durable jobs are: facts of the database.

    They are the same in every process, so they are kept out of the files that processes share. They
    are counted at most every half minute; while the database does not answer, the last ones stand.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._question = Question(_count)
        self.forget()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() - self._counted_at > COUNTED_FOR_SECONDS:
                self._recount()
            facts = self._facts
        yield from facts

    def text(self) -> bytes:
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def forget(self) -> None:
        self._facts: list[GaugeMetricFamily] = []
        self._counted_at = float("-inf")

    def _recount(self) -> None:
        try:
            self._facts = self._question.start().result(timeout=DEADLINE_SECONDS)
        except Exception as error:  # noqa: BLE001 - a database fails in its own way
            logger.warning("Facts for the metrics cannot be counted", error=type(error).__name__)
            return
        self._counted_at = time.monotonic()


def _count() -> list[GaugeMetricFamily]:
    now = timezone.now()
    people = GaugeMetricFamily(
        "grover_active_people", "People who signed in or renewed their session of late", labels=["window"]
    )
    for window, days in WINDOWS.items():
        people.add_metric([window], active_people_count(now.date() - dt.timedelta(days=days - 1)))
    return [
        people,
        GaugeMetricFamily(
            "grover_outbox_lag_seconds", "Age of the oldest durable job that waits", outbox_lag(now)
        ),
        GaugeMetricFamily("grover_dead_jobs", "Durable jobs that were given up", dead_job_count()),
        *_money(now),
    ]


def _money(now: dt.datetime) -> Iterator[GaugeMetricFamily]:
    """Tell what the last look at all money found, and how long ago that was; nothing before the first."""
    faults = GaugeMetricFamily(
        "grover_money_faults", "What does not add up, by the last check", labels=["check"]
    )
    ages = GaugeMetricFamily("grover_money_check_age_seconds", "Age of the last check", labels=["check"])
    for check in last_checks():
        faults.add_metric([check.kind], check.fault_count)
        ages.add_metric([check.kind], (now - check.created_at).total_seconds())
    frozen = GaugeMetricFamily(
        "grover_frozen_payments", "Payments that the staff has to look at", frozen_count()
    )
    unknown = GaugeMetricFamily(
        "grover_unknown_webhooks", "Webhooks about nothing known", unknown_webhook_count()
    )
    yield from (faults, ages, frozen, unknown)


_facts = _Facts()


def forget_everything() -> None:
    """Count anew at the next question."""
    _facts.forget()
