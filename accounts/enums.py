"""The words that accounts stores."""

from django.db.models import TextChoices


class AccountStatus(TextChoices):
    """Where an account stands; only an active one is seen by others and can sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"
    ERASING = "erasing"
    ERASED = "erased"


class RelationKind(TextChoices):
    """What one person is to another."""

    FOLLOW = "follow"
    REQUEST = "request"
    BLOCK = "block"
    MUTE = "mute"


class Audience(TextChoices):
    """Who may do something to a person, such as message or mention them."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


class ReportReason(TextChoices):
    """Why a thing is reported."""

    SPAM = "spam"
    HARASSMENT = "harassment"
    HATE = "hate"
    VIOLENCE = "violence"
    NUDITY = "nudity"
    SELF_HARM = "self_harm"
    IMPERSONATION = "impersonation"
    ILLEGAL = "illegal"
    OTHER = "other"


class ReportState(TextChoices):
    """How far the staff is with a report."""

    OPEN = "open"
    ACTIONED = "actioned"
    DISMISSED = "dismissed"


class Moderation(TextChoices):
    """What the staff did to a thing: what is hidden only its author sees, what is removed nobody."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REMOVED = "removed"


class CaseState(TextChoices):
    """How far the staff is with a thing that was reported."""

    OPEN = "open"
    DECIDED = "decided"


class DecisionKind(TextChoices):
    """What the staff decided about a thing that was reported, or about whose it is."""

    DISMISS = "dismiss"
    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    SUSPEND = "suspend"


class AppealState(TextChoices):
    """Whether somebody appealed a decision, and what became of it."""

    NONE = "none"
    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"


class ExportState(TextChoices):
    """How far an export is."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class NotificationKind(TextChoices):
    """What a person can be told of."""

    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FOLLOW_ACCEPTED = "follow_accepted"
    REACTION = "reaction"
    COMMENT = "comment"
    REPLY = "reply"
    MENTION = "mention"
    REPOST = "repost"
    QUOTE = "quote"
    COMMENT_REACTION = "comment_reaction"
    STORY_REACTION = "story_reaction"
    MESSAGE = "message"
    MESSAGE_REQUEST = "message_request"
    GROUP_INVITE = "group_invite"
    MISSED_CALL = "missed_call"
    STREAM = "stream"
    PAYMENT = "payment"
    SECURITY = "security"


class NotificationChannel(TextChoices):
    """How a person can be told."""

    IN_APP = "in_app"
    PUSH = "push"
    MAIL = "mail"


TRANSITIONS: dict[AccountStatus, frozenset[AccountStatus]] = {
    AccountStatus.ACTIVE: frozenset({AccountStatus.SUSPENDED, AccountStatus.DEACTIVATED}),
    AccountStatus.SUSPENDED: frozenset({AccountStatus.ACTIVE}),
    AccountStatus.DEACTIVATED: frozenset({AccountStatus.ACTIVE, AccountStatus.ERASING}),
    AccountStatus.ERASING: frozenset({AccountStatus.ERASED}),
    AccountStatus.ERASED: frozenset(),
}

REPORT_TRANSITIONS: dict[ReportState, frozenset[ReportState]] = {
    ReportState.OPEN: frozenset({ReportState.ACTIONED, ReportState.DISMISSED}),
    ReportState.ACTIONED: frozenset(),
    ReportState.DISMISSED: frozenset(),
}

CASE_TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.DECIDED}),
    CaseState.DECIDED: frozenset({CaseState.OPEN}),
}

APPEAL_TRANSITIONS: dict[AppealState, frozenset[AppealState]] = {
    AppealState.NONE: frozenset({AppealState.PENDING}),
    AppealState.PENDING: frozenset({AppealState.GRANTED, AppealState.REJECTED}),
    AppealState.GRANTED: frozenset(),
    AppealState.REJECTED: frozenset(),
}

EXPORT_TRANSITIONS: dict[ExportState, frozenset[ExportState]] = {
    ExportState.PENDING: frozenset({ExportState.READY, ExportState.FAILED}),
    ExportState.READY: frozenset({ExportState.EXPIRED}),
    ExportState.FAILED: frozenset(),
    ExportState.EXPIRED: frozenset(),
}


class MailPurpose(TextChoices):
    """What a token that was sent by mail is good for."""

    VERIFY = "verify"
    RESET = "reset"
