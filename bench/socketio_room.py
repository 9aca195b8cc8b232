"""A room of python-socketio as its documentation writes it: an AsyncServer with its Redis manager.

Who connects is in the room; nobody signs in, and nothing is stored, counted or logged.
"""

import os
from typing import Any

import socketio

from bench.sockets import ROOM

server = socketio.AsyncServer(
    async_mode="asgi",
    client_manager=socketio.AsyncRedisManager(os.environ["BENCH_REDIS_URL"]),
    transports=["websocket"],
)
app = socketio.ASGIApp(server)


@server.event  # type: ignore[untyped-decorator]
async def connect(sid: str, environ: dict[str, Any], auth: Any) -> None:
    """Let a client into the room."""
    await server.enter_room(sid, ROOM)
