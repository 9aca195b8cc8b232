"""Conversations and messages, as rows whose counters agree."""

import itertools
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from messaging.enums import ConversationKind, Role
from messaging.models import Conversation, Membership, Message

_numbers = itertools.count(1)


def make_conversation(kind: str, *users: User, **fields: Any) -> Conversation:
    """Make a conversation that all have accepted; of a group the first one is the owner."""
    is_direct = kind == ConversationKind.DIRECT
    if is_direct:
        fields.setdefault("pair", ":".join(sorted(str(user.pk) for user in users)))
    else:
        fields.setdefault("title", "Engines")
    conversation = Conversation.objects.create(kind=kind, member_count=len(users), **fields)
    for number, user in enumerate(users):
        role = Role.OWNER if number == 0 and not is_direct else Role.MEMBER
        Membership.objects.create(conversation=conversation, user=user, role=role)
    return conversation


def seat(conversation: Conversation, user: User, **fields: Any) -> Membership:
    """Read somebody's place in a conversation, after changing it."""
    rows = Membership.objects.filter(conversation=conversation, user=user)
    if fields:
        rows.update(**fields)
    return rows.get()


def make_message(conversation: Conversation, sender: User, text: str = "Hello", **fields: Any) -> Message:
    """Make the next message of a conversation, which its sender has read."""
    now = timezone.now()
    Conversation.objects.filter(pk=conversation.pk).update(last_seq=F("last_seq") + 1, active_at=now)
    conversation.refresh_from_db()
    fields.setdefault("client_id", f"made-{next(_numbers)}")
    message = Message.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        sender_id=sender.pk,
        text=text,
        created_at=now,
        **fields,
    )
    Membership.objects.filter(conversation=conversation, user=sender).update(read_seq=message.seq)
    return message
