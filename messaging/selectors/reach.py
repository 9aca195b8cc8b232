"""Whether a viewer reaches a message that another app only knows by its name."""

import uuid

from accounts.cards.moderation import ReportedThing
from accounts.enums import DecisionKind
from grover.core.ids import parse_id
from grover.core.viewers import AnyViewer
from messaging.models import Message
from messaging.selectors.threads import sees_message


def find_reportable(kind: str, thing_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer sees the message they report; None when it is none."""
    return sees_message(viewer, thing_id) if kind == "message" else None


def find_reported(kind: str, thing_id: uuid.UUID) -> ReportedThing | None:
    """Show the staff whose message was reported, and nothing that it says; None when it is none."""
    if kind != "message":
        return None
    message = Message.objects.filter(pk=thing_id, unsent_at__isnull=True).first()
    if message is None:
        return None
    return ReportedThing(
        owner_id=message.sender_id,
        text="What people say in private is not shown.",
        context=f"{message.get_kind_display()} in a conversation",
        measures=(DecisionKind.REMOVE.value,),
    )


def may_view_attached(attached_to: str, owner_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer may fetch an upload that hangs on a message; None when it hangs elsewhere."""
    kind, _, text = attached_to.partition(":")
    message_id = parse_id(text)
    if kind != "message" or message_id is None:
        return None
    return sees_message(viewer, message_id)
