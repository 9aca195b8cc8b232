"""Calling somebody, and answering, declining and ending a call.

Who is in a call has a seat, one at a time; the state of a call changes under its own row.
"""

import datetime as dt
import uuid

from accounts.actions.relations import take_turns
from accounts.enums import NotificationKind
from accounts.errors.people import OwnAccount
from accounts.selectors.relations import visible_person
from accounts.selectors.settings import who_may_message
from grover.core.broadcast import Audience, to_users
from grover.core.db import atomic
from grover.core.events import Event, emit
from grover.core.ids import new_id
from grover.core.jobs import enqueue_durable
from grover.core.moments import present
from grover.core.races import settled, turn
from grover.core.viewers import Viewer
from messaging.actions.conversations import pair_of
from messaging.actions.notifications import notify
from messaging.cards.calls import CallCard
from messaging.enums import CALL_TRANSITIONS, CallState
from messaging.errors.calls import Busy, CallOver
from messaging.events.calls import CallAnswered, CallDeclined, CallEnded, CallRinging
from messaging.models import Call, CallSeat
from messaging.policies.calls import check_can_call, check_is_callee
from messaging.selectors.calls import are_in_calls, call_of, get_call, have_accepted, open_card
from messaging.selectors.push import has_devices

RINGS = dt.timedelta(seconds=30)


def start_call(actor: Viewer, *, user_id: uuid.UUID, kind: str) -> CallCard:
    """Call somebody: it rings for half a minute. Busy when either of the two is in a call."""
    if user_id == actor.id:
        raise OwnAccount
    with turn(user_id):
        call_id = _start(actor, user_id, kind, present())
    return get_call(actor, call_id)


def answer_call(actor: Viewer, *, call_id: uuid.UUID) -> CallCard:
    """Answer a call that rings; answering it again changes nothing. CallOver when it rings no more."""
    with turn(call_id):
        _answer(actor, call_id, present())
    return get_call(actor, call_id)


def decline_call(actor: Viewer, *, call_id: uuid.UUID) -> CallCard:
    """Decline a call that rings; declining it again changes nothing. CallOver when it rings no more."""
    with turn(call_id):
        _decline(actor, call_id, present())
    return get_call(actor, call_id)


def end_call(actor: Viewer, *, call_id: uuid.UUID) -> CallCard:
    """End a call; ending again what one ended changes nothing. CallOver when it ended otherwise.

    When who calls ends it while it rings, the state is `ended` as well, without `answered_at`, and who
    was called is told of a missed call.
    """
    with turn(call_id):
        _end(actor, call_id, present())
    return get_call(actor, call_id)


@settled
@atomic
def _start(actor: Viewer, user_id: uuid.UUID, kind: str, now: dt.datetime) -> uuid.UUID:
    take_turns(actor.id, user_id)  # from here on neither blocks the other, nor begins a call
    _, relation = visible_person(actor, user_id)
    they_talk = have_accepted(pair_of(actor.id, user_id))
    check_can_call(who_may_message([user_id])[user_id], relation, they_talk=they_talk)
    if are_in_calls(actor.id, user_id):
        raise Busy
    call = _insert_call(actor.id, user_id, kind, now)
    emit(CallRinging(call_id=call.pk, call=open_card(call)), to=_both(call))
    if has_devices(user_id):
        enqueue_durable("messaging.tasks.push_call", call_id=call.pk)
    return call.pk


def _insert_call(caller_id: uuid.UUID, callee_id: uuid.UUID, kind: str, now: dt.datetime) -> Call:
    call_id = new_id()
    call = Call.objects.create(
        id=call_id,
        created_at=now,
        caller_id=caller_id,
        callee_id=callee_id,
        kind=kind,
        channel=f"call-{call_id}",
        rings_until=now + RINGS,
    )
    for user_id in sorted((caller_id, callee_id)):
        CallSeat(user_id=user_id, call=call, seen_at=now).save(force_insert=True)
    return call


@atomic
def _answer(actor: Viewer, call_id: uuid.UUID, now: dt.datetime) -> None:
    call = call_of(actor, call_id)
    check_is_callee(call, actor.id)
    ringing = Call.objects.filter(pk=call_id, state__in=_before(CallState.ACTIVE), rings_until__gt=now)
    if ringing.update(state=CallState.ACTIVE, answered_at=now):
        CallSeat.objects.filter(call_id=call_id).update(seen_at=now)
        emit(CallAnswered(call_id=call_id, answered_at=now), to=_both(call))
        return
    call.refresh_from_db()
    if call.state != CallState.ACTIVE:
        raise CallOver


@atomic
def _decline(actor: Viewer, call_id: uuid.UUID, now: dt.datetime) -> None:
    call = call_of(actor, call_id)
    check_is_callee(call, actor.id)
    if finish(call, CallState.DECLINED, now, by=actor.id):
        return
    call.refresh_from_db()
    if call.state != CallState.DECLINED:
        raise CallOver


@atomic
def _end(actor: Viewer, call_id: uuid.UUID, now: dt.datetime) -> None:
    call = call_of(actor, call_id)
    if finish(call, CallState.ENDED, now, by=actor.id):
        return
    call.refresh_from_db()
    if call.state != CallState.ENDED or call.ended_by_id != actor.id:
        raise CallOver


@atomic
def finish(call: Call, state: CallState, now: dt.datetime, *, by: uuid.UUID | None = None) -> bool:
    """Bring a call to an end and free both people; joins the caller's transaction.

    Tells whether it did: a call that has come to an end stays as it is. Who was called is told of a
    missed call when it rang and they did not decline or end it themselves.
    """
    for before in _before(state):
        rows = Call.objects.filter(pk=call.pk, state=before)
        if rows.update(state=state, ended_at=now, ended_by_id=by):
            CallSeat.objects.filter(call_id=call.pk).delete()
            emit(_event_of(call, state, now), to=_both(call))
            if before == CallState.RINGING and by != call.callee_id:
                _tell_missed(call)
            return True
    return False


def _before(state: CallState) -> list[CallState]:
    """List the states that a call may come from, the earlier first."""
    return [before for before, after in CALL_TRANSITIONS.items() if state in after]


def _event_of(call: Call, state: CallState, now: dt.datetime) -> Event:
    if state == CallState.DECLINED:
        return CallDeclined(call_id=call.pk, ended_at=now)
    return CallEnded(call_id=call.pk, state=state.value, ended_at=now)  # type: ignore[arg-type]


def _tell_missed(call: Call) -> None:
    if call.caller_id is not None and call.callee_id is not None:
        notify(
            call.callee_id,
            kind=NotificationKind.MISSED_CALL,
            actor_id=call.caller_id,
            source=f"call:{call.pk}",
            thing_kind="call",
            thing_id=call.pk,
            data={"call_kind": call.kind},
        )


def _both(call: Call) -> list[Audience]:
    return to_users([user_id for user_id in (call.caller_id, call.callee_id) if user_id is not None])
