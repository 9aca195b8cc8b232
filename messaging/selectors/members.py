"""Who is in a conversation, as another member sees them."""

import uuid
from collections.abc import Sequence

from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import Viewer
from messaging.cards.conversations import MemberCard
from messaging.enums import Folder
from messaging.models import Membership
from messaging.selectors.conversations import seat_of


def members_of(viewer: Viewer, conversation_id: uuid.UUID, request: PageRequest) -> Page[MemberCard]:
    """Read a page of who is in a conversation, whoever came first first, without those across a block."""
    seat_of(viewer, conversation_id)
    rows = Membership.objects.filter(conversation_id=conversation_id)
    return filled_page(
        lambda part: keyset_page(rows, part, order=("id",)),
        lambda seats: member_cards(seats, viewer),
        request,
        lambda seat: (seat.pk,),
    )


def get_member(viewer: Viewer, conversation_id: uuid.UUID, user_id: uuid.UUID) -> MemberCard:
    """Read a member as the viewer sees them; NotFound when there is none, or a block stands between."""
    rows = Membership.objects.filter(conversation_id=conversation_id, user_id=user_id)
    for card in member_cards(list(rows), viewer):
        if card is not None:
            return card
    raise NotFound


def member_cards(seats: Sequence[Membership], viewer: Viewer) -> list[MemberCard | None]:
    """Show members; None for one who is not active or across a block.

    How far somebody has read is theirs to know until they accept the conversation.
    """
    user_ids = {seat.user_id for seat in seats}
    users = users_by_id(user_ids - blocked_ids(viewer.id))
    return [
        MemberCard(
            user=users[seat.user_id],
            role=seat.role,  # type: ignore[arg-type]
            read_seq=0 if seat.folder == Folder.REQUESTS and seat.user_id != viewer.id else seat.read_seq,
            joined_at=seat.created_at,
        )
        if seat.user_id in users
        else None
        for seat in seats
    ]
