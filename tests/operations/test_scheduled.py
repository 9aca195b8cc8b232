"""Scheduled posts through a real broker to real workers, one of which is killed every second."""

import datetime as dt
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from django.db import connection
from django.utils import timezone

from content.actions.drafts import create_post
from content.enums import DraftState
from content.models import Draft, Post
from grover.core.models import JobState, OutboxJob
from grover.core.viewers import on_behalf_of
from tests.factories.accounts import make_user
from tests.operations.brokers import own_queue, running_broker
from tests.operations.probes.files import until
from tests.operations.processes import Process, database_url, running_server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "mongodb",
        reason="MongoDB keeps the locks of a killed client's transaction for a minute",
    ),
]

POSTS = 10 if connection.vendor == "sqlite" else 40
DUE_WITHIN = dt.timedelta(seconds=8)
SWEEPS_A_SECOND = 5
SECONDS_AT_MOST = 90


@pytest.mark.parametrize(("kind", "workers"), [("redis", 3), ("rabbitmq", 1)])
def test_each_is_published_once_and_none_is_lost(kind: str, workers: int, tmp_path: Path) -> None:
    _schedule_posts()

    with running_broker(kind) as broker, own_queue(broker) as queue:
        variables = {
            "JOBS": "celery",
            "BROKER_URL": broker,
            "PROBES_QUEUE": queue,
            "QUEUES": queue,
            "CONCURRENCY": "1",
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.operations.probes.settings",
            "PROBES": str(tmp_path),
        }
        with running_server(tmp_path, **variables) as (_, client):
            kills = _publish_while_killing(client, tmp_path, variables, workers)

    assert kills >= 3
    texts = Counter(Post.objects.values_list("text", flat=True))
    assert texts == Counter(f"post {number}" for number in range(POSTS))
    assert set(Draft.objects.values_list("state", flat=True)) == {DraftState.PUBLISHED}


def _schedule_posts() -> None:
    author = on_behalf_of(make_user().pk)
    for number in range(POSTS):
        due_at = timezone.now() + dt.timedelta(seconds=1) + DUE_WITHIN * number / POSTS
        create_post(author, text=f"post {number}", publish_at=due_at)


def _publish_while_killing(client: httpx.Client, folder: Path, variables: dict[str, str], count: int) -> int:
    """Sweep, and kill a process at work each second, until all is published; give how many were killed.

    Mostly it is the process that does the work, whose job the broker gives to another; every fourth time
    it is a whole worker, the oldest, and another is started.
    """
    kills = 0
    end = time.monotonic() + SECONDS_AT_MOST
    workers = [Process("worker.sh", folder, variables) for _ in range(count)]
    try:
        for worker in workers:
            until(worker.children)
        while _is_waiting() and time.monotonic() < end:
            _sweep_for_a_second(client)
            kills += 1
            if kills % 4:
                _kill_what_works(workers[kills % count])
            else:
                workers.pop(0).kill()
                workers.append(Process("worker.sh", folder, variables))
    finally:
        for worker in workers:
            worker.kill()
    return kills


def _sweep_for_a_second(client: httpx.Client) -> None:
    _let_claims_expire()
    for _ in range(SWEEPS_A_SECOND):
        assert client.get("/probes/sweep").status_code == 200
        threading.Event().wait(1 / SWEEPS_A_SECOND)


def _kill_what_works(worker: Process) -> None:
    for child in worker.children():
        with suppress(psutil.NoSuchProcess):
            child.kill()


def _is_waiting() -> bool:
    return Draft.objects.filter(state=DraftState.SCHEDULED).exists()


def _let_claims_expire() -> None:
    """Let the time pass after which the jobs of a killed worker are given to another."""
    moment = timezone.now() - dt.timedelta(minutes=1)
    jobs = OutboxJob.objects.filter(state=JobState.WAITING, due_at__lte=timezone.now())
    jobs.update(claimed_until=moment, published_until=moment)
