"""People who talk while things break, many in one event loop: clients that do as the documents say."""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from grover.core import encoding
from tests.realtime.clients import check_frame

PAGE = 100  # messages, the most that one reading gives
PATIENCE = 10.0  # seconds that a hole may stay, unless a whole page waits to be read
QUIET = 1.0  # seconds without a message after which one asks: the last one may be what was lost
COMMANDS_APART = 0.06  # seconds; twenty commands a second are taken
ANSWER_SECONDS = 60.0
CHECKED_EVERY = 100  # frames: to check one takes longer than to send it

Ack = tuple[str, int]  # the id and the seq of a message


class Rest:
    """The messages of one conversation over REST, for anybody."""

    def __init__(self, client: httpx.AsyncClient, conversation_id: uuid.UUID) -> None:
        self._client = client
        self._path = f"/api/v1/conversations/{conversation_id}/messages"

    async def send(self, token: str, client_id: str) -> Ack:
        """Send a message and give what is answered."""
        body = {"client_id": client_id, "text": client_id}
        answer = await self._client.post(self._path, json=body, headers=_authorization(token))
        assert answer.status_code in (200, 201), answer.text
        card = encoding.loads(answer.content)
        return card["id"], card["seq"]

    async def after(self, token: str, seq: int) -> list[Ack]:
        """Read the next page of messages after one."""
        path = f"{self._path}?after_seq={seq}&limit={PAGE}"
        answer = await self._client.get(path, headers=_authorization(token))
        assert answer.status_code == 200, answer.text
        return [(card["id"], card["seq"]) for card in encoding.loads(answer.content)["results"]]


class Talker:
    """Somebody with a socket that may break at any time, who sends messages and learns of all of them.

    A message without an ack is sent again, under the same `client_id`, after each break. What comes before
    its turn waits; a hole is fetched over REST, and so is what `hello` tells of.
    """

    def __init__(self, url: str, token: str, conversation_id: uuid.UUID, rest: Rest) -> None:
        self.token = token
        self.rest = rest
        self.seen: list[str] = []  # the ids of the messages, by seq
        self.acks: dict[str, Ack] = {}
        self.heard = 0  # messages that came over the socket
        self.breaks = 0
        self._url = url
        self._conversation_id = str(conversation_id)
        self._numbers = itertools.count()
        self._early: dict[int, str] = {}
        self._last_seq = 0
        self._came_at = self._hole_at = time.monotonic()
        self._since = ""
        self._socket: ClientConnection | None = None
        self._is_greeted = asyncio.Event()
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[Ack] | None = None
        self._asked = ""

    # --- The socket ------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Listen for ever, over one socket after the other, and fetch what is missed."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._stay_connected())
            tasks.create_task(self._fill_holes())

    async def greeted(self) -> None:
        """Wait for `hello`."""
        await self._is_greeted.wait()

    def cut(self) -> bool:
        """Cut the connection without a word; tell whether there was one."""
        if self._is_greeted.is_set() and self._socket is not None:
            self._socket.transport.abort()
            self._is_greeted.clear()
            return True
        return False

    async def _stay_connected(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, EOFError):
                await self._converse()
            self._is_greeted.clear()
            self.breaks += 1
            if self._answer is not None and not self._answer.done():
                self._answer.set_exception(ConnectionError())
            await asyncio.sleep(0.1)

    async def _converse(self) -> None:
        async with connect(
            f"{self._url}?since={self._since.replace('+', '%2B')}",
            additional_headers=_authorization(self.token),
            compression=None,
            ping_interval=None,
            open_timeout=ANSWER_SECONDS,
            close_timeout=1,
        ) as self._socket:
            async for text in self._socket:
                self._take(encoding.loads(text))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "hello" or next(self._numbers) % CHECKED_EVERY == 0:
            check_frame(frame)
        match frame["type"]:
            case "hello":
                self._since = frame["data"]["server_time"]
                for news in frame["data"]["conversations"]:
                    if news["id"] == self._conversation_id:
                        self._know_of(news["last_seq"])
                self._is_greeted.set()
            case "message.created":
                self.heard += 1
                self._see(frame["data"]["message"]["id"], frame["data"]["message"]["seq"])
            case "ack":
                if frame["id"] == self._asked and self._answer is not None and not self._answer.done():
                    self._answer.set_result((frame["data"]["id"], frame["data"]["seq"]))
            case "error":
                raise AssertionError(frame)

    # --- Sending ---------------------------------------------------------------------------------

    async def send_all(self, client_ids: Iterable[str]) -> None:
        """Send one message after the other."""
        for client_id in client_ids:
            self.acks[client_id] = await self.send(client_id)

    async def send(self, client_id: str) -> Ack:
        """Send a message until there is an ack, again after each break; give what that says."""
        async with self._turn:
            while True:
                await asyncio.sleep(COMMANDS_APART)
                await self._is_greeted.wait()
                with contextlib.suppress(ConnectionError, WebSocketException):
                    return await self._ask(client_id)

    async def _ask(self, client_id: str) -> Ack:
        assert self._socket is not None
        self._asked = f"c{next(self._numbers)}"
        self._answer = asyncio.get_running_loop().create_future()
        data = {"conversation_id": self._conversation_id, "client_id": client_id, "text": client_id}
        await self._socket.send(json.dumps({"id": self._asked, "type": "message.send", "data": data}))
        return await asyncio.wait_for(self._answer, ANSWER_SECONDS)

    # --- Knowing all -----------------------------------------------------------------------------

    def _know_of(self, seq: int) -> None:
        if self._last_seq == len(self.seen):
            self._hole_at = time.monotonic()
        self._last_seq = max(self._last_seq, seq)

    def _see(self, message_id: str, seq: int) -> None:
        self._came_at = time.monotonic()
        self._know_of(seq)
        known = self.seen[seq - 1] if seq <= len(self.seen) else self._early.setdefault(seq, message_id)
        assert known == message_id, f"two messages are number {seq}"
        while (following := self._early.pop(len(self.seen) + 1, None)) is not None:
            self.seen.append(following)

    async def _fill_holes(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            if self._has_to_ask():
                self._came_at = self._hole_at = time.monotonic()
                for message_id, seq in await self.rest.after(self.token, len(self.seen)):
                    self._see(message_id, seq)

    def _has_to_ask(self) -> bool:
        missing, now = self._last_seq - len(self.seen), time.monotonic()
        is_old = missing > 0 and now - self._hole_at > PATIENCE
        return missing >= PAGE or is_old or now - self._came_at > QUIET


def _authorization(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextlib.asynccontextmanager
async def listening(talkers: Sequence[Talker]) -> AsyncIterator[None]:
    """Let people listen for as long as the block lasts; what goes wrong with one of them ends it."""
    async with asyncio.TaskGroup() as tasks:
        listeners = [tasks.create_task(talker.listen()) for talker in talkers]
        for talker in talkers:
            await talker.greeted()
        yield
        for listener in listeners:
            listener.cancel()
