"""Calls, as rows that agree with who has a seat."""

import datetime as dt
from typing import Any

from accounts.models import User
from grover.core.ids import new_id
from grover.core.moments import present
from messaging.enums import CallState
from messaging.models import Call, CallSeat

LIVE = (CallState.RINGING, CallState.ACTIVE)


def make_call(caller: User, callee: User, state: str = "ringing", **fields: Any) -> Call:
    """Make a call; both have a seat in it while it rings or is active."""
    now, call_id = present(), new_id()
    fields.setdefault("rings_until", now + dt.timedelta(seconds=30))
    if state != CallState.RINGING:
        fields.setdefault("answered_at" if state == CallState.ACTIVE else "ended_at", now)
    call = Call.objects.create(
        id=call_id,
        caller_id=caller.pk,
        callee_id=callee.pk,
        state=state,
        **{"kind": "voice", "channel": f"call-{call_id}", **fields},
    )
    if state in LIVE:
        for user in (caller, callee):
            CallSeat.objects.create(user_id=user.pk, call=call)
    return call
