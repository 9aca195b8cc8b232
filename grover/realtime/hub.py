"""The hub of a process: one channel, subscribed once to each group, in front of all its sockets.

A frame comes once, is encoded once and is written to every socket of the group. For a conversation the
hub knows which people here are members, as of a version of its roster; a frame of a newer version makes
it read who they are before it delivers, so that whoever was removed gets nothing more.
"""

import asyncio
import datetime as dt
import uuid
from collections import deque
from collections.abc import Collection, Coroutine
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.utils import timezone

from accounts.events.identity import SessionEnded
from grover.core import encoding
from grover.core.broadcast import FRAME
from grover.core.channel_layers import REGAINED
from grover.core.tokens import ended_sessions
from grover.realtime import metrics
from grover.realtime.lines import Outgoing
from grover.realtime.rooms import Message, Person, Room, id_of
from grover.realtime.seating import OVERLAP, hello_of
from grover.realtime.sockets import NOT_SIGNED_IN, Socket
from grover.realtime.work import in_thread
from messaging.events.conversations import ConversationCreated, MemberJoined
from messaging.selectors.conversations import conversation_ids_of, moved_since, roster

logger = structlog.get_logger(__name__)

BEAT = "beat"
GREETED_AT_ONCE = 4
PAUSE_SECONDS = 0.01  # so that a layer that fails at once does not take the loop

_JOINING = tuple(f'{{"type":"{event.type}"' for event in (ConversationCreated, MemberJoined))
_ENDING = f'{{"type":"{SessionEnded.type}"'


class Hub:
    """The sockets of this process, by person and by conversation."""

    def __init__(self) -> None:
        self.layer: Any = get_channel_layer()
        self.people: dict[uuid.UUID, Person] = {}
        self.rooms: dict[uuid.UUID, Room] = {}
        self.heard_at = timezone.now()
        self.channel = ""
        self._tasks: set[asyncio.Task[None]] = set()

    # --- Sockets come and go ---------------------------------------------------------------------

    def sockets(self) -> list[Socket]:
        """List all open sockets of this process."""
        return [socket for person in self.people.values() for socket in person.sockets]

    async def start(self) -> None:
        """Begin to listen."""
        self.channel = await self.layer.new_channel()
        await self.layer.group_add(self.own_group, self.channel)
        self.spawn(self._listen())

    @property
    def own_group(self) -> str:
        """The group that only this hub is in."""
        return f"hub.{self.channel.rpartition('!')[2].rpartition('.')[2]}"

    async def add(self, socket: Socket) -> None:
        """Deliver to a socket from now on what is for its person and their conversations."""
        user_id = socket.viewer.id
        self.people.setdefault(user_id, Person()).sockets.add(socket)
        metrics.sockets_open.inc()
        await self._subscribe(f"user.{user_id}")
        await self._join_all(user_id, await in_thread(conversation_ids_of, user_id))

    async def remove(self, socket: Socket) -> None:
        """Deliver to a socket no more."""
        user_id = socket.viewer.id
        person = self.people.get(user_id)
        if person is None or socket not in person.sockets:
            return
        person.sockets.remove(socket)
        metrics.sockets_open.dec()
        if not person.sockets:
            for conversation_id in person.conversations:
                self._drop(user_id, conversation_id)
            del self.people[user_id]
            await self._unsubscribe(f"user.{user_id}")
            for conversation_id in person.conversations:
                await self._unsubscribe_if_empty(conversation_id)

    async def _join_all(self, user_id: uuid.UUID, ids: Collection[uuid.UUID]) -> None:
        person = self.people.get(user_id)
        if person is None:
            return
        for conversation_id in ids:
            room = self.rooms.setdefault(conversation_id, Room())
            if user_id not in room.members:
                room.members.add(user_id)
                room.version = 0
        person.conversations.update(ids)
        await asyncio.gather(*(self._subscribe(f"conversation.{conversation_id}") for conversation_id in ids))

    def _drop(self, user_id: uuid.UUID, conversation_id: uuid.UUID) -> None:
        room = self.rooms.get(conversation_id)
        if room is not None:
            room.members.discard(user_id)
            if not room.members:
                del self.rooms[conversation_id]

    async def _unsubscribe_if_empty(self, conversation_id: uuid.UUID) -> None:
        if conversation_id not in self.rooms:
            await self._unsubscribe(f"conversation.{conversation_id}")

    async def _subscribe(self, group: str) -> None:
        await self.layer.group_add(group, self.channel)

    async def _unsubscribe(self, group: str) -> None:
        await self.layer.group_discard(group, self.channel)

    # --- Messages come ---------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside listening."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self) -> None:
        while True:
            try:
                self._take(await self.layer.receive(self.channel))
            except Exception:
                logger.exception("A message of the channel layer was not delivered")
                await asyncio.sleep(PAUSE_SECONDS)

    def _take(self, message: Message) -> None:
        match message["type"]:
            case str(kind) if kind == FRAME:
                self._take_frame(message)
            case str(kind) if kind == BEAT:
                now = timezone.now()
                self.heard_at = now
                metrics.hub_lag.set(max(0.0, now.timestamp() - message["at"]))
            case str(kind) if kind == REGAINED:
                self.spawn(self.greet_again(self.heard_at))

    def _take_frame(self, message: Message) -> None:
        group: str = message["group"]
        if group.startswith("user."):
            self._deliver_to_person(id_of(group), message["text"])
        else:
            conversation_id = id_of(group)
            room = self.rooms.get(conversation_id)
            if room is not None:
                self._deliver_to_room(conversation_id, room, message)

    def _deliver_to_person(self, user_id: uuid.UUID, text: str) -> None:
        person = self.people.get(user_id)
        if person is None:
            return
        if text.startswith(_ENDING):
            self._end_session(person, text)
            return
        if text.startswith(_JOINING):
            data = encoding.loads(text)["data"]
            self.spawn(self._join_new(user_id, data))
        frame = Outgoing(text)
        for socket in person.sockets:
            socket.deliver(frame)
        metrics.frames_delivered.inc(len(person.sockets))

    def _deliver_to_room(self, conversation_id: uuid.UUID, room: Room, message: Message) -> None:
        if room.waiting is not None:
            room.waiting.append(message)
        elif message["roster"] > room.version:
            room.waiting = deque([message])
            self.spawn(self._read_roster(conversation_id, room))
        else:
            self._write_to_room(room, message)

    def _write_to_room(self, room: Room, message: Message) -> None:
        frame = Outgoing(message["text"])
        hidden_from = {uuid.UUID(user_id) for user_id in message["hidden_from"]}
        people, delivered = self.people, 0
        for user_id in room.members - hidden_from if hidden_from else room.members:
            for socket in people[user_id].sockets:
                socket.deliver(frame)
            delivered += len(people[user_id].sockets)
        metrics.frames_delivered.inc(delivered)

    async def _read_roster(self, conversation_id: uuid.UUID, room: Room) -> None:
        """Read who is a member now, then deliver what waited; nothing when it cannot be known."""
        asked = set(room.members)
        room.version = 0
        try:
            version, members = await in_thread(roster, conversation_id, asked)
        except Exception:
            logger.exception("The members of a conversation are not known; its frames are dropped")
            room.waiting = None
            return
        waiting, room.waiting = room.waiting or deque(), None
        came_meanwhile = room.members - asked
        for user_id in asked - members:
            self._drop(user_id, conversation_id)
            if user_id in self.people:
                self.people[user_id].conversations.discard(conversation_id)
        room.version = 0 if came_meanwhile else max(version, waiting[0]["roster"])
        for message in waiting:
            self._deliver_to_room(conversation_id, room, message)
        await self._unsubscribe_if_empty(conversation_id)

    async def _join_new(self, user_id: uuid.UUID, data: dict[str, Any]) -> None:
        """Join somebody to a conversation; what was said in it before that took effect, `hello` tells."""
        conversation_id = uuid.UUID(data["conversation_id"])
        if user_id not in self.people or user_id in getattr(self.rooms.get(conversation_id), "members", ()):
            return
        await self._join_all(user_id, [conversation_id])
        known_seq = data.get("conversation", {}).get("last_seq", 0)
        for socket in list(self.people[user_id].sockets if user_id in self.people else ()):
            news = await in_thread(moved_since, socket.viewer, timezone.now() - OVERLAP)
            if any(one.id == conversation_id and one.last_seq > known_seq for one in news):
                socket.tell(await in_thread(hello_of, socket.viewer, timezone.now()))

    def _end_session(self, person: Person, text: str) -> None:
        session_id = uuid.UUID(encoding.loads(text)["data"]["session_id"])
        ended_sessions.add(session_id)
        for socket in list(person.sockets):
            if socket.viewer.session_id == session_id:
                socket.send(Outgoing(text))
                socket.close(NOT_SIGNED_IN)

    async def greet_again(self, since: dt.datetime) -> None:
        """Say `hello` to everybody, as events may have been lost since a moment."""
        turns = asyncio.Semaphore(GREETED_AT_ONCE)
        await asyncio.gather(*(self._greet_again(user_id, since, turns) for user_id in list(self.people)))

    async def _greet_again(self, user_id: uuid.UUID, since: dt.datetime, turns: asyncio.Semaphore) -> None:
        async with turns:
            if user_id not in self.people:
                return
            try:
                await self._join_all(user_id, await in_thread(conversation_ids_of, user_id))
                for socket in list(self.people[user_id].sockets if user_id in self.people else ()):
                    socket.tell(await in_thread(hello_of, socket.viewer, since))
            except Exception:
                logger.exception("Nobody said hello again")
