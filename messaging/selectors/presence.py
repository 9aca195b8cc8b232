"""Whose sockets are open, on whichever process: rows of seats whose process was alive of late."""

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.selectors.relations import blocked_ids, mutual_follow_ids
from messaging.cards.presence import PresenceCard
from messaging.enums import Folder, PresenceState
from messaging.models import Membership, Seat

MOST_CONTACTS = 2_000  # that are asked about
MOST_TOLD = 500
LARGEST_CIRCLE = 50  # members of a group who know of each other's presence


def people_online(user_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find who of these people has an open socket, in one query."""
    return set(_open_seats(user_ids).values_list("user_id", flat=True))


def people_active(user_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Find who of these people has an open socket and says to be looking at it, in one query."""
    return set(_open_seats(user_ids).filter(is_active=True).values_list("user_id", flat=True))


def states_of(user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Tell of each of these people whether they are active, away or offline, in one query."""
    states = dict.fromkeys(user_ids, PresenceState.OFFLINE.value)
    for user_id, is_active in _open_seats(user_ids).values_list("user_id", "is_active"):
        if is_active:
            states[user_id] = PresenceState.ACTIVE.value
        elif states[user_id] == PresenceState.OFFLINE:
            states[user_id] = PresenceState.AWAY.value
    return states


def seat_count(user_id: uuid.UUID) -> int:
    """Count the open sockets of somebody."""
    return _open_seats([user_id]).count()


def contacts_online(user_id: uuid.UUID) -> list[PresenceCard]:
    """List who is there of those whom somebody's presence concerns, in six queries; at most 500.

    They are the people who follow each other or share a conversation that both have accepted and that is
    not a crowd, without those across a block.
    """
    contacts = set(mutual_follow_ids(user_id, limit=MOST_CONTACTS)) | _fellow_ids(user_id)
    contacts -= {user_id} | blocked_ids(user_id)
    there = {key: state for key, state in states_of(contacts).items() if state != PresenceState.OFFLINE}
    return [
        PresenceCard(user_id=key, state=there[key])  # type: ignore[arg-type]
        for key in sorted(there)[:MOST_TOLD]
    ]


def _fellow_ids(user_id: uuid.UUID) -> set[uuid.UUID]:
    accepted = Membership.objects.exclude(folder=Folder.REQUESTS)
    own = accepted.filter(user_id=user_id, conversation__member_count__lte=LARGEST_CIRCLE).order_by("-id")
    shared = list(own.values_list("conversation_id", flat=True)[:MOST_CONTACTS])
    rows = accepted.filter(conversation_id__in=shared).values_list("user_id", flat=True)
    return set(rows[:MOST_CONTACTS])


def _open_seats(user_ids: Collection[uuid.UUID]) -> QuerySet[Seat]:
    return Seat.objects.filter(user_id__in=set(user_ids), seen_at__gt=timezone.now() - settings.SEAT_LASTS)
