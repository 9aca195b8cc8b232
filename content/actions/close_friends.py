"""Keeping a list of close friends; nobody learns that they are on one."""

import uuid

from django.db.models import QuerySet

from accounts.actions.relations import take_turns
from accounts.cards.people import PersonCard
from accounts.errors.people import OwnAccount
from accounts.selectors.relations import person_card, visible_person
from content.events.stories import CloseFriendAdded, CloseFriendRemoved
from content.models import CloseFriend
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.viewers import Viewer


def add_close_friend(actor: Viewer, *, friend_id: uuid.UUID) -> PersonCard:
    """Count somebody among one's close friends; doing it again changes nothing."""
    if friend_id == actor.id:
        raise OwnAccount
    _add(actor, friend_id)
    return person_card(actor, friend_id)


def remove_close_friend(actor: Viewer, *, friend_id: uuid.UUID) -> PersonCard:
    """Count somebody among one's close friends no more, if they were."""
    if friend_id == actor.id:
        raise OwnAccount
    _remove(actor, friend_id)
    return person_card(actor, friend_id)


@atomic
def _add(actor: Viewer, friend_id: uuid.UUID) -> None:
    take_turns(actor.id, friend_id)  # from here on neither blocks the other
    visible_person(actor, friend_id)
    if not _entries(actor.id, friend_id).exists():
        CloseFriend.objects.create(user_id=actor.id, friend_id=friend_id)
        bump(f"close_to:{friend_id}")
        emit(CloseFriendAdded(user_id=actor.id, friend_id=friend_id))


@atomic
def _remove(actor: Viewer, friend_id: uuid.UUID) -> None:
    take_turns(actor.id, friend_id)
    visible_person(actor, friend_id)
    if _entries(actor.id, friend_id).delete()[0]:
        bump(f"close_to:{friend_id}")
        emit(CloseFriendRemoved(user_id=actor.id, friend_id=friend_id))


@atomic
def part_friends(user_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Take two people off each other's lists as one blocks the other; joins the transaction of the block."""
    for owner_id, friend_id in ((user_id, other_id), (other_id, user_id)):
        if _entries(owner_id, friend_id).delete()[0]:
            bump(f"close_to:{friend_id}")
            emit(CloseFriendRemoved(user_id=owner_id, friend_id=friend_id))


def _entries(user_id: uuid.UUID, friend_id: uuid.UUID) -> QuerySet[CloseFriend]:
    return CloseFriend.objects.filter(user_id=user_id, friend_id=friend_id)
