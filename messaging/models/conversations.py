"""Conversations and who is in them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from messaging.enums import ConversationKind, Folder, Role


@holds(Holds.NONE)
class Conversation(Identified):
    """A conversation; its own row is the lock under which its messages are numbered.

    `pair` names the two people of a direct conversation, so that there is one of it. `roster_version`
    grows with each change of who is in it: an event says which version of the members it is for.
    """

    kind = models.CharField(max_length=10, choices=ConversationKind)
    pair = models.CharField(max_length=73, null=True, unique=True)
    title = models.CharField(max_length=100, blank=True, default="")
    picture_id = models.UUIDField(null=True)
    last_seq = models.PositiveBigIntegerField(default=0)
    active_at = models.DateTimeField(default=timezone.now)
    member_count = models.PositiveIntegerField(default=0)
    roster_version = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)


@holds(Holds.SHARED, owner="user_id", exported=("conversation_id", "role", "folder", "created_at"))
class Membership(Identified):
    """Somebody in a conversation; the row goes when they leave.

    They see the messages after `first_seq`: a group's from when they joined, a direct conversation's
    from when they last cleared it. `is_hidden` keeps a cleared one out of the lists until something
    new is in it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    folder = models.CharField(max_length=10, choices=Folder, default=Folder.INBOX)
    invited_by_id = models.UUIDField(null=True)
    first_seq = models.PositiveBigIntegerField(default=0)
    read_seq = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    muted_until = models.DateTimeField(null=True)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="member_once")]
        indexes = [models.Index(fields=["user", "folder"], name="membership_of_user")]
