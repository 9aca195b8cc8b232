"""Jobs from a server through a real broker to real workers, some of which are killed at work."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from grover.core.models import OutboxJob
from tests.operations.brokers import own_queue, running_broker
from tests.operations.probes.files import told, until
from tests.operations.processes import Process, database_url, running_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Iterator[str]:
    with running_broker(request.param) as url:
        yield url


@pytest.fixture(scope="module")
def queue(broker: str) -> Iterator[str]:
    with own_queue(broker) as name:
        yield name


@pytest.fixture(scope="module")
def folder(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where jobs tell how far they are."""
    return tmp_path_factory.mktemp("probes")


@pytest.fixture
def job() -> str:
    """The name of a job."""
    return f"job-{uuid.uuid4()}"


@pytest.fixture(scope="module")
def server(django_db_setup: None, folder: Path, broker: str, queue: str) -> Iterator[httpx.Client]:
    """A server that asks for jobs: `/probes/job/<name>`, `/probes/durable/<name>`."""
    with running_server(folder, JOBS="celery", BROKER_URL=broker, PROBES_QUEUE=queue) as (_, client):
        yield client


@pytest.fixture
def start_worker(folder: Path, broker: str, queue: str) -> Iterator[Callable[[], Process]]:
    """Start a worker of two processes; all are killed at the end."""
    started: list[Process] = []
    variables = {
        "DATABASE_URL": database_url(),
        "JOBS": "celery",
        "BROKER_URL": broker,
        "CONCURRENCY": "2",
        "QUEUES": queue,
        "PROBES_QUEUE": queue,
        "PROBES": str(folder),
    }

    def start() -> Process:
        started.append(Process("worker.sh", folder, variables))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def ask(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.text) == (200, "asked")


def allow(folder: Path, name: str) -> None:
    """Let the job with this name come to its end."""
    (folder / f"{name}.go").touch()


def test_durable_job_is_done_once(
    server: httpx.Client, start_worker: Callable[[], Process], folder: Path, job: str
) -> None:
    start_worker()
    allow(folder, job)

    ask(server, f"/probes/durable/{job}")

    until(lambda: not OutboxJob.objects.exists(), seconds=60)
    assert told(folder, job) == ["began", "ended"]


def test_job_of_a_killed_process_is_given_to_another(
    server: httpx.Client, start_worker: Callable[[], Process], folder: Path, job: str
) -> None:
    worker = start_worker()
    ask(server, f"/probes/job/{job}")
    until(lambda: told(folder, job) == ["began"], seconds=60)

    for child in worker.children():
        child.kill()
    until(lambda: told(folder, job) == ["began", "began"], seconds=60)
    allow(folder, job)

    until(lambda: told(folder, job) == ["began", "began", "ended"])
    assert worker.is_running


def test_durable_job_of_a_killed_worker_is_done_by_the_next(
    server: httpx.Client, start_worker: Callable[[], Process], folder: Path, job: str
) -> None:
    worker = start_worker()
    ask(server, f"/probes/durable/{job}")
    until(lambda: told(folder, job) == ["began"], seconds=60)

    worker.kill()
    allow(folder, job)
    long_ago = timezone.now() - dt.timedelta(minutes=1)
    assert OutboxJob.objects.update(claimed_until=long_ago, published_until=long_ago) == 1  # time passes
    start_worker()
    assert server.get("/probes/sweep").text == "1"

    until(lambda: not OutboxJob.objects.exists(), seconds=60)
    assert told(folder, job) == ["began", "began", "ended"]


def test_worker_that_is_asked_to_end_finishes_its_job(
    server: httpx.Client, start_worker: Callable[[], Process], folder: Path, job: str
) -> None:
    worker = start_worker()
    ask(server, f"/probes/durable/{job}")
    until(lambda: told(folder, job) == ["began"], seconds=60)

    worker.terminate()
    until(lambda: "Warm shutdown" in worker.output())
    assert worker.is_running
    allow(folder, job)

    assert worker.wait() == 0
    assert told(folder, job) == ["began", "ended"]
    assert not OutboxJob.objects.exists()


def test_beat_starts_what_is_due(
    folder: Path, broker: str, queue: str, job: str, start_worker: Callable[[], Process]
) -> None:
    """A durable job that no server published is swept up by beat's tick and done by a worker."""
    OutboxJob.objects.create(name="probes.tasks.work", kwargs={"file": job})
    allow(folder, job)
    variables = {
        "DATABASE_URL": database_url(),
        "JOBS": "celery",
        "BROKER_URL": broker,
        "PROBES_QUEUE": queue,
    }

    start_worker()
    with Process("beat.sh", folder, variables):
        until(lambda: not OutboxJob.objects.exists(), seconds=60)

    assert told(folder, job) == ["began", "ended"]
