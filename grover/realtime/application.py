"""The ASGI application of the socket: one consumer, at `/ws/`."""

import asyncio
import datetime as dt
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.utils.dateparse import parse_datetime

from grover.core.errors import NotSignedIn, as_problem
from grover.realtime.hub import Hub
from grover.realtime.inbox import Inbox
from grover.realtime.lines import line_of
from grover.realtime.pulse import Pulse
from grover.realtime.seating import close_seat, hello_of, open_seat
from grover.realtime.sign_in import SUBPROTOCOL, headers_of, sign_in
from grover.realtime.sockets import NO_SUCH_PATH, NOT_SIGNED_IN, RESTARTING, TOO_MANY, Socket
from grover.realtime.work import in_thread

logger = structlog.get_logger(__name__)

PATH = "/ws/"
UNFORESEEN = 1011

_hubs: dict[asyncio.AbstractEventLoop, "asyncio.Future[Hub]"] = {}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one socket from its handshake to its end."""
    await receive()
    if scope["path"] != PATH:
        await send({"type": "websocket.close", "code": NO_SUCH_PATH})
        return
    try:
        viewer, expires_at = await in_thread(sign_in, headers_of(scope), scope["subprotocols"])
    except Exception as error:  # noqa: BLE001 - also a database that is down
        await _accept(scope, send)
        await send({"type": "websocket.close", "code": _code_of(error)})
        return
    await _accept(scope, send)
    socket = Socket(viewer, expires_at, line_of(scope, send))
    await _serve(socket, receive, _since(scope))


async def _accept(scope: dict[str, Any], send: Any) -> None:
    """Accept a socket, also one that is then refused: a browser only sees the code of an open one."""
    subprotocol = SUBPROTOCOL if SUBPROTOCOL in scope["subprotocols"] else None
    await send({"type": "websocket.accept", "subprotocol": subprotocol})


def _code_of(error: Exception) -> int:
    if isinstance(as_problem(error), NotSignedIn):
        return NOT_SIGNED_IN
    logger.error("A socket could not be signed in", exc_info=error)
    return UNFORESEEN


async def _serve(socket: Socket, receive: Any, since: dt.datetime | None) -> None:
    hub = await _running_hub()
    inbox = Inbox(socket)
    code = 0
    opening = socket.loop.create_task(_open(hub, socket, since))
    try:
        code = await _read(receive, inbox)
    finally:
        socket.is_closed = True
        await opening
        await inbox.finish()
        await hub.remove(socket)
        if code != RESTARTING:  # else the client comes back elsewhere; if not, its seat is swept
            socket.typing.stop_all()
            if socket.has_seat:
                await in_thread(close_seat, socket.viewer, socket.id)


async def _open(hub: Hub, socket: Socket, since: dt.datetime | None) -> None:
    """Join the hub, then say `hello`: what happens in between comes after it."""
    try:
        await hub.add(socket)
        socket.has_seat = await in_thread(open_seat, socket.viewer, socket.id)
        if not socket.has_seat:
            socket.close(TOO_MANY)
            return
        socket.greet(await in_thread(hello_of, socket.viewer, since))
    except Exception:
        logger.exception("A socket could not be opened")
        socket.close(UNFORESEEN)


async def _read(receive: Any, inbox: Inbox) -> int:
    """Take what the client sends until it is gone; give the close code."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return int(message.get("code") or 0)
        inbox.put(message.get("text"))


def _since(scope: dict[str, Any]) -> dt.datetime | None:
    """Read `?since=`; what is no moment in time is as good as none."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])
    try:
        moment = parse_datetime(values[-1].replace(" ", "+"))
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


async def _running_hub() -> Hub:
    """Give the hub of this event loop, started by its first socket."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = asyncio.ensure_future(_start_hub())
    return await asyncio.shield(_hubs[loop])


async def _start_hub() -> Hub:
    hub = Hub()
    await hub.start()
    hub.spawn(Pulse(hub).run())
    return hub
