"""The servers under test, each a process of its own, ended when its block ends."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
BLOCKING_THREADS = 4


class Server:
    """A server process on a free port of the loopback interface; ready when the block begins."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, path: str) -> None:
        self.port = _free_port()
        self._command = [word.replace("{port}", str(self.port)) for word in command]
        self._environment = environment
        self._path = path

    def __enter__(self) -> Self:
        self._log: IO[bytes] = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env={**os.environ, **self._environment},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        family = self._family()
        self._process.terminate()
        _, alive = psutil.wait_procs(family, timeout=5)
        for process in alive:
            process.kill()
        self._process.wait()
        self._log.close()

    @property
    def cpu_seconds(self) -> float:
        """The processor time that the server has taken so far."""
        times = [process.cpu_times() for process in self._family()]
        return float(sum(one.user + one.system for one in times))

    @property
    def resident_bytes(self) -> int:
        """The resident memory of the process that answers: the largest one."""
        return max(int(process.memory_info().rss) for process in self._family())

    def _family(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self._process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _wait(self) -> None:
        gives_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < gives_up_at:
            if self._process.poll() is not None:
                raise RuntimeError(f"The server ended at once:\n{self.last_words()}")
            if self._answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"The server does not answer:\n{self.last_words()}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", self._path)
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def last_words(self) -> str:
        """Give the end of what the server wrote to its log."""
        self._log.seek(0)
        return self._log.read()[-3000:].decode(errors="replace")


def grover(environment: Mapping[str, str], *, threads: int = BLOCKING_THREADS) -> Server:
    """Serve Grover as in production: one worker process of granian's WSGI server."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"),
        *("--blocking-threads", str(threads), "--host", "127.0.0.1", "--port", "{port}"),
        *("--log-level", "warning", "grover.wsgi:application"),
    ]
    return Server(command, environment, path="/api/v1/feed")


def fastapi(environment: Mapping[str, str]) -> Server:
    """Serve the hand-written feed: one worker process of uvicorn with its fast loop and parser."""
    command = [
        *(sys.executable, "-m", "uvicorn", "bench.fastapi_feed:app", "--workers", "1"),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
        *("--host", "127.0.0.1", "--port", "{port}"),
    ]
    return Server(command, environment, path="/api/v1/feed")


def realtime(environment: Mapping[str, str]) -> Server:
    """Serve the socket as in production: one process of uvicorn."""
    command = [
        *(sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--lifespan", "off"),
        *("--ws", "grover.realtime.server:SocketProtocol", "--ws-max-size", "65536"),
        *("--ws-per-message-deflate", "false"),
        *("--no-access-log", "--log-level", "warning", "grover.asgi:application"),
    ]
    return Server(command, environment, path="/ws/")


def socketio_room(environment: Mapping[str, str]) -> Server:
    """Serve a room of python-socketio: one process of uvicorn."""
    command = [
        *(sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--lifespan", "off"),
        *("--no-access-log", "--log-level", "warning", "bench.socketio_room:app"),
    ]
    return Server(command, environment, path="/socket.io/")


def bare_room() -> Server:
    """Serve a room without anything."""
    return Server([sys.executable, "-m", "bench.bare_room", "{port}"], {}, path="/")


def trivial() -> Server:
    """Serve nothing but an answer."""
    return Server([sys.executable, "-m", "bench.trivial", "{port}"], {}, path="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
