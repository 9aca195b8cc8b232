"""`examples/chat.py`, as two people run it in two terminals, against a running server."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from tests.operations.proxy import Proxy

CHAT = Path(settings.BASE_DIR) / "examples" / "chat.py"
SECONDS = 30


class Terminal:
    """A terminal in which somebody chats."""

    def __init__(self, username: str, password: str, peer: str, url: str) -> None:
        command = [sys.executable, str(CHAT), username, password, peer, "--url", url]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def see(self, count: int) -> list[str]:
        """Wait for so many lines of the conversation; what the program says of itself is left out."""
        found: list[str] = []
        while len(found) < count:
            line = self._lines.get(timeout=SECONDS)
            if not line.startswith("*"):
                found.append(line)
        return found

    def hear_of_a_break(self) -> None:
        """Wait until the program says that the connection is lost."""
        while not self._lines.get(timeout=SECONDS).startswith("* the connection is lost"):
            pass

    def leave(self) -> int:
        """End the input, and give the exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(timeout=SECONDS)


@contextmanager
def terminal(name: str, peer: str, url: str) -> Iterator[Terminal]:
    found = Terminal(name, f"the passphrase of {name}", f"@{peer}", url)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()


@pytest.fixture
def people(live_server_url: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Two people of this test's own."""
    names = [f"{name}_{abs(hash(request.node.name)) % 10_000}" for name in ("ada", "bob")]
    for name in names:
        body = {
            "username": name,
            "email": f"{name}@example.com",
            "password": f"the passphrase of {name}",
            "birth_date": "1990-12-10",
        }
        assert httpx.post(f"{live_server_url}/api/v1/auth/register", json=body).status_code == 201
    return names[0], names[1]


def test_two_terminals_chat(live_server_url: str, people: tuple[str, str]) -> None:
    ada, bob = people
    with terminal(ada, bob, live_server_url) as first, terminal(bob, ada, live_server_url) as second:
        first.type("Hello!")
        assert (first.see(1), second.see(1)) == ([f"{ada}: Hello!"], [f"{ada}: Hello!"])
        second.type("Good morning.")
        assert (first.see(1), second.see(1)) == ([f"{bob}: Good morning."], [f"{bob}: Good morning."])
        assert (first.leave(), second.leave()) == (0, 0)


def test_who_loses_the_network_misses_nothing(live_server_url: str, people: tuple[str, str]) -> None:
    ada, bob = people
    address = urlsplit(live_server_url)
    proxy = Proxy(address.hostname or "", address.port or 0)
    try:
        through = f"http://127.0.0.1:{proxy.port}"
        with terminal(ada, bob, live_server_url) as first, terminal(bob, ada, through) as second:
            first.type("one")
            assert second.see(1) == [f"{ada}: one"]
            proxy.fall_silent()
            for line in ("two", "three"):
                first.type(line)
            second.type("four")
            assert first.see(3) == [f"{ada}: one", f"{ada}: two", f"{ada}: three"]
            proxy.speak()
            second.hear_of_a_break()
            expected = [f"{ada}: two", f"{ada}: three", f"{bob}: four"]
            assert (second.see(3), first.see(1)) == (expected, [f"{bob}: four"])
            assert (first.leave(), second.leave()) == (0, 0)
    finally:
        proxy.close()


def test_who_has_a_wrong_password_is_told(live_server_url: str, people: tuple[str, str]) -> None:
    command = [sys.executable, str(CHAT), people[0], "a wrong one", "@demo", "--url", live_server_url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()
