"""Telling people of what others did, and taking it back."""

import uuid
from collections.abc import Mapping, Sequence

from django.db.models import F, Q
from django.utils import timezone

from accounts.cards.people import STRANGERS, Relation
from accounts.enums import NotificationChannel
from accounts.selectors.contacts import channels_to
from accounts.selectors.people import users_by_id
from grover.core.broadcast import to_user
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from messaging.actions.boxes import close_box, next_place, open_box, tell_counts
from messaging.events.notifications import NotificationCreated
from messaging.models import Notification, NotificationBox, NotificationCause
from messaging.selectors.notifications import EXCERPT, SHOWN_ACTORS, card_of
from messaging.selectors.push import has_devices

KEPT_ACTORS = 10
READ_CAUSES = 50


@atomic
def notify(
    user_id: uuid.UUID,
    *,
    kind: str,
    actor_id: uuid.UUID | None,
    source: str,
    thing_kind: str = "",
    thing_id: uuid.UUID | None = None,
    data: Mapping[str, str] | None = None,
    excerpt: str = "",
    relation: Relation | None = None,
) -> None:
    """Tell somebody of what another one did; joins the caller's transaction.

    It is grouped with what they have not read of the same kind and thing. `source` names the act, which
    is told once; `excerpt` is what the person may read at this moment and is not stored; `relation` is
    what the actor and they are to each other, where the caller knows. Without an actor it is what came of
    something of their own. Nobody is told of what they did themselves, across a block, of whom they mute,
    or of a kind they turned off.
    """
    if user_id == actor_id:
        return
    known = STRANGERS if actor_id is None else relation
    channels = channels_to(user_id, actor_id or user_id, kind, relation=known)
    if NotificationChannel.IN_APP not in channels:
        return
    box = next_place(user_id)
    key = f"{user_id}:{kind}:{thing_kind}:{thing_id or ''}"
    unread = Notification.objects.filter(unread_key=key).first()
    own = Q(user_id=user_id, source=source)
    if unread is not None:
        own |= Q(notification_id=unread.pk, actor_id=actor_id or user_id)
    causes = list(NotificationCause.objects.filter(own))
    if any(cause.source == source for cause in causes):
        _give_place_back(box)
        return
    if unread is None:
        notification = _begin(
            box,
            Notification(
                user_id=user_id,
                kind=kind,
                thing_kind=thing_kind,
                thing_id=thing_id,
                unread_key=key,
                actor_count=0 if actor_id is None else 1,
                actor_ids=[] if actor_id is None else [str(actor_id)],
                data=dict(data or {}),
            ),
        )
    else:
        is_new_actor = actor_id is not None and not causes
        notification = _join(box, unread, actor_id, data or {}, is_new_actor=is_new_actor)
    NotificationCause.objects.create(
        notification=notification, user_id=user_id, actor_id=actor_id or user_id, source=source
    )
    _tell(box, notification, excerpt)
    if NotificationChannel.PUSH in channels and has_devices(user_id):
        enqueue_durable(
            "messaging.tasks.push_notification", notification_id=notification.pk, seq=notification.seq
        )


@atomic
def withdraw(user_id: uuid.UUID, *, source: str) -> None:
    """Take back what somebody was told of an act; joins the caller's transaction.

    The notification goes when nobody is left who did it. Nothing happens when it was never told.
    """
    causes = NotificationCause.objects.filter(user_id=user_id, source=source)
    if not causes.exists():
        return
    box = open_box(user_id)
    cause = causes.select_related("notification").first()
    if box is None or cause is None:
        return
    causes.delete()
    left = NotificationCause.objects.filter(notification_id=cause.notification_id)
    newest = list(left.order_by("-id").values_list("actor_id", flat=True)[:READ_CAUSES])
    if not newest:
        remove(box, cause.notification)
        return
    if cause.actor_id not in newest and not left.filter(actor_id=cause.actor_id).exists():
        Notification.objects.filter(pk=cause.notification_id).update(
            actor_count=F("actor_count") - 1, actor_ids=_newest(newest)
        )
    tell_counts(box)


@atomic
def withdraw_from_all(*, source: str) -> None:
    """Take back what anybody was told of an act, such as a comment; joins the caller's transaction."""
    told = NotificationCause.objects.filter(source=source).order_by("user_id")
    for user_id in list(told.values_list("user_id", flat=True)):
        withdraw(user_id, source=source)


def remove(box: NotificationBox, notification: Notification) -> None:
    """Delete a notification of somebody whose box was taken, and count it no more."""
    Notification.objects.filter(pk=notification.pk).delete()
    if notification.read_at is None:
        box.unread_count -= 1
        box.unseen_count -= notification.seq > box.seen_seq
    close_box(box)


def _give_place_back(box: NotificationBox) -> None:
    """Leave no hole where nothing is told."""
    NotificationBox.objects.filter(pk=box.pk).update(last_seq=box.last_seq - 1)


def _begin(box: NotificationBox, notification: Notification) -> Notification:
    notification.seq = box.last_seq
    notification.told_at = timezone.now()
    notification.save(force_insert=True)
    box.unread_count += 1
    box.unseen_count += 1
    _count(box)
    return notification


def _join(
    box: NotificationBox,
    notification: Notification,
    actor_id: uuid.UUID | None,
    data: Mapping[str, str],
    *,
    is_new_actor: bool,
) -> Notification:
    """Group an act with what is unread, which becomes the newest again."""
    if notification.seq <= box.seen_seq:
        box.unseen_count += 1
        _count(box)
    before = [uuid.UUID(key) for key in notification.actor_ids]
    changes = {
        "seq": box.last_seq,
        "told_at": timezone.now(),
        "actor_count": notification.actor_count + is_new_actor,
        "actor_ids": _newest([*([] if actor_id is None else [actor_id]), *before]),
        "data": {**notification.data, **data},
    }
    Notification.objects.filter(pk=notification.pk).update(**changes)
    for name, value in changes.items():
        setattr(notification, name, value)
    return notification


def _count(box: NotificationBox) -> None:
    NotificationBox.objects.filter(pk=box.pk).update(
        unread_count=box.unread_count, unseen_count=box.unseen_count
    )


def _newest(actor_ids: Sequence[uuid.UUID]) -> list[str]:
    return [str(actor_id) for actor_id in dict.fromkeys(actor_ids)][:KEPT_ACTORS]


def _tell(box: NotificationBox, notification: Notification, excerpt: str) -> None:
    people = users_by_id([uuid.UUID(key) for key in notification.actor_ids[:SHOWN_ACTORS]])
    data = {**notification.data, EXCERPT: excerpt} if excerpt else notification.data
    card = card_of(notification, people, data, seen_seq=box.seen_seq)
    emit(NotificationCreated(user_id=box.pk, notification=card), to=[to_user(box.pk)])
    tell_counts(box)
