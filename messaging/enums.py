"""The words that messaging stores."""

from django.db.models import TextChoices


class ConversationKind(TextChoices):
    """How many may be in a conversation: a pair, or a group that has a title."""

    DIRECT = "direct"
    GROUP = "group"


class Role(TextChoices):
    """What a member may do in a group; in a direct conversation both are members."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Folder(TextChoices):
    """Where a member finds a conversation; what strangers begin is a request until it is accepted."""

    INBOX = "inbox"
    REQUESTS = "requests"
    ARCHIVED = "archived"


class MessageKind(TextChoices):
    """What a message mainly is."""

    TEXT = "text"
    VOICE = "voice"
    VIDEO = "video"
    GIF = "gif"
    SHARED = "shared"


class ReactionKind(TextChoices):
    """How people react, to whatever it is."""

    LIKE = "like"
    LOVE = "love"
    WOW = "wow"
    SAD = "sad"
    ANGRY = "angry"
    CARE = "care"
    HAHA = "haha"
    DISLIKE = "dislike"


class CallKind(TextChoices):
    """What a call carries."""

    VOICE = "voice"
    VIDEO = "video"


class CallState(TextChoices):
    """How far a call is."""

    RINGING = "ringing"
    ACTIVE = "active"
    ENDED = "ended"
    MISSED = "missed"
    DECLINED = "declined"


CALL_TRANSITIONS: dict[CallState, frozenset[CallState]] = {
    CallState.RINGING: frozenset({CallState.ACTIVE, CallState.ENDED, CallState.MISSED, CallState.DECLINED}),
    CallState.ACTIVE: frozenset({CallState.ENDED}),
    CallState.ENDED: frozenset(),
    CallState.MISSED: frozenset(),
    CallState.DECLINED: frozenset(),
}


class PushKind(TextChoices):
    """Over what a device is reached: a browser's push service, or Expo's."""

    WEB = "web"
    EXPO = "expo"


class DeliveryState(TextChoices):
    """How far a push to one device, or a mail to one person, is."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


class PresenceState(TextChoices):
    """Whether somebody has a socket open, and looks at it."""

    ACTIVE = "active"
    AWAY = "away"
    OFFLINE = "offline"
