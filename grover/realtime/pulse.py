"""The pulse of a process: what it does again and again while sockets are open.

It confirms its seats and sweeps those of processes that are gone; warns of tokens that expire and closes
what they open; ends the sockets of ended sessions even when no event says so; and listens whether its own
messages come back.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable

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
from messaging.actions.presence import confirm_seats, sweep_seats
from messaging.actions.tickets import sweep_tickets

logger = structlog.get_logger(__name__)

TICK_SECONDS = 0.5
BEAT_SECONDS = 1.0
WARNED_BEFORE = dt.timedelta(minutes=1)
DEAF_AFTER = dt.timedelta(seconds=8)
TICKETS_SWEPT_EVERY = 60.0


class Pulse:
    """What must happen in time, for as long as the process lives; none of it waits for the others."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._confirmed_at = self._swept_at = self._swept_tickets_at = time.monotonic()
        self._unheard_since: dt.datetime | None = None

    async def run(self) -> None:
        """Go on for ever; what fails is tried again."""
        await asyncio.gather(
            _again(self._watch, TICK_SECONDS),
            _again(self._beat, BEAT_SECONDS),
            _again(self._sit, BEAT_SECONDS),
        )

    async def _watch(self) -> None:
        sockets = self._hub.sockets()
        if not sockets:
            return
        now = timezone.now()
        for socket in sockets:
            if socket.expires_at - now <= WARNED_BEFORE:
                _see_to_token(socket, now)
            if socket.stands_still():
                socket.close(TOO_SLOW, drop=True)
        ended = await in_upkeep(ended_sessions.among, {one.viewer.session_id for one in sockets})
        for socket in sockets if ended else ():
            if socket.viewer.session_id in ended:
                _end(socket)

    async def _beat(self) -> None:
        """Send a message to oneself, and doubt the connection when one that was sent stays away for long."""
        now = timezone.now()
        if self._unheard_since is None or self._hub.heard_at >= self._unheard_since:
            self._unheard_since = now
        elif now - self._unheard_since > DEAF_AFTER:
            self._unheard_since = None
            await self._hub.layer.distrust()
        message = {"type": BEAT, "at": time.time()}
        await asyncio.to_thread(self._hub.layer.publish, self._hub.own_group, message)

    async def _sit(self) -> None:
        now, lasts = time.monotonic(), settings.SEAT_LASTS.total_seconds()
        if now - self._confirmed_at > lasts / 3:
            self._confirmed_at = now
            seats = {one.id: one.viewer for one in self._hub.sockets() if one.has_seat}
            await in_upkeep(confirm_seats, PROCESS_ID, seats, timezone.now())
        if now - self._swept_at > lasts / 9:
            self._swept_at = now
            await in_upkeep(sweep_seats, timezone.now())
        if now - self._swept_tickets_at > TICKETS_SWEPT_EVERY:
            self._swept_tickets_at = now
            await in_upkeep(sweep_tickets, timezone.now())


async def _again(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            logger.exception("The pulse missed something")


def _see_to_token(socket: Socket, now: dt.datetime) -> None:
    """Warn once of a token that expires, and close what an expired one opened."""
    if socket.expires_at <= now:
        socket.close(NOT_SIGNED_IN)
    elif not socket.was_warned:
        socket.was_warned = True
        socket.tell(SessionExpiring(session_id=socket.viewer.session_id, expires_at=socket.expires_at))


def _end(socket: Socket) -> None:
    viewer = socket.viewer
    socket.tell(SessionEnded(user_id=viewer.id, session_id=viewer.session_id, reason="ended"))
    socket.close(NOT_SIGNED_IN)
