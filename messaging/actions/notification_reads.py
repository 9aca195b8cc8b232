"""Seeing and reading what one was told of."""

import uuid
from typing import Any

from django.utils import timezone

from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.viewers import Viewer
from messaging.actions.boxes import close_box, open_box
from messaging.cards.notifications import NotificationCard, UnreadCard
from messaging.models import Notification, NotificationBox
from messaging.selectors.notifications import get_notification, unread_card


@atomic
def see_notifications(actor: Viewer, *, seq: int) -> UnreadCard:
    """Say up to which `seq` one has seen what there is; never backwards."""
    box = open_box(actor.id)
    if box is not None and min(seq, box.last_seq) > box.seen_seq:
        _see(box, seq)
        close_box(box)
    return unread_card(box)


@atomic
def read_notifications(actor: Viewer, *, until_seq: int | None = None) -> UnreadCard:
    """Read all notifications, or those up to a `seq`; they are seen with it."""
    box = open_box(actor.id)
    if box is not None:
        until = box.last_seq if until_seq is None else until_seq
        read = _mark_read(user_id=actor.id, seq__lte=until)
        box.unread_count -= read
        if _see(box, until) or read:
            close_box(box)
    return unread_card(box)


def read_notification(actor: Viewer, *, notification_id: uuid.UUID) -> NotificationCard:
    """Read one notification; a second call changes nothing."""
    _read(actor, notification_id)
    return get_notification(actor, notification_id)


@atomic
def _read(actor: Viewer, notification_id: uuid.UUID) -> None:
    box = open_box(actor.id)
    row = Notification.objects.filter(pk=notification_id, user_id=actor.id).first()
    if box is None or row is None:
        raise NotFound
    if _mark_read(pk=notification_id):
        box.unread_count -= 1
        box.unseen_count -= row.seq > box.seen_seq
        close_box(box)


def _mark_read(**which: Any) -> int:
    rows = Notification.objects.filter(read_at__isnull=True, **which)
    return rows.update(read_at=timezone.now(), unread_key=None)


def _see(box: NotificationBox, seq: int) -> bool:
    """Let everything up to a `seq` be seen; tell whether that is news."""
    seen_seq = max(box.seen_seq, min(seq, box.last_seq))
    unseen = Notification.objects.filter(user_id=box.pk, read_at__isnull=True, seq__gt=seen_seq).count()
    before = (box.seen_seq, box.unseen_count)
    box.seen_seq, box.unseen_count = seen_seq, unseen
    return before != (seen_seq, unseen)
