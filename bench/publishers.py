"""How a frame gets into a group: over the road that each kind of server has for it.

All say the same: a message of somebody, with the moment at which it was due in its text.
"""

import asyncio
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from accounts.cards.people import UserSummary
from grover.core import broadcast, encoding
from messaging.cards.messages import MessageCard

MARK = b"due at "
STAMP_DIGITS = 20
PADDING = " rain all week so we built a boat"
TYPE = "message.created"


class Publisher(Protocol):
    """Publishes into one group."""

    async def publish(self, due: int) -> None:
        """Send everybody a frame that was due at this nanosecond."""


@dataclass
class OfGrover:
    """Publishes as an action does after its commit."""

    conversation_id: uuid.UUID

    async def publish(self, due: int) -> None:
        text = broadcast.frame_of(TYPE, _message(due), dt.datetime.now(dt.UTC))
        broadcast.publish(broadcast.to_conversation(self.conversation_id, roster=1), text)


@dataclass
class OfSocketio:
    """Publishes as another process does for python-socketio: a Redis manager that only writes."""

    redis_url: str
    room: str
    manager: Any = None

    async def publish(self, due: int) -> None:
        if self.manager is None:
            import socketio  # only the process that publishes needs it

            self.manager = socketio.AsyncRedisManager(self.redis_url, write_only=True)
        data = encoding.loads(encoding.dumps(_message(due)))
        await self.manager.emit(TYPE, data, room=self.room)


@dataclass
class OfBareRoom:
    """Publishes to the server that does nothing else."""

    port: int
    writer: asyncio.StreamWriter | None = None

    async def publish(self, due: int) -> None:
        if self.writer is None:
            _, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        text = broadcast.frame_of(TYPE, _message(due), dt.datetime.now(dt.UTC))
        self.writer.write(text.encode() + b"\n")


_SENDER = UserSummary(
    id=uuid.UUID(int=1), username="person1", display_name="Person 1", avatar_url=None, is_verified=False
)
_CONVERSATION_ID = uuid.UUID(int=2)
_MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def _message(due: int) -> dict[str, Any]:
    card = MessageCard(
        id=uuid.UUID(int=due),
        conversation_id=_CONVERSATION_ID,
        seq=due,
        client_id=f"c{due}",
        sender=_SENDER,
        kind="text",
        text=f"{MARK.decode()}{due:0{STAMP_DIGITS}}{PADDING}",
        media=[],
        reply_to=None,
        shared=None,
        preview=None,
        reactions=[],
        is_unsent=False,
        created_at=_MOMENT,
        edited_at=None,
    )
    return {"conversation_id": _CONVERSATION_ID, "message": card}
