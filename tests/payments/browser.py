"""A real browser, without a window, told what to do over the DevTools protocol."""

import itertools
import json
import os
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.operations.probes.files import until

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 30.0
MIDDLE_OF_BUTTON = """label => {
    const button = [...document.querySelectorAll("button")].find(one => one.innerText == label)
    button.scrollIntoView({block: "center", behavior: "instant"})
    const box = button.getBoundingClientRect()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    return [x, y, document.elementFromPoint(x, y) === button]
}"""


class Browser:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.call("Page.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something of the protocol, and give the answer; events that come before it are dropped."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._connection.recv(timeout=SECONDS))
            if said.get("id") == number:
                assert "error" not in said, said
                result: dict[str, Any] = said["result"]
                return result

    def open(self, url: str) -> None:
        """Go to an address, and wait until it is there."""
        shown = self.call("Page.navigate", url=url)
        assert "errorText" not in shown, shown
        self.wait_for(url)

    def wait_for(self, url: str) -> None:
        """Wait until the tab has come to an address, and the page is whole."""
        until(lambda: self.evaluate("[location.href, document.readyState]") == [url, "complete"])

    def evaluate(self, expression: str) -> Any:
        """Work an expression out in the page; None where there is no page at the moment."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def text(self) -> str:
        """Give what a person reads on the page."""
        return str(self.evaluate("document.body.innerText"))

    def click(self, label: str) -> None:
        """Press the mouse in the middle of the button with a label."""
        x, y, is_on_top = self.evaluate(f"({MIDDLE_OF_BUTTON})({json.dumps(label)})")
        assert is_on_top, label
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """Run a browser until the end of the block; skips the test where none is installed."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    port_file = folder / "DevToolsActivePort"
    options = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}", "--no-first-run"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *options], stdout=log, stderr=log)
    try:
        until(lambda: (port_file.exists() and "\n" in port_file.read_text()) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        port = port_file.read_text().split()[0]
        blank = urllib.parse.quote("about:blank")
        tab = httpx.put(f"http://127.0.0.1:{port}/json/new?{blank}", timeout=SECONDS, trust_env=False).json()
        with connect(tab["webSocketDebuggerUrl"], compression=None, max_size=None, proxy=None) as connection:
            yield Browser(connection)
    finally:
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
            child.kill()
        process.kill()
        process.wait()
