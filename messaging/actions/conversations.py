"""Beginning conversations, and changing what a group is called and shows."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.actions.relations import take_turns
from accounts.errors.people import OwnAccount
from accounts.selectors.people import people_by_id
from accounts.selectors.relations import relations_by_id, visible_person
from accounts.selectors.settings import who_may_message
from grover.core.broadcast import to_users
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer
from messaging.actions.rosters import hang_picture, seat_everybody, take_turn, tell_changed
from messaging.cards.conversations import ConversationCard
from messaging.enums import ConversationKind, Folder, Role
from messaging.errors.conversations import GroupFull
from messaging.events.conversations import ConversationCreated
from messaging.models import Conversation, Membership
from messaging.policies.conversations import (
    MOST_MEMBERS,
    check_can_manage,
    check_can_message,
    check_is_group,
    folder_for,
)
from messaging.selectors.conversations import seat_of
from messaging.selectors.inbox import get_conversation, summary_of


def start_direct(actor: Viewer, *, user_id: uuid.UUID) -> tuple[ConversationCard, bool]:
    """Begin a conversation with somebody, or find the one there is; tell whether it is new.

    One that the actor had cleared is in their list again.
    """
    conversation_id, is_new = _find_or_begin(actor, user_id)
    if not is_new:
        _show(actor, conversation_id)
    return get_conversation(actor, conversation_id), is_new


def direct_with(actor: Viewer, user_id: uuid.UUID) -> uuid.UUID:
    """Find the conversation of the actor and somebody, beginning it when there is none."""
    return _find_or_begin(actor, user_id)[0]


def start_group(
    actor: Viewer,
    *,
    user_ids: Sequence[uuid.UUID],
    title: str = "",
    picture_id: uuid.UUID | None = None,
) -> ConversationCard:
    """Begin a group that the actor owns, with all of these people in it or not at all.

    NotFound when one of them is unknown or across a block, MessagesNotAllowed when one does not take
    messages from the actor. Those who do not follow the actor find it with their requests.
    """
    others = [user_id for user_id in dict.fromkeys(user_ids) if user_id != actor.id]
    if not others:
        raise OwnAccount
    if len(others) >= MOST_MEMBERS:
        raise GroupFull(f"At most {MOST_MEMBERS} members")
    conversation_id = new_id()
    _begin_group(actor, conversation_id, others, title, picture_id)
    return get_conversation(actor, conversation_id)


def change_conversation(
    actor: Viewer,
    *,
    conversation_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[ConversationCard], None] | None = None,
) -> ConversationCard:
    """Change the title or picture of a group; for its owner and admins.

    `precondition` may refuse on the group as it stands; the change is made to just that state or not
    at all.
    """
    with turn(conversation_id):
        _change(actor, conversation_id, changes, precondition)
    return get_conversation(actor, conversation_id)


@settled
def _find_or_begin(actor: Viewer, user_id: uuid.UUID) -> tuple[uuid.UUID, bool]:
    if user_id == actor.id:
        raise OwnAccount
    _, relation = visible_person(actor, user_id)
    pair = pair_of(actor.id, user_id)
    found = Conversation.objects.filter(pair=pair).values_list("pk", flat=True).first()
    if found is not None:
        return found, False
    check_can_message(who_may_message([user_id])[user_id], relation)
    with turn(min(actor.id, user_id)):
        return _begin_direct(actor, user_id, pair), True


@atomic
def _begin_direct(actor: Viewer, user_id: uuid.UUID, pair: str) -> uuid.UUID:
    take_turns(actor.id, user_id)  # from here on neither blocks the other, nor begins the same one
    _, relation = visible_person(actor, user_id)
    if Conversation.objects.filter(pair=pair).exists():
        raise LostRace
    check_can_message(who_may_message([user_id])[user_id], relation)
    conversation = Conversation(kind=ConversationKind.DIRECT, pair=pair)
    own = Membership(conversation=conversation, user_id=actor.id)
    other = Membership(
        conversation=conversation, user_id=user_id, folder=folder_for(relation), invited_by_id=actor.id
    )
    seat_everybody(conversation, [own, other])
    _tell_created(conversation, [actor.id, user_id])
    return conversation.pk


@atomic
def _begin_group(
    actor: Viewer,
    conversation_id: uuid.UUID,
    user_ids: Sequence[uuid.UUID],
    title: str,
    picture_id: uuid.UUID | None,
) -> None:
    folders = invitable(actor, user_ids)
    conversation = Conversation(
        id=conversation_id, kind=ConversationKind.GROUP, title=title, picture_id=picture_id
    )
    hang_picture(actor, conversation_id, picture_id)
    owner = Membership(conversation=conversation, user_id=actor.id, role=Role.OWNER)
    others = [
        Membership(conversation=conversation, user_id=user_id, folder=folder, invited_by_id=actor.id)
        for user_id, folder in folders.items()
    ]
    seat_everybody(conversation, [owner, *others])
    _tell_created(conversation, [actor.id, *user_ids])
    enqueue_durable("messaging.tasks.tell_invited", conversation_id=conversation_id)


def invitable(actor: Viewer, user_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Folder]:
    """Tell where each of these people finds what the actor invites them to, in three queries.

    NotFound when one is not active or across a block, MessagesNotAllowed when one does not allow it.
    """
    people, relations = people_by_id(user_ids), relations_by_id(actor, user_ids)
    audiences = who_may_message(user_ids)
    for user_id in user_ids:
        if user_id not in people or relations[user_id].is_blocked:
            raise NotFound
        check_can_message(audiences[user_id], relations[user_id])
    return {user_id: folder_for(relations[user_id]) for user_id in user_ids}


@atomic
def _change(
    actor: Viewer,
    conversation_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[ConversationCard], None] | None,
) -> None:
    conversation = take_turn(conversation_id)
    _, seat = seat_of(actor, conversation_id)
    check_is_group(conversation)
    check_can_manage(seat)
    if precondition is not None:
        precondition(get_conversation(actor, conversation_id))
    changed = {name: value for name, value in changes.items() if getattr(conversation, name) != value}
    if not changed:
        return
    if "picture_id" in changed:
        hang_picture(actor, conversation_id, changed["picture_id"])
    Conversation.objects.filter(pk=conversation_id).update(**changed)
    conversation.refresh_from_db()
    tell_changed(conversation)


def pair_of(one: uuid.UUID, other: uuid.UUID) -> str:
    """Name two people, in whichever order they are given."""
    return ":".join(sorted((str(one), str(other))))


def _tell_created(conversation: Conversation, user_ids: Sequence[uuid.UUID]) -> None:
    event = ConversationCreated(conversation_id=conversation.pk, conversation=summary_of(conversation))
    emit(event, to=to_users(user_ids))


@atomic
def _show(actor: Viewer, conversation_id: uuid.UUID) -> None:
    seats = Membership.objects.filter(conversation_id=conversation_id, user_id=actor.id, is_hidden=True)
    seats.update(is_hidden=False)
