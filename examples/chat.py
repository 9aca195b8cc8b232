"""Chat from a terminal: every line you type is sent, and what others write is printed as it comes.

    .venv/bin/python examples/chat.py demo demo-of-grover @staff
    .venv/bin/python examples/chat.py staff staff-of-grover @demo

The network may go at any time. Each message has a `client_id` of ours, so that sending it again makes
no second one, and a `seq`, so that what was missed is known and fetched.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import sys
import uuid
from typing import Any

import httpx
import websockets

LONGEST_PAUSE = 8.0


class Chat:
    """One conversation of one person: all of it exactly once and in order, whatever the network does."""

    def __init__(self, url: str, username: str, password: str, peer: str) -> None:
        self._api = httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=10)
        self._url = url
        self._login = {"identifier": username, "password": password}
        self._peer = peer
        self._id = ""
        self._shown = 0  # the last seq that was printed
        self._unsent: dict[str, str] = {}  # texts without an ack, by client_id
        self._is_greeted = False

    async def run(self, lines: "asyncio.Queue[str | None]") -> None:
        """Chat until the lines end and all of them have been stored."""
        await self._enter()
        typing = asyncio.create_task(self._take(lines))
        for pause in itertools.chain([0.2, 0.5, 1.0, 2.0, 4.0], itertools.repeat(LONGEST_PAUSE)):
            with contextlib.suppress(OSError, httpx.HTTPError, websockets.WebSocketException, TimeoutError):
                await self._converse(typing)
                return
            print("* the connection is lost; trying again", flush=True)
            await asyncio.sleep(0.2 if self._is_greeted else pause)
            self._is_greeted = False

    async def _enter(self) -> None:
        """Sign in, and find the conversation or begin it."""
        await self._sign_in()
        person = await self._ask("GET", f"/users/{self._peer}")
        body = {"kind": "direct", "user_ids": [person["id"]]}
        self._id = (await self._ask("POST", "/conversations", json=body))["id"]

    async def _sign_in(self) -> None:
        answer = await self._api.post("/auth/login", json=self._login)
        if answer.status_code != 200:
            sys.exit(answer.json()["detail"])
        self._api.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        answer = await self._api.request(method, path, **kwargs)
        if answer.status_code == 401:  # a token lives for a quarter of an hour
            await self._sign_in()
            answer = await self._api.request(method, path, **kwargs)
        if answer.is_client_error:
            sys.exit(answer.json()["detail"])
        return answer.raise_for_status().json()

    async def _take(self, lines: "asyncio.Queue[str | None]") -> None:
        """Give every line a name of ours, under which it is sent until it is stored."""
        while (line := await lines.get()) is not None:
            if line.strip():
                self._unsent[uuid.uuid4().hex] = line.strip()

    async def _converse(self, typing: "asyncio.Task[None]") -> None:
        """Open a socket with a ticket, as a browser does, and use it until it breaks or all is said."""
        ticket = (await self._ask("POST", "/realtime/ticket"))["ticket"]
        address = self._url.replace("http", "ws", 1) + "/ws/"
        async with websockets.connect(
            address,
            subprotocols=["grover.v1", f"ticket.{ticket}"],
            compression=None,  # type: ignore[list-item]
        ) as socket:
            reading = asyncio.create_task(self._read(socket))
            writing = asyncio.create_task(self._write(socket, typing))
            done, others = await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            for task in others:
                task.cancel()
            for task in done:
                task.result()
            if writing not in done:
                raise ConnectionError("the server closed the socket")

    async def _write(self, socket: websockets.ClientConnection, typing: "asyncio.Task[None]") -> None:
        """Send what is not stored yet; after a break all of it again, under the same names."""
        sent: set[str] = set()
        while not typing.done() or self._unsent:
            for client_id, text in list(self._unsent.items()):
                if client_id not in sent:
                    data = {"conversation_id": self._id, "client_id": client_id, "text": text}
                    await socket.send(json.dumps({"id": client_id, "type": "message.send", "data": data}))
                    sent.add(client_id)
            await asyncio.sleep(0.06)  # at most twenty commands a second are taken

    async def _read(self, socket: websockets.ClientConnection) -> None:
        async for text in socket:
            frame = json.loads(text)
            match frame["type"]:
                case "hello":
                    self._is_greeted = True
                    await self._catch_up()
                case "message.created" if frame["data"]["conversation_id"] == self._id:
                    await self._see(frame["data"]["message"])
                case "ack":
                    self._unsent.pop(frame["id"], None)
                case "error":
                    print(f"* {frame['error']['detail']}", flush=True)
                    self._unsent.pop(frame["id"], None)

    async def _see(self, message: dict[str, Any]) -> None:
        """Show the next message; where one before it is missing, fetch what is."""
        if message["seq"] == self._shown + 1:
            self._show(message)
        elif message["seq"] > self._shown:
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Fetch all that comes after what was shown, in order."""
        page: Any = {"next": f"/conversations/{self._id}/messages?limit=100&after_seq={self._shown}"}
        while page["next"]:
            page = await self._ask("GET", page["next"])
            for message in page["results"]:
                self._show(message)

    def _show(self, message: dict[str, Any]) -> None:
        if message["seq"] <= self._shown:
            return
        self._shown = message["seq"]
        sender = message["sender"]["username"] if message["sender"] else "somebody"
        print(f"{sender}: {'(unsent)' if message['is_unsent'] else message['text']}", flush=True)


async def read_lines(lines: "asyncio.Queue[str | None]") -> None:
    """Put the lines of the terminal into a queue, and None at their end."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        lines.put_nowait(line)
    lines.put_nowait(None)


async def main() -> None:
    """Chat as the command line says."""
    parser = argparse.ArgumentParser(description="Chat with somebody.")
    parser.add_argument("username")
    parser.add_argument("password")
    parser.add_argument("peer", help="whom to chat with: @name")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    arguments = parser.parse_args()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    reading = asyncio.create_task(read_lines(lines))
    chat = Chat(arguments.url, arguments.username, arguments.password, arguments.peer)
    await chat.run(lines)
    await reading


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
