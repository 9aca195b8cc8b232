"""A real server in a process of its own, with a database and files of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from tests.services import free_port

if connection.vendor != "sqlite":  # the server has an SQLite of its own whatever the tests run on
    collect_ignore_glob = ["test_*.py"]


def wait_until_live(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers; fail when its process ends before."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/api/live").status_code == 200:
                return
        except httpx.TransportError:
            pass
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"the server ended with {process.returncode}")
    pytest.fail("the server does not answer")


@pytest.fixture(scope="session")
def live_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small demo as `make run` does, and give the address."""
    folder = tmp_path_factory.mktemp("live")
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "grover.settings",
        "DATABASE_URL": f"sqlite:///{folder}/live.sqlite3",
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_ROOT": str(folder / "private"),
        "RATE_LIMIT_FACTOR": "100",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    manage = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
    subprocess.run([*manage, "seed", "--people", "12", "--posts", "40"], env=environment, check=True)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*manage, "runserver", "--noreload", f"127.0.0.1:{port}"], env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_live(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
