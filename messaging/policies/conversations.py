"""Who may write to whom, and what the roles of a group allow."""

from accounts.cards.people import Relation
from accounts.enums import Audience
from messaging.enums import ConversationKind, Folder, Role
from messaging.errors.conversations import MessagesNotAllowed, NotAGroup, RoleTooLow
from messaging.models import Conversation, Membership

MOST_MEMBERS = 500

_RANKS = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}


def can_message(who_may_message: str, relation: Relation) -> bool:
    """Tell whether somebody takes messages and invitations from the viewer.

    `who_may_message` is how they set it, `relation` what the viewer and they are to each other.
    """
    if relation.is_blocked:
        return False
    if who_may_message == Audience.FOLLOWERS:
        return relation.following
    return who_may_message == Audience.EVERYONE


def check_can_message(who_may_message: str, relation: Relation) -> None:
    """Refuse to write to those who do not take messages from the viewer."""
    if not can_message(who_may_message, relation):
        raise MessagesNotAllowed


def folder_for(relation: Relation) -> Folder:
    """Tell where somebody finds what the viewer begins: with their requests, unless they follow them."""
    return Folder.INBOX if relation.followed_by else Folder.REQUESTS


def check_is_group(conversation: Conversation) -> None:
    """Refuse in a direct conversation what is only done in groups."""
    if conversation.kind != ConversationKind.GROUP:
        raise NotAGroup


def can_manage(seat: Membership) -> bool:
    """Tell whether a member may change a group and add to it."""
    return _RANKS[Role(seat.role)] >= _RANKS[Role.ADMIN]


def check_can_manage(seat: Membership) -> None:
    """Refuse to let plain members change a group or add to it."""
    if not can_manage(seat):
        raise RoleTooLow


def can_remove(seat: Membership, other: Membership) -> bool:
    """Tell whether a member may end a membership: their own, or that of a lower role."""
    is_above = _RANKS[Role(seat.role)] > _RANKS[Role(other.role)]
    return seat.pk == other.pk or (can_manage(seat) and is_above)


def check_can_remove(seat: Membership, other: Membership) -> None:
    """Refuse to end the membership of whoever has the same role or a higher one."""
    if not can_remove(seat, other):
        raise RoleTooLow


def check_can_appoint(seat: Membership) -> None:
    """Refuse to let anybody but the owner change roles."""
    if seat.role != Role.OWNER:
        raise RoleTooLow
