"""Whole processes, started as in production, by the scripts in `deploy/`."""

import os
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil
from django.db import connection

from grover.env import BASE_DIR
from grover.settings import env
from tests.operations.probes.files import until
from tests.services import free_port

SECRET = "k3Yd9fQ2x7LmP0vRtZ8wNb5cHs1jGuE4aXoTiWqB6yCrDlSpVe2K"
SIGNING_KEY = "m7Qe1zVx9KpL3nRs5TuW8yBd0FgH2jCkMaNoPqXiZvErGwUt4YbJ"

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": SECRET,
    "JWT_SIGNING_KEYS": f"2026:{SIGNING_KEY}",
    "ALLOWED_HOSTS": "api.grover.test,127.0.0.1",
    "PUBLIC_URL": "https://api.grover.test",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://grover:grover@127.0.0.1:1/grover",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "BROKER_URL": "redis://127.0.0.1:1/1",
    "JOBS": "celery",
    "CORS_ALLOWED_ORIGINS": "https://app.grover.test",
    "EMAIL_URL": "smtp+tls://grover:grover@mail.grover.test:587",
    "DEFAULT_FROM_EMAIL": "Grover <no-reply@grover.test>",
    "PAYMENT_PROVIDER": "paypal",
    "PAYPAL_CLIENT_ID": "grover",
    "PAYPAL_SECRET": "not-told",
    "PAYPAL_WEBHOOK_ID": "WH-GROVER",
    "PAYPAL_MERCHANT_ID": "GROVER",
}


def database_url(host_and_port: str | None = None) -> str:
    """Give the URL of the database the tests run in, or of what stands before it at another address."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:////{name.lstrip('/')}"
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    query = parts.query
    if host_and_port is not None:
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        parts = parts._replace(netloc=user + host_and_port)
        query = "directConnection=true" if connection.vendor == "mongodb" else query
    return urllib.parse.urlunsplit(parts._replace(path=f"/{name}", query=query))


def environment(**variables: str) -> dict[str, str]:
    """Give the environment of a process: that of the tests, without their settings, and these."""
    kept = {name: value for name, value in os.environ.items() if name not in env.names}
    kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    defaults = {"DJANGO_SETTINGS_MODULE": "tests.operations.probes.settings", "PYTHONPATH": str(BASE_DIR)}
    return {**kept, "PATH": path, **defaults, **variables}


def run_manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `manage.py` on the settings of the product."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment(DJANGO_SETTINGS_MODULE="grover.settings", **variables),
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Process:
    """A script of `deploy/` that runs, and everything it starts."""

    def __init__(self, script: str, folder: Path, variables: dict[str, str]) -> None:
        self.log = folder / f"{script}-{free_port()}.log"
        with self.log.open("wb") as log:
            self._popen = subprocess.Popen(
                [BASE_DIR / "deploy" / script],
                env=environment(**variables),
                cwd=BASE_DIR,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        return self._popen.poll() is None

    def children(self) -> list[psutil.Process]:
        """List the processes it started, the oldest first."""
        return psutil.Process(self._popen.pid).children(recursive=True)

    def terminate(self) -> None:
        """Ask it to end, as a process manager does."""
        self._popen.send_signal(signal.SIGTERM)

    def wait(self, seconds: float = 30) -> int:
        """Wait for its end and give its status."""
        return self._popen.wait(timeout=seconds)

    def kill(self) -> None:
        """End it and all its children at once, unasked."""
        for process in [*self.children(), psutil.Process(self._popen.pid)] if self.is_running else []:
            process.kill()
        self._popen.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        if kind is not None:
            print(self.output())


@contextmanager
def running_server(
    folder: Path, script: str = "api.sh", **variables: str
) -> Iterator[tuple[Process, httpx.Client]]:
    """Serve until the end of the block; give the process and a client, each request a new connection."""
    port = free_port()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / f"metrics-{port}"),
        "MEDIA_ROOT": str(folder / "media"),
        "PROBES": str(folder),
        "DATABASE_URL": database_url(),
        **variables,
    }
    limits = httpx.Limits(max_keepalive_connections=0)
    with (
        Process(script, folder, settings) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30) as client,
    ):
        until(lambda: not process.is_running or _is_live(client), seconds=60)
        assert process.is_running, process.output()
        yield process, client


def _is_live(client: httpx.Client) -> bool:
    try:
        return client.get("/api/live").status_code == 200
    except httpx.TransportError:
        return False
