"""A client of the socket, as a script would write it."""

import contextlib
import importlib
import itertools
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

Frame = dict[str, Any]

SECONDS = 20.0


def check_frame(frame: Frame) -> Frame:
    """Compare a frame with the catalogue of events; every frame that a test receives comes through here."""
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module("tests.frames").seen(frame)
    return frame


class Client:
    """A socket, signed in by a token or a ticket; a frame is read when it is waited for."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        ticket: str | None = None,
        origin: str | None = None,
        since: str | None = None,
        greeted: bool = True,
        **options: Any,
    ) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        subprotocols = None if ticket is None else ["grover.v1", f"ticket.{ticket}"]
        options.setdefault("subprotocols", subprotocols)
        query = "" if since is None else f"?since={since.replace('+', '%2B')}"
        self._numbers = itertools.count(1)
        self.frames: list[Frame] = []
        self.unread: list[Frame] = []
        self._opened = connect(
            f"{url}{query}",
            additional_headers=headers,
            origin=origin,
            compression=None,
            open_timeout=SECONDS,
            close_timeout=1,
            **options,
        )
        self.connection = self._opened.__enter__()
        self.hello: Frame = self.event("hello") if greeted else {}

    def say(self, text: str | bytes) -> None:
        """Send a frame as it is."""
        self.connection.send(text)

    def send(self, name: str, data: Any = None, *, frame_id: str | None = None) -> str:
        """Send a command without waiting for its answer; give its id."""
        frame_id = frame_id or f"c{next(self._numbers)}"
        self.say(json.dumps({"id": frame_id, "type": name, "data": data or {}}))
        return frame_id

    def ask(self, name: str, data: Any = None, *, frame_id: str | None = None) -> Frame:
        """Send a command and wait for its answer."""
        frame_id = self.send(name, data, frame_id=frame_id)
        return self.wait(lambda frame: frame.get("id") == frame_id and frame["type"] in ("ack", "error"))

    def event(self, kind: str, **values: Any) -> Frame:
        """Wait for an event of a kind whose data has these values."""
        return self.wait(
            lambda frame: (
                frame["type"] == kind
                and "id" not in frame
                and all(frame["data"].get(name) == value for name, value in values.items())
            )
        )

    def wait(self, condition: Callable[[Frame], object], *, seconds: float = SECONDS) -> Frame:
        """Wait for a frame that meets a condition; what came before stays unread."""
        for frame in self.unread:
            if condition(frame):
                self.unread.remove(frame)
                return frame
        deadline = time.monotonic() + seconds
        while True:
            frame = self.read(max(0.0, deadline - time.monotonic()))
            if condition(frame):
                return frame
            self.unread.append(frame)

    def read(self, seconds: float = SECONDS) -> Frame:
        """Read the next frame."""
        try:
            frame: Frame = json.loads(self.connection.recv(timeout=seconds))
        except TimeoutError:
            raise AssertionError(f"no such frame among {self.unread}") from None
        self.frames.append(frame)
        return check_frame(frame)

    def types(self) -> list[str]:
        """Give the types of the events that came and were not waited for, after an answer to a ping."""
        self.ask("ping")
        return [frame["type"] for frame in self.unread]

    def close_code(self, seconds: float = SECONDS) -> int:
        """Read to the end and give the code the server closed with."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self.unread.append(self.read(max(0.0, deadline - time.monotonic())))
        except ConnectionClosed as error:
            return 1006 if error.rcvd is None else error.rcvd.code

    def close(self) -> None:
        self._opened.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
