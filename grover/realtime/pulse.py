"""The pulse of a process: what it does again and again while sockets are open.

It confirms its seats and sweeps those of processes that are gone; warns of tokens that expire and closes
what they open; ends the sockets of ended sessions even when no event says so; and listens whether its own
messages come back.
"""

import asyncio
import datetime as dt
import time

import structlog
from django.conf import settings
from django.utils import timezone

from accounts.events.identity import SessionEnded
from grover.core.tokens import ended_sessions
from grover.realtime.events import SessionExpiring
from grover.realtime.hub import BEAT, Hub
from grover.realtime.seating import PROCESS_ID
from grover.realtime.sockets import NOT_SIGNED_IN, TOO_SLOW, Socket
from grover.realtime.work import in_upkeep
from messaging.actions.presence import confirm_seats, retake_seats, sweep_seats
from messaging.actions.tickets import sweep_tickets

logger = structlog.get_logger(__name__)

TICK_SECONDS = 0.5
WARNED_BEFORE = dt.timedelta(minutes=1)
DEAF_AFTER = dt.timedelta(seconds=5)
TICKETS_SWEPT_EVERY = 60.0


class Pulse:
    """What must happen in time, for as long as the process lives."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._confirmed_at = self._swept_at = self._swept_tickets_at = time.monotonic()
        self._beat_at = 0.0

    async def run(self) -> None:
        """Go on for ever; what fails is tried again."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for work in (self._watch_tokens, self._watch_lines, self._watch_sessions, self._beat, self._sit):
                try:
                    await work()
                except Exception:
                    logger.exception("The pulse missed something")

    async def _watch_tokens(self) -> None:
        now = timezone.now()
        for socket in self._hub.sockets():
            if socket.expires_at <= now:
                socket.close(NOT_SIGNED_IN)
            elif not socket.was_warned and socket.expires_at - now <= WARNED_BEFORE:
                socket.was_warned = True
                socket.tell(
                    SessionExpiring(session_id=socket.viewer.session_id, expires_at=socket.expires_at)
                )

    async def _watch_lines(self) -> None:
        for socket in self._hub.sockets():
            if socket.stands_still():
                socket.close(TOO_SLOW, drop=True)

    async def _watch_sessions(self) -> None:
        sockets = self._hub.sockets()
        if sockets:
            for socket in await in_upkeep(_ended, sockets):
                viewer = socket.viewer
                socket.tell(SessionEnded(user_id=viewer.id, session_id=viewer.session_id, reason="ended"))
                socket.close(NOT_SIGNED_IN)

    async def _beat(self) -> None:
        if time.monotonic() - self._beat_at < 1.0:
            return
        self._beat_at = time.monotonic()
        message = {"type": BEAT, "at": time.time()}
        await in_upkeep(self._hub.layer.publish, self._hub.own_group, message)
        if timezone.now() - self._hub.heard_at > DEAF_AFTER:
            await self._hub.layer.distrust()

    async def _sit(self) -> None:
        now, lasts = time.monotonic(), settings.SEAT_LASTS.total_seconds()
        if now - self._confirmed_at > lasts / 3:
            self._confirmed_at = now
            await self._confirm()
        if now - self._swept_at > lasts / 9:
            self._swept_at = now
            await in_upkeep(sweep_seats, timezone.now())
        if now - self._swept_tickets_at > TICKETS_SWEPT_EVERY:
            self._swept_tickets_at = now
            await in_upkeep(sweep_tickets, timezone.now())

    async def _confirm(self) -> None:
        """Say that the sockets of this process are open; write again what others took for gone."""
        seats = [(one.id, one.viewer) for one in self._hub.sockets() if one.has_seat]
        if seats and await in_upkeep(confirm_seats, PROCESS_ID, timezone.now()) < len(seats):
            still = {one.id for one in self._hub.sockets()}
            await in_upkeep(retake_seats, PROCESS_ID, [seat for seat in seats if seat[0] in still])


def _ended(sockets: list[Socket]) -> list[Socket]:
    return [socket for socket in sockets if ended_sessions.contains(socket.viewer.session_id)]
