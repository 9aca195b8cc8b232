"""The tables of messaging, which no other app imports."""

from messaging.models.calls import Call, CallSeat
from messaging.models.conversations import Conversation, Membership
from messaging.models.messages import Message, MessageReaction, MessageRevision
from messaging.models.notifications import (
    DigestDelivery,
    Notification,
    NotificationBox,
    NotificationCause,
)
from messaging.models.push import PushDelivery, PushDevice
from messaging.models.sockets import Seat, Ticket

__all__ = [
    "Call",
    "CallSeat",
    "Conversation",
    "DigestDelivery",
    "Membership",
    "Message",
    "MessageReaction",
    "MessageRevision",
    "Notification",
    "NotificationBox",
    "NotificationCause",
    "PushDelivery",
    "PushDevice",
    "Seat",
    "Ticket",
]
