"""The box of a person: the row under whose lock they are told, read and lose notifications."""

import uuid

from django.db.models import F

from accounts.actions.relations import take_turns
from grover.core.broadcast import to_user
from grover.core.events import emit
from messaging.events.notifications import NotificationUnread
from messaging.models import NotificationBox


def next_place(user_id: uuid.UUID) -> NotificationBox:
    """Take the next `seq` of somebody's notifications, and their box with it until the commit.

    The first notification makes the box, under the turn of the person, so that no two make it.
    """
    rows = NotificationBox.objects.filter(pk=user_id)
    if not rows.update(last_seq=F("last_seq") + 1, version=F("version") + 1):
        take_turns(user_id)
        if not rows.update(last_seq=F("last_seq") + 1, version=F("version") + 1):
            return NotificationBox.objects.create(user_id=user_id, last_seq=1)
    return rows.get()


def open_box(user_id: uuid.UUID) -> NotificationBox | None:
    """Take somebody's box until the commit; None when they were never told of anything."""
    rows = NotificationBox.objects.filter(pk=user_id)
    return rows.get() if rows.update(version=F("version") + 1) else None


def close_box(box: NotificationBox) -> None:
    """Write the counters of a box that was taken, and tell the person's other clients."""
    NotificationBox.objects.filter(pk=box.pk).update(
        last_seq=box.last_seq,
        seen_seq=box.seen_seq,
        unread_count=box.unread_count,
        unseen_count=box.unseen_count,
    )
    tell_counts(box)


def tell_counts(box: NotificationBox) -> None:
    """Tell a person's clients how much is unread."""
    event = NotificationUnread(
        user_id=box.pk, unread=box.unread_count, unseen=box.unseen_count, last_seq=box.last_seq
    )
    emit(event, to=[to_user(box.pk)])
