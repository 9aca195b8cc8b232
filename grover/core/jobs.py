"""Background jobs: asked for by name, started after the commit.

`enqueue` is for what may be lost when the broker is down. `enqueue_durable` writes a row in the same
transaction as what it belongs to; the row goes when the job is done, and until then it is swept.
"""

import datetime as dt
import functools
import logging
import os
import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import Celery
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules, import_string

from grover.core import encoding
from grover.core.breakers import Breaker
from grover.core.clock import EmbeddedClock, Periodic
from grover.core.db import atomic, on_commit
from grover.core.models import JobState, OutboxJob

logger = logging.getLogger(__name__)

PUBLISH_SECONDS = 2.0
MOST_ATTEMPTS = 10
FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(hours=1)
FIRST_PUBLISH_LASTS = dt.timedelta(seconds=30)
PUBLISH_LASTS = dt.timedelta(minutes=5)
CLAIM_LASTS = dt.timedelta(minutes=15)  # longer than any task may run
SWEPT_AT_ONCE = 500

RUN_OUTBOX_JOB = "core.tasks.run_outbox_job"


def enqueue(name: str, **kwargs: Any) -> None:
    """Start a job after the commit; it is lost when the broker is down."""
    plain = _as_json(kwargs)
    on_commit(lambda: _start(name, plain))


@atomic
def enqueue_durable(name: str, *, run_at: dt.datetime | None = None, **kwargs: Any) -> uuid.UUID:
    """Start a job after the commit, or at a moment, at least once; give its id.

    It is tried again with growing pauses until it succeeds, at most ten times.
    """
    now = timezone.now()
    due_at = max(now, run_at or now)
    is_due = due_at == now
    job = OutboxJob.objects.create(
        name=name,
        kwargs=_as_json(kwargs),
        due_at=due_at,
        published_until=now + FIRST_PUBLISH_LASTS if is_due else due_at,
    )
    if is_due:
        on_commit(lambda: _start_durable(job.id, name))
    return job.id


def sweep_outbox(now: dt.datetime) -> int:
    """Start again the durable jobs that are due and not under way; give their number."""
    waiting = OutboxJob.objects.filter(
        state=JobState.WAITING, due_at__lte=now, published_until__lte=now, claimed_until__lte=now
    )
    found = list(waiting.order_by("due_at").values_list("id", "name")[:SWEPT_AT_ONCE])
    return sum(_mark_published(job_id, now) and _start_durable(job_id, name) for job_id, name in found)


def run_outbox_job(job_id: uuid.UUID, now: dt.datetime) -> bool:
    """Run a durable job unless it is done or under way; tell whether it was run and succeeded."""
    job = _claim(job_id, now)
    if job is None:
        return False
    try:
        _task(job.name)(**job.kwargs)
    except Exception as error:  # noqa: BLE001 - whatever a job raises, it is tried again
        _put_back(job, error, timezone.now())
        return False
    _finish(job)
    return True


def outbox_lag(now: dt.datetime) -> float:
    """Give the age in seconds of the oldest durable job that is due and not under way."""
    waiting = OutboxJob.objects.filter(state=JobState.WAITING, due_at__lte=now, claimed_until__lte=now)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return 0.0 if oldest is None else (now - oldest).total_seconds()


def dead_job_count() -> int:
    """Count the durable jobs that were given up."""
    return OutboxJob.objects.filter(state=JobState.DEAD).count()


@atomic
def _mark_published(job_id: uuid.UUID, now: dt.datetime) -> bool:
    unpublished = OutboxJob.objects.filter(pk=job_id, state=JobState.WAITING, published_until__lte=now)
    return unpublished.update(published_until=now + PUBLISH_LASTS) == 1


@atomic
def _unmark_published(job_id: uuid.UUID) -> None:
    OutboxJob.objects.filter(pk=job_id).update(published_until=timezone.now())


@atomic
def _claim(job_id: uuid.UUID, now: dt.datetime) -> OutboxJob | None:
    free = OutboxJob.objects.filter(
        pk=job_id, state=JobState.WAITING, due_at__lte=now, claimed_until__lte=now
    )
    if free.update(claimed_until=now + CLAIM_LASTS, attempts=F("attempts") + 1) != 1:
        return None
    return OutboxJob.objects.get(pk=job_id)


@atomic
def _finish(job: OutboxJob) -> None:
    OutboxJob.objects.filter(pk=job.pk).delete()


@atomic
def _put_back(job: OutboxJob, error: Exception, now: dt.datetime) -> None:
    """Try a failed job again later, or give it up; a newer run of it is left alone."""
    is_dead = job.attempts >= MOST_ATTEMPTS
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (job.attempts - 1))
    due_at = now + pause * random.uniform(0.75, 1.25)  # noqa: S311
    OutboxJob.objects.filter(pk=job.pk, attempts=job.attempts).update(
        state=JobState.DEAD if is_dead else JobState.WAITING,
        due_at=due_at,
        published_until=due_at,
        claimed_until=now,
        last_error=type(error).__qualname__[:200],
    )
    level = logging.ERROR if is_dead else logging.WARNING
    word = "given up" if is_dead else "tried again later"
    logger.log(level, "The job %s (%s) failed and is %s", job.name, job.pk, word, exc_info=error)


def _start(name: str, kwargs: dict[str, Any], *, like: str = "") -> bool:
    """Publish a job or run it here, as JOBS says; a failure is logged and told by False.

    It waits in its own queue, or in that of the task it is `like`.
    """
    try:
        if settings.JOBS == "inline":
            _task(name)(**kwargs)
        else:
            _publish(name, kwargs, _queue_of(like or name))
    except Exception:
        logger.exception("The job %s was not started or failed", name)
        return False
    return True


def _start_durable(job_id: uuid.UUID, name: str) -> bool:
    """Start a durable job, in the queue of what it does: a slow kind of work must starve no other."""
    if settings.JOBS == "inline":
        return run_outbox_job(job_id, timezone.now())
    started = _start(RUN_OUTBOX_JOB, {"job_id": str(job_id)}, like=name)
    if not started:
        _unmark_published(job_id)
    return started


class BrokerUnavailable(Exception):
    """The broker did not take a job in time."""


_breaker = Breaker()


def _publish(name: str, kwargs: dict[str, Any], queue: str) -> None:
    """Hand a job to the broker, in a thread of its own so that nothing can hold the request longer."""
    if not _breaker.allows():
        raise BrokerUnavailable("The broker failed a moment ago")
    future = _publishers().submit(_celery().send_task, name, kwargs=kwargs, retry=False, queue=queue)
    try:
        future.result(timeout=PUBLISH_SECONDS)
    except Exception as error:
        future.cancel()
        _breaker.failed()
        raise BrokerUnavailable("The broker did not take the job") from error
    _breaker.succeeded()


@functools.cache
def _publishers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="publish")


@functools.cache
def _celery() -> Celery:
    app: Celery = import_string(settings.CELERY_APP)
    autodiscover_modules("tasks")
    return app


def _queue_of(name: str) -> str:
    """Name the queue that a task is routed to."""
    queue: str = _celery().amqp.router.route({}, name)["queue"].name
    return queue


def _task(name: str) -> Callable[..., Any]:
    task: Callable[..., Any] = _celery().tasks[name]
    return task


def _as_json(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Turn ids and times into the texts that a broker carries, in every mode alike."""
    plain: dict[str, Any] = encoding.loads(encoding.dumps(kwargs))
    return plain


def start_embedded_clock() -> EmbeddedClock:
    """Run the periodic jobs, which beat starts in production, in a thread of this process."""
    schedule = [Periodic(entry["task"], entry["schedule"]) for entry in _celery().conf.beat_schedule.values()]
    clock = EmbeddedClock(schedule, start=lambda task: _start(task, {}))
    clock.start()
    return clock


os.register_at_fork(after_in_child=_publishers.cache_clear)
