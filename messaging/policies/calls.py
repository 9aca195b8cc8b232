"""Who may call whom."""

import uuid

from accounts.cards.people import Relation
from messaging.enums import CallState
from messaging.errors.calls import CallsNotAllowed, NotTheCallee
from messaging.models import Call
from messaging.policies.conversations import can_message


def can_call(who_may_message: str, relation: Relation, *, they_talk: bool) -> bool:
    """Tell whether somebody takes calls from the viewer.

    They take messages from them, and follow them or have accepted the conversation of the two.
    """
    return can_message(who_may_message, relation) and (relation.followed_by or they_talk)


def check_can_call(who_may_message: str, relation: Relation, *, they_talk: bool) -> None:
    """Refuse to call those who do not take calls from the viewer."""
    if not can_call(who_may_message, relation, they_talk=they_talk):
        raise CallsNotAllowed


def check_is_callee(call: Call, user_id: uuid.UUID) -> None:
    """Refuse to let who calls answer or decline."""
    if call.callee_id != user_id:
        raise NotTheCallee


def may_join(call: Call, user_id: uuid.UUID) -> bool:
    """Tell whether one of the two may be in the channel of a call now: who is called, once they answered."""
    if call.state == CallState.RINGING:
        return user_id == call.caller_id
    return call.state == CallState.ACTIVE
