"""Granian, as deploy/api.sh starts it: what it counts, and how it ends."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.operations.probes.files import told, until
from tests.operations.processes import Process, running_server

pytestmark = pytest.mark.django_db(transaction=True)


def counted(client: httpx.Client, route: str) -> float:
    """Sum the answers that all processes gave on a route."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "django_http_responses_total_by_status_view_method_total"
        and sample.labels["view"] == route
    )


def test_metrics_are_those_of_all_workers_whichever_answers(tmp_path: Path) -> None:
    with running_server(tmp_path, WORKERS="2") as (process, client):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: client.get("/docs/errors"), range(20)))

        assert [counted(client, "/docs/errors") for _ in range(10)] == [20.0] * 10

        until(lambda: len(_workers(process)) == 2)
        worker = _workers(process)[0]
        worker.kill()
        until(lambda: worker.pid not in {child.pid for child in process.children()})
        for _ in range(5):
            until(lambda: _answers(client, "/docs/errors"))

        assert [counted(client, "/docs/errors") for _ in range(4)] == [25.0] * 4


def _workers(process: Process) -> list[psutil.Process]:
    """Find the children that listen, which is all but Python's own helpers."""
    return [child for child in process.children() if child.net_connections(kind="tcp")]


def _answers(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).status_code == 200
    except httpx.TransportError:
        return False


def test_metrics_begin_anew_with_the_server(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    for _ in range(2):
        with running_server(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(folder)) as (_, client):
            client.get("/docs/errors")
            assert counted(client, "/docs/errors") == 1.0


def test_request_in_flight_is_finished_before_the_server_ends(tmp_path: Path) -> None:
    with running_server(tmp_path) as (process, client), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.get, "/probes/wait/slow")
        until(lambda: told(tmp_path, "slow") == ["began"])

        process.terminate()
        _wait_until_it_takes_nobody(process, client)
        assert process.is_running
        (tmp_path / "slow.go").touch()

        assert (answer.result(timeout=20).status_code, answer.result().text) == (200, "waited")
        assert process.wait() == 0
        assert told(tmp_path, "slow") == ["began", "ended"]


def _wait_until_it_takes_nobody(process: Process, client: httpx.Client) -> None:
    pause = threading.Event()
    for _ in range(20):
        try:
            client.get("/api/live", timeout=0.5)
        except httpx.TransportError:
            return
        pause.wait(0.05)
