"""Scheduled posts and the end of stories, through a real broker to real workers that are killed at work."""

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from django.db import connection
from django.utils import timezone

from content.actions.drafts import create_post
from content.enums import DraftState
from content.models import Draft, Post, Story
from content.models.stories import LIFETIME
from grover.core.jobs import enqueue_durable
from grover.core.models import JobState, OutboxJob
from grover.core.viewers import on_behalf_of
from tests.factories.accounts import make_user
from tests.factories.stories import make_story
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
SECONDS_AT_MOST = 180


@pytest.mark.parametrize(("kind", "workers"), [("redis", 3), ("rabbitmq", 1)])
def test_each_is_published_or_removed_once_and_none_is_lost(kind: str, workers: int, tmp_path: Path) -> None:
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

        def start_worker() -> Process:
            worker = Process("worker.sh", tmp_path, variables)
            until(worker.children, seconds=60)
            return worker

        with running_server(tmp_path, **variables) as (_, client):
            started = [start_worker() for _ in range(workers)]
            _schedule_posts()
            kept = _let_stories_end()
            kills = _work_while_killing(client, started, start_worker)

    assert kills >= 3
    texts = Counter(Post.objects.values_list("text", flat=True))
    assert texts == Counter(f"post {number}" for number in range(POSTS))
    assert set(Draft.objects.values_list("state", flat=True)) == {DraftState.PUBLISHED}
    assert list(Story.objects.all()) == [kept]


def _schedule_posts() -> None:
    author = on_behalf_of(make_user().pk)
    for number in range(POSTS):
        due_at = timezone.now() + dt.timedelta(seconds=1) + DUE_WITHIN * number / POSTS
        create_post(author, text=f"post {number}", publish_at=due_at)


def _let_stories_end() -> Story:
    """Tell stories whose day is over, and have them removed one after the other; give one in a highlight."""
    author = make_user()
    told = [make_story(author, age=LIFETIME) for _ in range(POSTS)]
    kept = told[POSTS // 2]
    Story.objects.filter(pk=kept.pk).update(highlight_count=1)
    for number, story in enumerate(told):
        due_at = timezone.now() + dt.timedelta(seconds=1) + DUE_WITHIN * number / POSTS
        enqueue_durable("content.tasks.erase_ended_stories", run_at=due_at, story_ids=[story.pk])
    return kept


def _work_while_killing(
    client: httpx.Client, workers: list[Process], start_worker: Callable[[], Process]
) -> int:
    """Sweep, and kill a process at work each second, until all is done; give how many were killed.

    Mostly it is the process that does the work, whose job the broker gives to another; every fourth time
    it is a whole worker, the oldest, and another is started.
    """
    kills = 0
    end = time.monotonic() + SECONDS_AT_MOST
    try:
        while _is_waiting() and time.monotonic() < end:
            _sweep_for_a_second(client)
            kills += 1
            if kills % 4:
                _kill_what_works(workers[kills % len(workers)])
            else:
                workers.pop(0).kill()
                workers.append(start_worker())
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
    has_posts = Draft.objects.filter(state=DraftState.SCHEDULED).exists()
    return has_posts or Story.objects.filter(highlight_count=0).exists()


def _let_claims_expire() -> None:
    """Let the time pass after which the jobs of a killed worker are given to another."""
    moment = timezone.now() - dt.timedelta(minutes=1)
    jobs = OutboxJob.objects.filter(state=JobState.WAITING, due_at__lte=timezone.now())
    jobs.update(claimed_until=moment, published_until=moment)
