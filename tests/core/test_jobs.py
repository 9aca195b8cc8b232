import datetime as dt
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import redis
import time_machine
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from django.core.management import get_commands, load_command_class
from django.utils import timezone
from pytest_django import Settings

from grover.celery import QUEUES, _transport_options, app
from grover.core import jobs
from grover.core.clock import EmbeddedClock, Periodic
from grover.core.db import atomic
from grover.core.management.commands import runserver
from grover.core.models import JobState, OutboxJob
from grover.schedule import SCHEDULE
from tests.races import run_parallel
from tests.services import RedisServer, black_hole, free_port

pytestmark = [pytest.mark.urls("tests.core.sample"), pytest.mark.django_db(transaction=True)]

calls: list[dict[str, Any]] = []
called = threading.Event()


@shared_task(name="tests.record")
def record(**kwargs: Any) -> None:
    calls.append(kwargs)
    called.set()


@shared_task(name="tests.fail")
def fail(**kwargs: Any) -> None:
    calls.append(kwargs)
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def no_calls(settings: Settings) -> Iterator[None]:
    settings.JOBS = "inline"
    calls.clear()
    called.clear()
    jobs._breaker.succeeded()
    yield
    jobs._breaker.succeeded()


def test_job_starts_after_the_commit() -> None:
    @atomic
    def act() -> int:
        jobs.enqueue("tests.record", a=1)
        return len(calls)

    assert act() == 0
    assert calls == [{"a": 1}]


def test_job_of_a_transaction_that_is_rolled_back_never_starts() -> None:
    @atomic
    def act() -> None:
        jobs.enqueue("tests.record")
        jobs.enqueue_durable("tests.record")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert (calls, OutboxJob.objects.count()) == ([], 0)


def test_job_that_fails_does_not_fail_its_request() -> None:
    jobs.enqueue("tests.fail")
    jobs.enqueue("tests.there_is_no_such_task")
    assert len(calls) == 1


def test_arguments_are_json_in_every_mode() -> None:
    identifier = uuid.uuid4()
    jobs.enqueue("tests.record", id=identifier, at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC), ids=[identifier])
    assert calls == [{"id": str(identifier), "at": "2026-01-02T00:00:00Z", "ids": [str(identifier)]}]
    with pytest.raises(TypeError):
        jobs.enqueue("tests.record", thing=object())


def test_durable_job_that_is_done_leaves_no_row() -> None:
    jobs.enqueue_durable("tests.record", a=1)
    assert (calls, OutboxJob.objects.count()) == ([{"a": 1}], 0)


def test_durable_job_is_in_the_transaction_it_belongs_to() -> None:
    @atomic
    def act() -> tuple[int, int]:
        jobs.enqueue_durable("tests.record")
        return len(calls), OutboxJob.objects.count()

    assert act() == (0, 1)
    assert len(calls) == 1


def test_durable_job_that_fails_is_tried_again_with_growing_pauses() -> None:
    pauses = []
    with time_machine.travel(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), tick=False) as clock:
        jobs.enqueue_durable("tests.fail", a=1)
        for attempt in range(2, jobs.MOST_ATTEMPTS + 1):
            job = OutboxJob.objects.get()
            assert (job.state, job.attempts, job.last_error) == (
                JobState.WAITING,
                attempt - 1,
                "ZeroDivisionError",
            )
            pauses.append((job.due_at - timezone.now()).total_seconds())
            clock.move_to(job.due_at - dt.timedelta(seconds=1))
            assert jobs.sweep_outbox(timezone.now()) == 0
            clock.move_to(job.due_at + dt.timedelta(milliseconds=1))
            jobs.sweep_outbox(timezone.now())
            assert len(calls) == attempt
        assert all(5 * 0.75 * 2**n <= pause <= 5 * 1.25 * 2**n for n, pause in enumerate(pauses))
        assert (OutboxJob.objects.get().state, jobs.dead_job_count()) == (JobState.DEAD, 1)
        clock.shift(dt.timedelta(days=2))
        assert jobs.sweep_outbox(timezone.now()) == 0
    assert len(calls) == jobs.MOST_ATTEMPTS


def test_durable_job_waits_for_its_time() -> None:
    due = timezone.now() + dt.timedelta(hours=1)
    jobs.enqueue_durable("tests.record", run_at=due, a=1)
    assert jobs.sweep_outbox(due - dt.timedelta(seconds=1)) == 0
    assert calls == []
    with time_machine.travel(due + dt.timedelta(seconds=1)):
        assert jobs.sweep_outbox(timezone.now()) == 1
    assert calls == [{"a": 1}]


def leave_job(**kwargs: Any) -> OutboxJob:
    """Leave a job as a process that was killed right after its commit would leave it."""
    return OutboxJob.objects.create(name="tests.record", kwargs={"a": 1}, **kwargs)


def test_job_of_a_process_that_was_killed_before_it_began_is_swept() -> None:
    now = timezone.now()
    leave_job(published_until=now + jobs.FIRST_PUBLISH_LASTS)
    assert jobs.sweep_outbox(now + dt.timedelta(seconds=29)) == 0
    with time_machine.travel(now + dt.timedelta(seconds=31)):
        assert jobs.sweep_outbox(timezone.now()) == 1
    assert (calls, OutboxJob.objects.count()) == ([{"a": 1}], 0)


def test_job_of_a_process_that_was_killed_while_it_ran_is_swept() -> None:
    job = leave_job()
    now = timezone.now()
    assert jobs._claim(job.id, now) is not None
    assert jobs._claim(job.id, now + jobs.CLAIM_LASTS - dt.timedelta(seconds=1)) is None
    with time_machine.travel(now + jobs.CLAIM_LASTS + dt.timedelta(seconds=1)):
        assert jobs.sweep_outbox(timezone.now()) == 1
    assert calls == [{"a": 1}]


def test_sweepers_together_run_each_job_once() -> None:
    for _ in range(5):
        leave_job()
    now = timezone.now()
    outcomes = run_parallel(6, lambda _: jobs.sweep_outbox(now))
    assert (sum(outcomes), len(calls), OutboxJob.objects.count()) == (5, 5, 0)


def test_sweepers_together_publish_a_job_once() -> None:
    job = leave_job()
    now = timezone.now()
    outcomes = run_parallel(8, lambda _: jobs._mark_published(job.id, now))
    assert sorted(outcomes) == [False] * 7 + [True]


def test_runners_together_run_a_job_once() -> None:
    job = leave_job()
    outcomes = run_parallel(8, lambda _: jobs.run_outbox_job(job.id, timezone.now()))
    assert (sorted(outcomes), len(calls)) == ([False] * 7 + [True], 1)


def test_late_failure_does_not_disturb_a_newer_run() -> None:
    job = leave_job()
    now = timezone.now()
    first = jobs._claim(job.id, now)
    later = now + jobs.CLAIM_LASTS * 2
    second = jobs._claim(job.id, later)
    assert first is not None
    assert second is not None
    jobs._put_back(first, ZeroDivisionError(), later)
    assert OutboxJob.objects.get().claimed_until == second.claimed_until


def test_lag_is_the_age_of_the_oldest_job_that_waits() -> None:
    now = timezone.now()
    assert jobs.outbox_lag(now) == 0.0
    leave_job(due_at=now - dt.timedelta(seconds=90), claimed_until=now - dt.timedelta(seconds=1))
    leave_job(due_at=now + dt.timedelta(hours=1))
    assert jobs.outbox_lag(now) == pytest.approx(90, abs=0.1)


# --- Through a broker ----------------------------------------------------------------------------


@pytest.fixture
def through_broker(settings: Settings) -> Iterator[Any]:
    """Publish to a broker, given by its URL, instead of running jobs here."""
    before = app.conf.broker_url, app.conf.broker_transport_options

    def use(url: str) -> None:
        settings.JOBS = "celery"
        app.conf.broker_url = url
        app.conf.broker_transport_options = _transport_options(url)
        app.set_default()
        app._after_fork()  # drops the pools of the broker before

    yield use
    app.conf.broker_url, app.conf.broker_transport_options = before
    app._after_fork()


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_broker_that_never_answers_does_not_hold_the_request(scheme: str, through_broker: Any) -> None:
    with black_hole() as port:
        through_broker(f"{scheme}://127.0.0.1:{port}//")
        started = time.monotonic()
        jobs.enqueue_durable("tests.record", a=1)
        first = time.monotonic() - started
        started = time.monotonic()
        for _ in range(20):
            jobs.enqueue("tests.record", a=2)
        others = time.monotonic() - started
    assert first < jobs.PUBLISH_SECONDS + 0.5
    assert others < 0.5
    assert calls == []


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_broker_that_refuses_leaves_the_durable_job_to_the_sweep(scheme: str, through_broker: Any) -> None:
    through_broker(f"{scheme}://127.0.0.1:{free_port()}//")
    jobs.enqueue_durable("tests.record", a=1)
    job = OutboxJob.objects.get()
    assert (calls, job.state, job.attempts) == ([], JobState.WAITING, 0)
    assert job.published_until <= timezone.now()


def test_durable_job_is_done_by_a_worker(through_broker: Any, redis_server: RedisServer) -> None:
    redis_server.flush()
    through_broker(redis_server.url)
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        jobs.enqueue_durable("tests.record", a=1)
        assert called.wait(20)
    assert (calls, OutboxJob.objects.count()) == ([{"a": 1}], 0)


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("accounts.tasks.send_reset", "mail"),
        ("accounts.tasks.make_export", "bulk"),
        ("media.tasks.process_media", "media"),
        ("content.tasks.erase_remains_of_post", "bulk"),
        ("messaging.tasks.push_call", "push"),
        ("tests.record", "default"),
    ],
)
def test_durable_job_waits_in_the_queue_of_its_concern(
    through_broker: Any, redis_server: RedisServer, name: str, queue: str
) -> None:
    redis_server.flush()
    through_broker(redis_server.url)
    jobs.enqueue_durable(name, a=1)
    lengths = {one: redis.Redis.from_url(redis_server.url).llen(one) for one in QUEUES}
    assert lengths == {**dict.fromkeys(QUEUES, 0), queue: 1}


# --- The clock of a development server --------------------------------------------------------------


def test_clock_starts_each_job_again_and_again() -> None:
    started: list[str] = []
    enough = threading.Event()

    def start(task: str) -> None:
        started.append(task)
        if started.count("often") >= 3:
            enough.set()

    clock = EmbeddedClock([Periodic("often", every=0.01), Periodic("rarely", every=3600)], start)
    clock.start()
    assert enough.wait(10)
    clock.stop()
    assert set(started) == {"often"}


def test_clock_of_the_server_has_the_schedule_of_beat() -> None:
    clock = jobs.start_embedded_clock()
    clock.stop()
    assert {(entry.task, entry.every) for entry in clock._due} == {
        (entry.task, entry.every) for entry in SCHEDULE
    }


def test_every_scheduled_task_exists() -> None:
    assert {entry.task for entry in SCHEDULE} <= set(jobs._celery().tasks)


def test_server_starts_the_clock_only_where_it_runs_jobs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(runserver, "start_embedded_clock", lambda: started.append(settings.JOBS))
    monkeypatch.setattr(runserver.DaphneCommand, "inner_run", lambda self, *args, **options: None)
    for settings.JOBS in ("inline", "celery"):
        load_command_class("grover.core", "runserver").inner_run()
    assert started == ["inline"]
    assert get_commands()["runserver"] == "grover.core"
