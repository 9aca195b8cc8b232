"""Taking back much at once: what hung on deleted things, what parted people did, and what is old.

These run in jobs, in small transactions, and may be run again from the start.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from grover.core.db import atomic
from messaging.actions.boxes import open_box
from messaging.actions.notifications import remove, withdraw
from messaging.models import DigestDelivery, Notification, NotificationCause

BATCH = 200
KEPT_READ = dt.timedelta(days=90)


def withdraw_things(thing_kind: str, thing_ids: Collection[uuid.UUID]) -> None:
    """Take back all that anybody was told about things that are gone."""
    rows = Notification.objects.filter(thing_kind=thing_kind, thing_id__in=list(thing_ids))
    while found := list(rows.order_by("pk").values_list("pk", "user_id")[:BATCH]):
        for notification_id, user_id in found:
            _remove(notification_id, user_id)


def withdraw_between(user_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Take back what each of two people was told of the other one."""
    for told_id, actor_id in ((user_id, other_id), (other_id, user_id)):
        rows = NotificationCause.objects.filter(actor_id=actor_id, user_id=told_id)
        while sources := list(rows.order_by("pk").values_list("source", flat=True)[:BATCH]):
            for source in sources:
                withdraw(told_id, source=source)


def forget_actor(actor_id: uuid.UUID) -> None:
    """Take back what anybody was told of a person who is erased."""
    rows = NotificationCause.objects.filter(actor_id=actor_id)
    while found := list(rows.order_by("pk").values_list("user_id", "source")[:BATCH]):
        for user_id, source in found:
            withdraw(user_id, source=source)


def sweep_notifications(now: dt.datetime) -> int:
    """Delete what was read long ago, and which digests were sent then; give how many notifications."""
    swept = 0
    while part := _sweep_some(now - KEPT_READ):
        swept += part
    _sweep_deliveries((now - KEPT_READ).date())
    return swept


@atomic
def _remove(notification_id: uuid.UUID, user_id: uuid.UUID) -> None:
    box = open_box(user_id)
    row = Notification.objects.filter(pk=notification_id).first()
    if box is not None and row is not None:
        remove(box, row)


@atomic
def _sweep_some(before: dt.datetime) -> int:
    ids = list(Notification.objects.filter(read_at__lt=before).values_list("pk", flat=True)[:BATCH])
    if ids:
        NotificationCause.objects.filter(notification_id__in=ids).delete()
        Notification.objects.filter(pk__in=ids).delete()
    return len(ids)


@atomic
def _sweep_deliveries(before: dt.date) -> None:
    DigestDelivery.objects.filter(day__lt=before).delete()
