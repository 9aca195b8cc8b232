"""A realtime process as in production, before a Redis of the tests' own, on the database of the tests.

The REST side is the test's own process: what it emits goes through the same Redis.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts.models import User
from tests.conftest import sign_in
from tests.operations.processes import Process, running_server
from tests.realtime.clients import Client
from tests.services import RedisServer


@dataclasses.dataclass
class Realtime:
    """A realtime process that runs."""

    process: Process
    http: httpx.Client

    @property
    def url(self) -> str:
        """The address of its socket."""
        return f"ws://{self.http.base_url.host}:{self.http.base_url.port}/ws/"

    def client(self, user: User | str, **options: Any) -> Client:
        """Open a socket for somebody, in a new session, or with an access token."""
        token = user if isinstance(user, str) else sign_in(user)[1]
        return Client(self.url, token, **options)

    def metric(self, name: str) -> float:
        """Read a value that it tells Prometheus."""
        for line in self.http.get("/metrics").text.splitlines():
            if line.startswith((f"{name} ", f"{name}{{")):
                return float(line.rpartition(" ")[2])
        raise AssertionError(f"no {name}")


@contextmanager
def running_realtime(folder: Path, redis_url: str, **variables: str) -> Iterator[Realtime]:
    """Run a realtime process for as long as the block lasts."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.realtime.settings", "REDIS_URL": redis_url, **variables}
    with running_server(folder, "realtime.sh", **settings) as (process, http):
        yield Realtime(process, http)
        if process.is_running:  # a transaction of a killed process may stay open on MongoDB
            process.terminate()
            process.wait()


@pytest.fixture
def redis_layer(redis_server: RedisServer, settings: Any) -> RedisServer:
    """Let this process publish through the Redis of the tests."""
    redis_server.start()
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "grover.core.channel_layers.RedisLayer",
            "CONFIG": {"hosts": [redis_server.url], "prefix": "grover"},
        }
    }
    return redis_server


@pytest.fixture(scope="session")
def realtime_process(
    django_db_setup: None, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Realtime]:
    """A realtime process that serves all tests."""
    redis_server.start()
    with running_realtime(tmp_path_factory.mktemp("realtime"), redis_server.url) as server:
        yield server


@pytest.fixture
def realtime(transactional_db: None, redis_layer: RedisServer, realtime_process: Realtime) -> Realtime:
    """A realtime process, on the database and the Redis of this test."""
    return realtime_process
