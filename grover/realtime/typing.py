"""Ending what a client said it writes: after six seconds, or when it is gone.

Clients know by `until` when it ends even if nobody tells them, as after this process was killed.
"""

import asyncio
import logging
import uuid

from grover.core.errors import Problem
from grover.core.viewers import Viewer
from grover.realtime.work import in_thread
from messaging.actions.presence import TYPING_LASTS, tell_typing
from messaging.cards.presence import TypingCard

logger = logging.getLogger(__name__)


class Typing:
    """The conversations that one socket writes in."""

    __slots__ = ("_ends", "_loop", "_tasks", "_viewer")

    def __init__(self, loop: asyncio.AbstractEventLoop, viewer: Viewer) -> None:
        self._loop = loop
        self._viewer = viewer
        self._ends: dict[uuid.UUID, asyncio.TimerHandle] | None = None
        self._tasks: set[asyncio.Task[None]] | None = None

    def start(self, conversation_id: uuid.UUID) -> TypingCard:
        """Tell the others, from any thread, and end it in time."""
        card = tell_typing(self._viewer, conversation_id=conversation_id, is_typing=True)
        self._loop.call_soon_threadsafe(self._end_later, conversation_id)
        return card

    def stop(self, conversation_id: uuid.UUID) -> TypingCard:
        """Tell the others, from any thread, that it has ended."""
        card = tell_typing(self._viewer, conversation_id=conversation_id, is_typing=False)
        self._loop.call_soon_threadsafe(self._forget, conversation_id)
        return card

    def stop_all(self) -> None:
        """End everything, as the socket is closed."""
        for conversation_id in list(self._ends or ()):
            self._end(conversation_id)

    def _end_later(self, conversation_id: uuid.UUID) -> None:
        self._forget(conversation_id)
        self._ends = self._ends or {}
        self._ends[conversation_id] = self._loop.call_later(
            TYPING_LASTS.total_seconds(), self._end, conversation_id
        )

    def _end(self, conversation_id: uuid.UUID) -> None:
        self._forget(conversation_id)
        task = self._loop.create_task(self._tell_end(conversation_id))
        self._tasks = self._tasks or set()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forget(self, conversation_id: uuid.UUID) -> None:
        timer = (self._ends or {}).pop(conversation_id, None)
        if timer is not None:
            timer.cancel()

    async def _tell_end(self, conversation_id: uuid.UUID) -> None:
        try:
            await in_thread(tell_typing, self._viewer, conversation_id=conversation_id, is_typing=False)
        except Problem:  # no member any more: the others need not be told
            return
        except Exception:
            logger.exception("The end of typing was not told")
