"""What a client sends through one socket: counted as it comes, done one after the other."""

import asyncio
import functools
import time
from collections import deque
from typing import Any

import structlog

from grover.core import logs, throttles
from grover.core.commands import Command, all_commands
from grover.core.errors import Internal, as_problem
from grover.realtime import metrics
from grover.realtime.errors import MalformedFrame
from grover.realtime.frames import LARGEST_FRAME, Asked, Refused, ack_of, error_of, read_frame
from grover.realtime.lines import Outgoing
from grover.realtime.sockets import POLICY, TOO_BIG, Socket
from grover.realtime.work import in_thread

logger = structlog.get_logger(__name__)

MOST_A_SECOND = 20
MOST_MALFORMED = 10  # in a row

_commands = functools.cache(all_commands)


class Inbox:
    """The commands of one socket."""

    __slots__ = ("_came_at", "_malformed", "_socket", "_task", "_waiting")

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._came_at: deque[float] = deque(maxlen=MOST_A_SECOND)
        self._malformed = 0
        self._waiting: deque[str | None] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, text: str | None) -> None:
        """Take a frame, None for a binary one; close the socket when there are too many."""
        now = time.monotonic()
        if len(self._came_at) == MOST_A_SECOND and now - self._came_at[0] < 1.0:
            self._socket.close(POLICY)
        elif text is not None and len(text) > LARGEST_FRAME // 4 and len(text.encode()) > LARGEST_FRAME:
            self._socket.close(TOO_BIG)
        else:
            self._came_at.append(now)
            self._waiting.append(text)
            if self._task is None:
                self._task = self._socket.loop.create_task(self._work())

    async def finish(self) -> None:
        """Wait for what is being done; what waits for its turn is dropped."""
        self._waiting.clear()
        if self._task is not None:
            await self._task

    async def _work(self) -> None:
        try:
            while self._waiting and not self._socket.is_closed:
                await self._answer(self._waiting.popleft())
        finally:
            self._task = None

    async def _answer(self, text: str | None) -> None:
        try:
            asked = read_frame(text)
            command = _commands().get(asked.name)
            if command is None:
                raise Refused(MalformedFrame(f"There is no command {asked.name!r}"), asked.id)
        except Refused as error:
            self._refuse(error)
            return
        self._malformed = 0
        answer = await in_thread(_do, self._socket, command, asked)
        self._socket.send(Outgoing(answer))

    def _refuse(self, error: Refused) -> None:
        self._malformed += 1
        self._socket.send(Outgoing(error_of(error.frame_id, error.problem, None)))
        if self._malformed >= MOST_MALFORMED:
            self._socket.close(POLICY)


def _do(socket: Socket, command: Command, asked: Asked) -> str:
    """Do a command and write its answer; what nobody foresaw is an answer too, and the socket stays."""
    logs.bind_user(socket.viewer.id)
    try:
        answer, outcome = ack_of(asked.id, _run(socket, command, asked.data)), "ack"
    except Exception as error:
        problem = as_problem(error)
        if problem is None:
            logger.exception("A command failed", command=command.name)
            problem = Internal()
        outcome = problem.code
        answer = error_of(asked.id, problem, logs.current_request_id())
    metrics.commands_done.labels(command.name, outcome).inc()
    return answer


def _run(socket: Socket, command: Command, data: dict[str, Any]) -> Any:
    if command.limit is not None:
        throttles.spend_for(command.limit, f"user:{socket.viewer.id}")
    serializer = command.serializer(data=data, context={"request": None})
    serializer.is_valid(raise_exception=True)
    subject = socket if command.is_of_socket else socket.viewer
    return command.function(subject, serializer.validated_data)
