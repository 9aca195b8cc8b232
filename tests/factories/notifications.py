"""What people were told of, and how they want to be told."""

import itertools
from typing import Any

from accounts.models import AccountSettings, User
from messaging.actions.notifications import notify
from messaging.models import Notification, NotificationBox, NotificationCause

_numbers = itertools.count(1)


def make_notification(user: User, *actors: User, kind: str = "follow", **fields: Any) -> Notification:
    """Tell somebody of what each of these people did; give the notification of it all."""
    for actor in actors:
        source = f"{kind}:made-{next(_numbers)}"
        notify(user.pk, kind=kind, actor_id=actor.pk, **{"source": source, **fields})
    return Notification.objects.filter(user=user).order_by("-seq")[0]


def set_channels(user: User, kind: str, **channels: bool) -> None:
    """Turn channels of one kind on or off for somebody."""
    settings, _ = AccountSettings.objects.get_or_create(user=user)
    settings.notifications = {**settings.notifications, kind: channels}
    settings.save()


def box_of(user: User) -> tuple[int, int, int]:
    """Read how much somebody has not read and not seen, and the last `seq`; all must agree with the rows."""
    box = NotificationBox.objects.get(pk=user.pk)
    rows = Notification.objects.filter(user=user)
    unread = rows.filter(read_at__isnull=True)
    assert box.unread_count == unread.count()
    assert box.unseen_count == unread.filter(seq__gt=box.seen_seq).count()
    assert unread.filter(unread_key__isnull=True).count() == 0
    assert rows.filter(read_at__isnull=False, unread_key__isnull=False).count() == 0
    for row in rows:
        causes = NotificationCause.objects.filter(notification=row).order_by("-id")
        actors = list(dict.fromkeys(causes.values_list("actor_id", flat=True)))
        assert row.actor_count == len(actors)
        assert set(row.actor_ids) <= {str(key) for key in actors}
        assert row.seq <= box.last_seq
    return box.unread_count, box.unseen_count, box.last_seq
