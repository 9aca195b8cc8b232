"""Joining groups, leaving them, and who may do what in them."""

import uuid
from collections.abc import Collection

from accounts.actions.relations import take_turns
from accounts.enums import NotificationKind
from accounts.selectors.people import users_by_id
from grover.core.broadcast import to_user
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer
from messaging.actions.conversations import invitable
from messaging.actions.notifications import notify, withdraw
from messaging.actions.places import clear_conversation
from messaging.actions.rosters import grow_roster, shrink_roster, take_turn, tell_changed
from messaging.cards.conversations import MemberCard
from messaging.enums import ConversationKind, Folder, Role
from messaging.errors.conversations import NotAccepted, OwnerStays
from messaging.events.conversations import ConversationCreated, MemberJoined, MemberLeft
from messaging.models import Conversation, Membership
from messaging.policies.conversations import (
    check_can_appoint,
    check_can_manage,
    check_can_remove,
    check_is_group,
)
from messaging.selectors.conversations import audience_of, blocked_with, seat_of
from messaging.selectors.inbox import summary_of
from messaging.selectors.members import get_member, member_cards

TOLD_AT_ONCE = 25


def add_member(actor: Viewer, *, conversation_id: uuid.UUID, user_id: uuid.UUID) -> MemberCard:
    """Add somebody to a group, for its owner and admins; who is in it already stays as they are.

    NotFound when they are unknown or across a block, MessagesNotAllowed when they do not take messages
    from the actor, GroupFull when there is no room. If they do not follow the actor they find the group
    with their requests. They see what is written from now on.
    """
    _add(actor, conversation_id, user_id)
    return get_member(actor, conversation_id, user_id)


def remove_member(actor: Viewer, *, conversation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Remove somebody of a lower role from a group, or leave it oneself.

    The owner who leaves hands over to the oldest admin, else the oldest member; when nobody is left,
    the group is erased.
    """
    with turn(conversation_id):
        _remove(actor, conversation_id, user_id)


def delete_conversation(actor: Viewer, *, conversation_id: uuid.UUID) -> None:
    """Clear a direct conversation for oneself; leave a group."""
    conversation, _ = seat_of(actor, conversation_id)
    if conversation.kind == ConversationKind.DIRECT:
        clear_conversation(actor, conversation_id=conversation_id)
    else:
        remove_member(actor, conversation_id=conversation_id, user_id=actor.id)


def change_role(actor: Viewer, *, conversation_id: uuid.UUID, user_id: uuid.UUID, role: str) -> MemberCard:
    """Give a member of a group another role, for its owner; to make an owner is to hand over.

    The one who hands over becomes an admin. NotAccepted when the group is still among the requests of
    the one who shall own it.
    """
    with turn(conversation_id):
        _change_role(actor, conversation_id, user_id, Role(role))
    return get_member(actor, conversation_id, user_id)


def tell_invited(conversation_id: uuid.UUID) -> None:
    """Notify those who were invited when a group began, as far as they are still in it."""
    seats = Membership.objects.filter(conversation_id=conversation_id, invited_by_id__isnull=False)
    ids = list(seats.order_by("user_id").values_list("pk", flat=True))
    for start in range(0, len(ids), TOLD_AT_ONCE):
        _notify_those_there(ids[start : start + TOLD_AT_ONCE])


@atomic
def part(conversation_id: uuid.UUID, user_id: uuid.UUID, *, is_removed: bool) -> None:
    """End a membership that was found after the conversation's turn was taken, with `shrink_roster`.

    Joins the caller's transaction; LostRace when it is not there any more.
    """
    conversation = Conversation.objects.get(pk=conversation_id)
    seats = Membership.objects.filter(conversation_id=conversation_id, user_id=user_id)
    role = seats.values_list("role", flat=True).first()
    if seats.delete()[0] != 1:
        raise LostRace
    withdraw(user_id, source=invitation_of(conversation_id))
    hidden_from = blocked_with(user_id, conversation_id)
    event = MemberLeft(
        conversation_id=conversation_id,
        user_id=user_id,
        is_removed=is_removed,
        member_count=conversation.member_count,
    )
    emit(event, to=[audience_of(conversation, hidden_from), to_user(user_id)])
    if conversation.member_count == 0:
        enqueue_durable("messaging.tasks.erase_conversation", conversation_id=conversation_id)
    elif role == Role.OWNER:
        _hand_over(conversation)


def invitation_of(conversation_id: uuid.UUID) -> str:
    """Name the act of inviting somebody to a group."""
    return f"group_invite:{conversation_id}"


@settled
def _add(actor: Viewer, conversation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    conversation, seat = seat_of(actor, conversation_id)
    check_is_group(conversation)
    check_can_manage(seat)
    if Membership.objects.filter(conversation_id=conversation_id, user_id=user_id).exists():
        return
    with turn(conversation_id):
        _join(actor, conversation_id, user_id)


@atomic
def _join(actor: Viewer, conversation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    take_turns(actor.id, user_id)  # from here on neither blocks the other
    conversation = grow_roster(conversation_id)
    check_can_manage(seat_of(actor, conversation_id)[1])
    folder = invitable(actor, [user_id])[user_id]
    if Membership.objects.filter(conversation_id=conversation_id, user_id=user_id).exists():
        raise LostRace
    seat = Membership.objects.create(
        conversation_id=conversation_id,
        user_id=user_id,
        folder=folder,
        invited_by_id=actor.id,
        first_seq=conversation.last_seq,
        read_seq=conversation.last_seq,
    )
    seat.refresh_from_db()  # a database may keep less of a moment than we have
    _tell_joined(actor, conversation, seat)
    _notify_of_invitation(seat)


def _tell_joined(actor: Viewer, conversation: Conversation, seat: Membership) -> None:
    created = ConversationCreated(conversation_id=conversation.pk, conversation=summary_of(conversation))
    emit(created, to=[to_user(seat.user_id)])
    [card] = member_cards([seat], actor)
    if card is None:
        raise NotFound
    joined = MemberJoined(
        conversation_id=conversation.pk,
        user_id=seat.user_id,
        member=card,
        member_count=conversation.member_count,
    )
    emit(joined, to=[audience_of(conversation, blocked_with(seat.user_id, conversation.pk))])


def _notify_of_invitation(seat: Membership) -> None:
    if seat.invited_by_id is not None:
        notify(
            seat.user_id,
            kind=NotificationKind.GROUP_INVITE,
            actor_id=seat.invited_by_id,
            source=invitation_of(seat.conversation_id),
            thing_kind="conversation",
            thing_id=seat.conversation_id,
        )


@atomic
def _notify_those_there(seat_ids: Collection[uuid.UUID]) -> None:
    for seat in Membership.objects.filter(pk__in=seat_ids).order_by("user_id"):
        _notify_of_invitation(seat)


@settled
@atomic
def _remove(actor: Viewer, conversation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    conversation = shrink_roster(conversation_id)
    _, seat = seat_of(actor, conversation_id)
    check_is_group(conversation)
    other = _seat_in(conversation_id, user_id)
    check_can_remove(seat, other)
    part(conversation_id, user_id, is_removed=user_id != actor.id)


@settled
@atomic
def _change_role(actor: Viewer, conversation_id: uuid.UUID, user_id: uuid.UUID, role: Role) -> None:
    conversation = take_turn(conversation_id)
    _, own = seat_of(actor, conversation_id)
    check_is_group(conversation)
    check_can_appoint(own)
    get_member(actor, conversation_id, user_id)
    other = _seat_in(conversation_id, user_id)
    if other.role == role:
        return
    if other.pk == own.pk:
        raise OwnerStays
    if role == Role.OWNER:
        if other.folder == Folder.REQUESTS:
            raise NotAccepted
        Membership.objects.filter(pk=own.pk).update(role=Role.ADMIN)
    Membership.objects.filter(pk=other.pk).update(role=role)
    tell_changed(conversation)


def _seat_in(conversation_id: uuid.UUID, user_id: uuid.UUID) -> Membership:
    seat = Membership.objects.filter(conversation_id=conversation_id, user_id=user_id).first()
    if seat is None:
        raise NotFound
    return seat


def _hand_over(conversation: Conversation) -> None:
    """Make the oldest admin the owner, else the oldest member; those who are active and accepted first."""
    if conversation.kind != ConversationKind.GROUP:
        return
    seats = list(Membership.objects.filter(conversation_id=conversation.pk).order_by("pk"))
    active = users_by_id([seat.user_id for seat in seats])

    def rank(seat: Membership) -> tuple[bool, bool, bool, uuid.UUID]:
        return (
            seat.user_id not in active,
            seat.folder == Folder.REQUESTS,
            seat.role != Role.ADMIN,
            seat.pk,
        )

    heir = min(seats, key=rank)
    Membership.objects.filter(pk=heir.pk).update(role=Role.OWNER)
    tell_changed(conversation)
