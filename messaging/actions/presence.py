"""Who is there, and who writes.

Each open socket has a row, its seat, that its process confirms every few seconds; presence is read from
the rows alone, so that a process that was killed leaves no one there for long.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from django.conf import settings
from django.utils import timezone

from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.viewers import Viewer
from messaging.cards.presence import PresenceCard, TypingCard
from messaging.enums import PresenceState
from messaging.events.presence import PresenceChanged, TypingChanged
from messaging.models import Seat
from messaging.selectors.conversations import audience_of, blocked_with, seat_of
from messaging.selectors.presence import contacts_online, states_of

TYPING_LASTS = dt.timedelta(seconds=6)
SWEPT_AT_ONCE = 1_000


def take_seat(actor: Viewer, *, seat_id: uuid.UUID, process_id: uuid.UUID) -> None:
    """Write that a socket is open; the first one of a person tells their contacts."""
    before = states_of([actor.id])[actor.id]
    _take_seat(actor, seat_id, process_id)
    _tell_change(actor.id, before)


@atomic
def _take_seat(actor: Viewer, seat_id: uuid.UUID, process_id: uuid.UUID) -> None:
    Seat.objects.create(id=seat_id, user_id=actor.id, session_id=actor.session_id, process_id=process_id)


def leave_seat(actor: Viewer, *, seat_id: uuid.UUID) -> None:
    """Write that a socket is closed; the last one of a person tells their contacts."""
    before = states_of([actor.id])[actor.id]
    _delete_seats([seat_id])
    _tell_change(actor.id, before)


def set_presence(actor: Viewer, *, seat_id: uuid.UUID, state: str) -> PresenceCard:
    """Say whether one looks at a socket; who looks at any of theirs is active."""
    before = states_of([actor.id])[actor.id]
    _set_active(seat_id, is_active=state == PresenceState.ACTIVE)
    now = _tell_change(actor.id, before)
    return PresenceCard(user_id=actor.id, state=now)  # type: ignore[arg-type]


@atomic
def _set_active(seat_id: uuid.UUID, *, is_active: bool) -> None:
    Seat.objects.filter(pk=seat_id).update(is_active=is_active)


@atomic
def confirm_seats(process_id: uuid.UUID, now: dt.datetime) -> int:
    """Write that a process is alive, and its sockets with it; give their number."""
    return Seat.objects.filter(process_id=process_id).update(seen_at=now)


def retake_seats(process_id: uuid.UUID, seats: Collection[tuple[uuid.UUID, Viewer]]) -> None:
    """Write again the seats that others swept while this process could not say that it is alive."""
    there = set(Seat.objects.filter(process_id=process_id).values_list("pk", flat=True))
    for seat_id, viewer in seats:
        if seat_id not in there:
            take_seat(viewer, seat_id=seat_id, process_id=process_id)


def sweep_seats(now: dt.datetime) -> int:
    """Delete the seats of processes that are gone, and tell who left with them; give their number."""
    stale = Seat.objects.filter(seen_at__lt=now - settings.SEAT_LASTS)
    people = dict(stale.order_by("seen_at").values_list("pk", "user_id")[:SWEPT_AT_ONCE])
    if not people:
        return 0
    swept = _delete_seats(list(people))
    if swept:
        for user_id, state in states_of(set(people.values())).items():
            if state == PresenceState.OFFLINE:
                _tell(user_id, state)
    return swept


@atomic
def _delete_seats(ids: Collection[uuid.UUID]) -> int:
    return Seat.objects.filter(pk__in=list(ids)).delete()[0]


def _tell_change(user_id: uuid.UUID, before: str) -> str:
    """Tell the contacts of somebody when they are not what they were; give what they are."""
    state = states_of([user_id])[user_id]
    if state != before:
        _tell(user_id, state)
    return state


def _tell(user_id: uuid.UUID, state: str) -> None:
    contacts = [card.user_id for card in contacts_online(user_id)]
    event = PresenceChanged(user_id=user_id, state=state)  # type: ignore[arg-type]
    emit(event, to=to_users(contacts))


def tell_typing(actor: Viewer, *, conversation_id: uuid.UUID, is_typing: bool) -> TypingCard:
    """Tell the other members that one writes, or does no more; nobody across a block.

    NotFound unless the actor is a member. Nothing is stored: it holds for six seconds.
    """
    conversation, _ = seat_of(actor, conversation_id)
    now = timezone.now()
    until = now + TYPING_LASTS if is_typing else now
    hidden = blocked_with(actor.id, conversation_id) | {actor.id}
    emit(
        TypingChanged(conversation_id=conversation_id, user_id=actor.id, is_typing=is_typing, until=until),
        to=[audience_of(conversation, hidden_from=hidden)],
    )
    return TypingCard(conversation_id=conversation_id, is_typing=is_typing, until=until)
