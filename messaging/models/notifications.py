"""What people are told of."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.enums import NotificationKind
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from messaging.enums import DeliveryState


@holds(Holds.PERSONAL, owner="user_id")
class NotificationBox(models.Model):
    """The counters of one person; the row is the lock under which their notifications are numbered."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    last_seq = models.PositiveBigIntegerField(default=0)
    seen_seq = models.PositiveBigIntegerField(default=0)
    unread_count = models.PositiveIntegerField(default=0)
    unseen_count = models.PositiveIntegerField(default=0)
    mailed_until = models.DateTimeField(default=timezone.now, db_index=True)
    version = models.PositiveBigIntegerField(default=0)


@holds(
    Holds.PERSONAL,
    owner="user_id",
    exported=("kind", "thing_kind", "thing_id", "actor_count", "created_at", "told_at", "read_at"),
)
class Notification(Identified):
    """One thing somebody is told of, by whoever did it since they last read of it.

    `unread_key` names the person, the kind and the thing while it is unread, so that there is one; what
    comes after is grouped into it and gives it a new `seq`, which makes it the newest again. `actor_ids`
    are the last ten who did it, the newest first.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=NotificationKind)
    thing_kind = models.CharField(max_length=20, blank=True, default="")
    thing_id = models.UUIDField(null=True)
    seq = models.PositiveBigIntegerField()
    unread_key = models.CharField(max_length=150, null=True, unique=True)
    actor_count = models.PositiveIntegerField(default=1)
    actor_ids = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    told_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "seq"], name="notification_seq_once")]
        indexes = [
            models.Index(fields=["thing_id", "kind"], name="notification_of_thing"),
            models.Index(fields=["read_at"], name="notification_by_read"),
        ]


@holds(Holds.SHARED, owner="actor_id", exported=())
class NotificationCause(Identified):
    """One act that a notification tells of; by its `source` it is told once and can be withdrawn."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, db_index=False, related_name="+")
    user_id = models.UUIDField()
    actor_id = models.UUIDField(db_index=True)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "source"], name="notification_cause_once")]
        indexes = [
            models.Index(fields=["notification", "-id"], name="cause_of_notification"),
            models.Index(fields=["source"], name="cause_by_source"),
        ]


@holds(Holds.PERSONAL, owner="user_id", exported=("day", "sent_at"))
class DigestDelivery(Identified):
    """The mail of one day to one person: what they were told after `since` and until `until`.

    There is one for each day; while `claimed_until` is to come, somebody is sending it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    day = models.DateField(db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    claimed_until = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once")]
