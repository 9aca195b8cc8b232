"""What a person was told of, as far as they may still see it."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import Viewer
from messaging.cards.notifications import NotificationCard, NotificationThing, UnreadCard
from messaging.models import Membership, Notification, NotificationBox
from messaging.ports import find_excerpts

SHOWN_ACTORS = 3
EXCERPT = "excerpt"
COMMENT = "comment"
COMMENT_ID = "comment_id"
CONVERSATION = "conversation"

Excerpts = dict[tuple[str, uuid.UUID], str]


def notifications_of(
    viewer: Viewer, request: PageRequest, *, kind: str | None = None
) -> Page[NotificationCard]:
    """Read a page of what the viewer was told of, of one kind or all, the newest first.

    Things they may see no more are left out, and so is what only people did who are gone or blocked.
    """
    rows = Notification.objects.filter(user_id=viewer.id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return filled_page(
        lambda part: keyset_page(rows, part, order=("-seq",)),
        lambda found: notification_cards(viewer, found),
        request,
        lambda row: (row.seq,),
    )


def get_notification(viewer: Viewer, notification_id: uuid.UUID) -> NotificationCard:
    """Read one notification of the viewer's; NotFound when there is none that they may see."""
    [card] = notification_cards(
        viewer, list(Notification.objects.filter(pk=notification_id, user_id=viewer.id))
    ) or [None]
    if card is None:
        raise NotFound
    return card


def unread_of(user_id: uuid.UUID) -> UnreadCard:
    """Read how much somebody has not read or seen, in one query."""
    return unread_card(NotificationBox.objects.filter(pk=user_id).first())


def unread_card(box: NotificationBox | None) -> UnreadCard:
    """Show the counters of a box; of none, that nobody was told of anything."""
    if box is None:
        return UnreadCard(unread=0, unseen=0, last_seq=0)
    return UnreadCard(unread=box.unread_count, unseen=box.unseen_count, last_seq=box.last_seq)


def notification_cards(viewer: Viewer, rows: Sequence[Notification]) -> list[NotificationCard | None]:
    """Show notifications of the viewer's, None for those with nothing or nobody left to show.

    The people cost three queries, and each kind of thing what it costs to see whether it is visible.
    """
    if not rows:
        return []
    seen_seq = NotificationBox.objects.values_list("seen_seq", flat=True).get(pk=viewer.id)
    actor_ids = {uuid.UUID(key) for row in rows for key in row.actor_ids}
    hidden = blocked_ids(viewer.id, among=actor_ids)
    people = users_by_id(actor_ids - hidden)
    excerpts, known = _excerpts(viewer, rows)
    return [
        card_of(row, people, _data(row, excerpts), seen_seq=seen_seq)
        if _is_there(row, excerpts, known) and _has_actor(row, people)
        else None
        for row in rows
    ]


def card_of(
    row: Notification, people: Mapping[uuid.UUID, UserSummary], data: Mapping[str, str], *, seen_seq: int
) -> NotificationCard:
    """Put a notification together from the people its reader may see."""
    actors = [people[key] for raw in row.actor_ids if (key := uuid.UUID(raw)) in people]
    return NotificationCard(
        id=row.pk,
        seq=row.seq,
        kind=row.kind,  # type: ignore[arg-type]
        thing=None if row.thing_id is None else NotificationThing(kind=row.thing_kind, id=row.thing_id),
        actors=actors[:SHOWN_ACTORS],
        actor_count=row.actor_count,
        data=dict(data),
        is_seen=row.read_at is not None or row.seq <= seen_seq,
        is_read=row.read_at is not None,
        told_at=row.told_at,
    )


def _has_actor(row: Notification, people: Collection[uuid.UUID]) -> bool:
    """Tell whether any of who did it can be shown, or nobody did it."""
    return not row.actor_ids or any(uuid.UUID(key) in people for key in row.actor_ids)


def _is_there(row: Notification, excerpts: Excerpts, known: Collection[str]) -> bool:
    """Tell whether the viewer sees what a notification is about, as far as any app knows its kind."""
    if row.thing_id is None or row.thing_kind not in known:
        return True
    return (row.thing_kind, row.thing_id) in excerpts


def _data(row: Notification, excerpts: Excerpts) -> dict[str, str]:
    """Complete the data of a notification with an excerpt; without a comment that is there no more."""
    data = dict(row.data)
    text = None if row.thing_id is None else excerpts.get((row.thing_kind, row.thing_id))
    if COMMENT_ID in data:
        text = excerpts.get((COMMENT, uuid.UUID(data[COMMENT_ID])))
        if text is None:
            del data[COMMENT_ID]
    return {**data, EXCERPT: text} if text else data


def _excerpts(viewer: Viewer, rows: Sequence[Notification]) -> tuple[Excerpts, set[str]]:
    """Find how the things begin that the viewer may see, and which kinds of things anybody knows."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for row in rows:
        if row.thing_id is not None:
            wanted.setdefault(row.thing_kind, set()).add(row.thing_id)
        if COMMENT_ID in row.data:
            wanted.setdefault(COMMENT, set()).add(uuid.UUID(row.data[COMMENT_ID]))
    found: Excerpts = {}
    known = set()
    for kind in sorted(wanted):
        for answer in _answers(kind, wanted[kind], viewer):
            known.add(kind)
            found |= {(kind, key): text for key, text in answer.items()}
    return found, known


def _answers(kind: str, ids: Collection[uuid.UUID], viewer: Viewer) -> list[dict[uuid.UUID, str]]:
    if kind == CONVERSATION:
        seats = Membership.objects.filter(user_id=viewer.id, conversation_id__in=ids)
        return [dict(seats.values_list("conversation_id", "conversation__title"))]
    return [answer for answer in find_excerpts.call(kind, ids, viewer) if answer is not None]
