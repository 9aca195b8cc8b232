"""What the database says when a socket opens and closes."""

import datetime as dt
import uuid

import structlog
from django.utils import timezone

from grover.core.ids import new_id
from grover.core.viewers import Viewer
from grover.realtime.events import Hello
from messaging.actions.presence import leave_seat, take_seat
from messaging.selectors.conversations import moved_since
from messaging.selectors.notifications import unread_of
from messaging.selectors.presence import contacts_online, seat_count

logger = structlog.get_logger(__name__)

MOST_SEATS = 50

OVERLAP = dt.timedelta(seconds=5)

PROCESS_ID = new_id()


def open_seat(viewer: Viewer, seat_id: uuid.UUID) -> bool:
    """Write that a socket is open; False when the person has as many as anyone may."""
    if seat_count(viewer.id) >= MOST_SEATS:
        return False
    take_seat(viewer, seat_id=seat_id, process_id=PROCESS_ID)
    return True


def close_seat(viewer: Viewer, seat_id: uuid.UUID) -> None:
    """Write that a socket is closed; what fails is swept later."""
    try:
        leave_seat(viewer, seat_id=seat_id)
    except Exception:
        logger.exception("A seat was not left")


def hello_of(viewer: Viewer, since: dt.datetime | None) -> Hello:
    """Tell somebody where everything is.

    What was written just before `since` may have been committed just after it, so a little more is told.
    """
    if since is not None:
        since = since - OVERLAP
    return Hello(
        user_id=viewer.id,
        session_id=viewer.session_id,
        server_time=timezone.now(),
        conversations=moved_since(viewer, since),
        notifications=unread_of(viewer.id),
        presence=contacts_online(viewer.id),
    )
