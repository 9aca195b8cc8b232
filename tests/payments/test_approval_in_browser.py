"""A person pays: a tip begun over REST, approved by a click in a real browser, and taken by itself."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from grover.env import BASE_DIR
from tests.live.conftest import wait_until_live
from tests.operations.probes.files import until
from tests.operations.processes import environment
from tests.payments.browser import Browser, running_browser
from tests.services import free_port

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the server has an SQLite of its own whatever the tests run on"
)

SOON_SECONDS = 15.0  # the reconciler, which would take the money as well, asks later
PASSWORD = "a long and quiet afternoon"


@dataclass
class Server:
    """A server as `make run` starts it, whose buyers come back to another origin."""

    url: str
    done_url: str
    log: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("approval")
    port = free_port()
    made = Server(f"http://127.0.0.1:{port}", f"http://localhost:{port}/payments/done", folder / "log")
    variables = environment(
        DJANGO_SETTINGS_MODULE="grover.settings",
        DATABASE_URL=f"sqlite:///{folder}/approval.sqlite3",
        MEDIA_ROOT=str(folder / "media"),
        PRIVATE_ROOT=str(folder / "private"),
        PUBLIC_URL=made.url,
        PAYMENT_RETURN_URL=made.done_url,
    )
    manage = [sys.executable, str(BASE_DIR / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=variables, check=True)
    with made.log.open("wb") as log:
        process = subprocess.Popen(
            [*manage, "runserver", "--noreload", f"127.0.0.1:{port}"], env=variables, stdout=log, stderr=log
        )
    try:
        wait_until_live(made.url, process)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("browser")) as running:
        yield running


class Person:
    """Somebody with an account, who asks over REST."""

    def __init__(self, server: Server) -> None:
        self.name = f"person{uuid.uuid4().hex[:12]}"
        self._http = httpx.Client(base_url=f"{server.url}/api/v1/", timeout=30, trust_env=False)
        account = {"username": self.name, "email": f"{self.name}@example.com", "birth_date": "1990-12-10"}
        self.ask("POST", "auth/register", {**account, "password": PASSWORD})
        tokens = self.ask("POST", "auth/login", {"identifier": self.name, "password": PASSWORD})
        self._http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        answer = self._http.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def wait_for(self, payment_id: str, state: str) -> Any:
        until(lambda: self.ask("GET", f"payments/{payment_id}")["state"] == state, seconds=SOON_SECONDS)
        return self.ask("GET", f"payments/{payment_id}")

    def tip(self, creator: "Person", value: int) -> Any:
        amount = {"value": value, "currency": "USD"}
        return self.ask("POST", f"users/@{creator.name}/tips", {"amount": amount})


def test_a_click_on_approve_pays_the_creator(server: Server, browser: Browser) -> None:
    ada, bob = Person(server), Person(server)
    tip = bob.tip(ada, 1_250)
    assert tip["approve_url"].startswith(f"{server.url}/sandbox/orders/order-")

    browser.open(tip["approve_url"])
    assert "12.50 USD" in browser.text()
    assert f"Grover: tip for @{ada.name}" in browser.text()
    browser.click("Approve")
    browser.wait_for(server.done_url)

    assert "You can go back now" in browser.text()
    paid = bob.wait_for(tip["id"], "captured")
    assert "route=/api/v1/webhooks/<str:provider> status=200" in server.log.read_text()
    assert (paid["approve_url"], paid["captured_at"] is None) == (None, False)
    assert ada.ask("GET", f"payments/{tip['id']}")["state"] == "captured"
    browser.open(tip["approve_url"])
    assert "This is paid." in browser.text()
    assert "Approve" not in browser.text()


def test_a_click_on_decline_ends_the_payment(server: Server, browser: Browser) -> None:
    ada, bob = Person(server), Person(server)
    tip = bob.tip(ada, 500)

    browser.open(tip["approve_url"])
    browser.click("Decline")
    browser.wait_for(server.done_url)

    assert bob.wait_for(tip["id"], "failed")["captured_at"] is None
    browser.open(tip["approve_url"])
    assert "You declined this. Nothing was paid." in browser.text()


def test_a_payment_on_its_way_is_settled_by_a_click(server: Server, browser: Browser) -> None:
    ada, bob = Person(server), Person(server)
    tip = bob.tip(ada, 514)
    browser.open(tip["approve_url"])
    browser.click("Approve")
    browser.wait_for(server.done_url)
    bob.wait_for(tip["id"], "approved")

    browser.open(tip["approve_url"])
    browser.click("Settle")
    until(lambda: "This is paid." in browser.text())

    bob.wait_for(tip["id"], "captured")


def test_a_form_of_another_site_decides_nothing(server: Server, browser: Browser) -> None:
    ada, bob = Person(server), Person(server)
    tip = bob.tip(ada, 500)
    browser.open("about:blank")

    browser.evaluate(
        "document.body.innerHTML = '<form method=post action="
        f'"{tip["approve_url"]}/approve"><button style="padding: 2em">Win</button></form>\''
    )
    browser.click("Win")
    browser.wait_for(f"{tip['approve_url']}/approve")

    assert '"code":"forbidden"' in browser.text()
    assert bob.ask("GET", f"payments/{tip['id']}")["state"] == "created"
    browser.open(tip["approve_url"])
    assert "Approve" in browser.text()
