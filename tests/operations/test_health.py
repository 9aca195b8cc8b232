import os
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from pytest_django import Settings

from grover.operations import health
from grover.operations.questions import Question
from tests.operations.probes.files import until
from tests.operations.processes import database_url, running_server
from tests.operations.proxy import Proxy
from tests.services import black_hole, free_port, running_redis

pytestmark = pytest.mark.django_db(transaction=True)

EMBEDDED = {
    "database": "healthy",
    "cache": "embedded",
    "broker": "embedded",
    "storage": "healthy",
    "payments": "embedded",
    "streaming": "not_configured",
}


@pytest.fixture(autouse=True)
def asked_anew(settings: Settings) -> Iterator[None]:
    health.forget_everything()
    yield
    health.forget_everything()


def states(document: dict[str, Any]) -> dict[str, str]:
    return {name: card["state"] for name, card in document["dependencies"].items()}


def test_live_answers_without_asking_anything(api: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = api().get("/api/live")

    assert (response.status_code, response.json()) == (200, {"status": "live"})
    assert response["Cache-Control"] == "no-store"


def test_health_names_each_dependency(api: Any) -> None:
    response = api().get("/api/health")

    assert (response.status_code, response.json()["status"]) == (200, "healthy")
    assert states(response.json()) == EMBEDDED
    latencies = [card["latency_ms"] for card in response.json()["dependencies"].values()]
    assert all(0 <= latency < 2000 for latency in latencies)


def test_health_tells_no_host_and_no_secret(api: Any) -> None:
    text = api().get("/api/health").text

    for word in ("127.0.0.1", "localhost", "://", "@", "sqlite", str(connection.settings_dict["NAME"])):
        assert word not in text


def test_health_is_asked_at_most_once_a_second(api: Any) -> None:
    before = api().get("/api/health").json()

    assert api().get("/api/health").json() == before  # the same latencies, so the same asking


def test_ready_when_nothing_is_in_the_way(api: Any) -> None:
    response = api().get("/api/ready")

    assert (response.status_code, response.json()) == (200, {"status": "ready", "blocked_by": []})


def test_probes_are_not_limited(api: Any, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "read": "1/minute"}

    answers = [api().get(path).status_code for path in ("/api/live", "/api/health", "/api/ready") * 3]

    assert answers == [200] * 9


def test_probes_do_not_look_at_tokens(api: Any) -> None:
    for path in ("/api/live", "/api/health", "/api/ready"):
        assert api().get(path, Authorization="Bearer nonsense").status_code == 200


def test_dead_service_costs_one_thread_however_often_it_is_asked(settings: Settings) -> None:
    release = threading.Event()
    question = Question(lambda: release.wait(30))
    before = threading.active_count()

    asked = [question.start() for _ in range(50)]

    assert threading.active_count() == before + 1
    release.set()
    assert [one.result(timeout=5) for one in asked] == [True] * 50
    assert question.start() is not asked[0]


# --- Whole servers whose dependencies die --------------------------------------------------------


def ask(client: httpx.Client, path: str) -> tuple[int, dict[str, Any], float]:
    started = time.monotonic()
    response = client.get(path)
    return response.status_code, response.json(), time.monotonic() - started


def test_server_is_degraded_while_redis_is_down_and_heals(tmp_path: Path) -> None:
    with running_redis() as redis, running_server(tmp_path, REDIS_URL=redis.url) as (_, client):
        assert states(ask(client, "/api/health")[1])["cache"] == "healthy"

        redis.stop()
        until(lambda: ask(client, "/api/health")[1]["status"] == "degraded")
        status, document, _ = ask(client, "/api/health")
        assert (status, states(document)) == (200, {**EMBEDDED, "cache": "unhealthy"})
        assert ask(client, "/api/ready")[:2] == (200, {"status": "ready", "blocked_by": []})

        redis.start()
        until(lambda: ask(client, "/api/health")[1]["status"] == "healthy")


def test_server_without_its_broker_is_not_ready(tmp_path: Path) -> None:
    broker = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    with running_server(tmp_path, JOBS="celery", BROKER_URL=broker) as (_, client):
        status, document, _ = ask(client, "/api/health")
        assert (status, document["status"]) == (200, "degraded")
        assert states(document) == {**EMBEDDED, "broker": "unhealthy"}
        assert ask(client, "/api/ready")[:2] == (503, {"status": "not_ready", "blocked_by": ["broker"]})


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_health_answers_in_time_though_redis_and_broker_fall_silent(tmp_path: Path, scheme: str) -> None:
    with black_hole() as port:
        silent = {
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "BROKER_URL": f"{scheme}://127.0.0.1:{port}//",
            "JOBS": "celery",
        }
        with running_server(tmp_path, **silent) as (_, client):
            for _ in range(2):
                status, document, seconds = ask(client, "/api/health")
                assert (status, document["status"]) == (200, "degraded")
                assert states(document) == {**EMBEDDED, "cache": "unhealthy", "broker": "unhealthy"}
                assert seconds < 3
            status, document, seconds = ask(client, "/api/ready")
            assert (status, document["blocked_by"]) == (503, ["broker"])
            assert seconds < 3
            assert ask(client, "/api/live")[2] < 1


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A connection to the database that can be cut."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite is a file, not a server")
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    standard = 27017 if connection.vendor == "mongodb" else 5432
    between = Proxy(parts.hostname or "127.0.0.1", parts.port or standard)
    yield between
    between.close()


def test_server_whose_database_falls_silent_says_so_and_heals(tmp_path: Path, proxy: Proxy) -> None:
    url = database_url(f"127.0.0.1:{proxy.port}")
    with running_server(tmp_path, DATABASE_URL=url) as (_, client):
        assert ask(client, "/api/ready")[:2] == (200, {"status": "ready", "blocked_by": []})

        proxy.fall_silent()
        until(lambda: ask(client, "/api/health")[0] == 503)
        for _ in range(3):
            status, document, seconds = ask(client, "/api/health")
            assert (status, document["status"]) == (503, "unhealthy")
            assert states(document) == {**EMBEDDED, "database": "unhealthy"}
            assert seconds < 3
        assert ask(client, "/api/ready")[:2] == (503, {"status": "not_ready", "blocked_by": ["database"]})
        assert ask(client, "/api/live")[2] < 1
        assert client.get("/metrics").status_code == 200

        proxy.speak()
        until(lambda: ask(client, "/api/ready")[0] == 200, seconds=60)


def test_server_without_a_database_is_unhealthy(tmp_path: Path, missing_database: str) -> None:
    with running_server(tmp_path, DATABASE_URL=missing_database) as (_, client):
        status, document, seconds = ask(client, "/api/health")
        assert (status, document["status"]) == (503, "unhealthy")
        assert states(document) == {**EMBEDDED, "database": "unhealthy"}
        assert seconds < 3
        assert ask(client, "/api/ready")[:2] == (503, {"status": "not_ready", "blocked_by": ["database"]})


@pytest.fixture
def missing_database(tmp_path: Path) -> str:
    return {
        "sqlite": f"sqlite:////{str(tmp_path).lstrip('/')}",  # a directory
        "postgresql": f"postgres://postgres@127.0.0.1:{free_port()}/grover",
        "mongodb": f"mongodb://127.0.0.1:{free_port()}/grover?directConnection=true",
    }[connection.vendor]


def test_server_before_its_migrations_is_not_ready(tmp_path: Path, empty_database: str) -> None:
    with running_server(tmp_path, DATABASE_URL=empty_database) as (_, client):
        assert ask(client, "/api/ready")[:2] == (503, {"status": "not_ready", "blocked_by": ["migrations"]})


@pytest.fixture
def empty_database(tmp_path: Path, make_postgresql_database: Callable[[], str]) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:////{str(tmp_path).lstrip('/')}/empty.sqlite3"
    if connection.vendor == "postgresql":
        return make_postgresql_database()
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return urllib.parse.urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}_empty"))


@pytest.fixture
def make_postgresql_database() -> Iterator[Callable[[], str]]:
    """Make an empty database beside that of the tests, and drop it at the end."""
    name = f"{connection.settings_dict['NAME']}_empty"
    made = []

    def execute(*statements: str) -> None:
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def make() -> str:
        execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        made.append(name)
        parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
        return urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))

    yield make
    if made:
        execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
