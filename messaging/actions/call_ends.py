"""Ending calls that nobody ends: not answered, left by a side, across a block, of who is erased."""

import datetime as dt
import uuid
from collections.abc import Sequence

from grover.core.db import atomic
from grover.core.moments import present
from messaging.actions.calls import finish
from messaging.enums import CallState
from messaging.models import Call, CallSeat
from messaging.selectors.calls import live_call_of
from messaging.selectors.presence import people_online

BATCH = 500
VANISHED_AFTER = dt.timedelta(seconds=30)


def end_due_calls(now: dt.datetime) -> int:
    """End the calls that rang in vain, and those of which a side has no open socket for half a minute.

    Gives how many. It runs every few seconds, and several may run at once.
    """
    return _miss_unanswered(now) + _end_left(now)


def part_callers(user_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """End the call of two people when one blocks the other; joins the transaction of the block."""
    call = live_call_of(user_id)
    if call is not None and other_id in (call.caller_id, call.callee_id):
        finish(call, CallState.ENDED, present(), by=user_id)


def erase_caller(user_id: uuid.UUID) -> None:
    """End the call of a person who is erased, and name them in none; calls of nobody's are deleted."""
    _end_call_of(user_id)
    for end in ("caller_id", "callee_id", "ended_by_id"):
        _detach(end, user_id)
    while _delete_some():
        pass


def _miss_unanswered(now: dt.datetime) -> int:
    due = Call.objects.filter(state=CallState.RINGING, rings_until__lte=now)
    return sum(_finish(call, CallState.MISSED, now) for call in list(due.order_by("rings_until")[:BATCH]))


def _end_left(now: dt.datetime) -> int:
    """Look at who is in active calls, some at a time: write who is there, and end what others left."""
    seats = CallSeat.objects.filter(call__state=CallState.ACTIVE).select_related("call").order_by("user_id")
    ended, part = 0, list(seats[:BATCH])
    while part:
        ended += sum(_finish(call, CallState.ENDED, now) for call in _left(part, now))
        part = list(seats.filter(user_id__gt=part[-1].user_id)[:BATCH])
    return ended


def _left(seats: Sequence[CallSeat], now: dt.datetime) -> list[Call]:
    online = people_online([seat.user_id for seat in seats])
    _confirm(sorted(online), now)
    gone = (seat for seat in seats if seat.user_id not in online and seat.seen_at <= now - VANISHED_AFTER)
    return [seat.call for seat in gone]


@atomic
def _confirm(user_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    CallSeat.objects.filter(user_id__in=user_ids).update(seen_at=now)


@atomic
def _finish(call: Call, state: CallState, now: dt.datetime) -> bool:
    return finish(call, state, now)


@atomic
def _end_call_of(user_id: uuid.UUID) -> None:
    call = live_call_of(user_id)
    if call is not None:
        finish(call, CallState.ENDED, present())


@atomic
def _detach(end: str, user_id: uuid.UUID) -> None:
    Call.objects.filter(**{end: user_id}).update(**{end: None})


@atomic
def _delete_some() -> int:
    ids = list(Call.objects.filter(caller_id=None, callee_id=None).values_list("pk", flat=True)[:BATCH])
    return Call.objects.filter(pk__in=ids).delete()[0]
