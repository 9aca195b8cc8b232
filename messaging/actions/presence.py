"""Who is there, and who writes.

Each open socket has a row, its seat, that its process confirms every few seconds; presence is read from
the rows alone, so that a process that was killed leaves no one there for long.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils import timezone

from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.ids import created_at
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


def confirm_seats(process_id: uuid.UUID, open_seats: Mapping[uuid.UUID, Viewer], now: dt.datetime) -> None:
    """Write that a process is alive, and its sockets with it: these, and no others but the newest.

    A seat that others swept while the process could not say so is taken again; one that could not be
    left when its socket was closed is left now.
    """
    if _confirm_seats(process_id, now) == len(open_seats):
        return
    rows = dict(Seat.objects.filter(process_id=process_id).values_list("pk", "user_id"))
    for seat_id in open_seats.keys() - rows.keys():
        take_seat(open_seats[seat_id], seat_id=seat_id, process_id=process_id)
    settled = now - settings.SEAT_LASTS
    gone = {seat_id for seat_id in rows.keys() - open_seats.keys() if created_at(seat_id) < settled}
    if gone:
        _delete_seats(gone)
        _tell_who_left({rows[seat_id] for seat_id in gone})


@atomic
def _confirm_seats(process_id: uuid.UUID, now: dt.datetime) -> int:
    return Seat.objects.filter(process_id=process_id).update(seen_at=now)


def sweep_seats(now: dt.datetime) -> int:
    """Delete the seats of processes that are gone, and tell who left with them; give their number."""
    stale = Seat.objects.filter(seen_at__lt=now - settings.SEAT_LASTS)
    people = dict(stale.order_by("seen_at").values_list("pk", "user_id")[:SWEPT_AT_ONCE])
    if not people:
        return 0
    swept = _delete_seats(list(people))
    if swept:
        _tell_who_left(set(people.values()))
    return swept


def _tell_who_left(user_ids: Collection[uuid.UUID]) -> None:
    for user_id, state in states_of(user_ids).items():
        if state == PresenceState.OFFLINE:
            _tell(user_id, state)


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
