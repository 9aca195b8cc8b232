"""Whether a viewer reaches a message that another app only knows by its name."""

import uuid

from grover.core.ids import parse_id
from grover.core.viewers import AnyViewer
from messaging.selectors.threads import sees_message


def find_reportable(kind: str, thing_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer sees the message they report; None when it is none."""
    return sees_message(viewer, thing_id) if kind == "message" else None


def may_view_attached(attached_to: str, owner_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer may fetch an upload that hangs on a message; None when it hangs elsewhere."""
    kind, _, text = attached_to.partition(":")
    message_id = parse_id(text)
    if kind != "message" or message_id is None:
        return None
    return sees_message(viewer, message_id)
