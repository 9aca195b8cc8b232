"""Calls as the two people see them."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils import timezone

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import Viewer
from messaging.cards.calls import CallAccess, CallCard
from messaging.enums import Folder
from messaging.models import Call, CallSeat, Membership
from messaging.policies.calls import may_join
from messaging.providers.streaming import grant


def calls_of(viewer: Viewer, request: PageRequest) -> Page[CallCard]:
    """Read a page of the calls that the viewer made and got, the newest first; none across a block."""
    rows = Call.objects.filter(Q(caller_id=viewer.id) | Q(callee_id=viewer.id))
    return filled_page(
        lambda part: keyset_page(rows, part),
        lambda found: _cards(found, viewer),
        request,
        lambda call: (call.pk,),
    )


def get_call(viewer: Viewer, call_id: uuid.UUID) -> CallCard:
    """Read a call as the viewer sees it; NotFound when it is not theirs, or a block forbids it."""
    [card] = _cards(list(Call.objects.filter(pk=call_id)), viewer) or [None]
    if card is None:
        raise NotFound
    return card


def call_of(viewer: Viewer, call_id: uuid.UUID) -> Call:
    """Read a call for an action, in at most two queries; NotFound as for reading."""
    call = Call.objects.filter(pk=call_id).first()
    if call is None or not _sees(viewer, call):
        raise NotFound
    if blocked_ids(viewer.id, among=_people(call) - {viewer.id}):
        raise NotFound
    return call


def are_in_calls(*user_ids: uuid.UUID) -> bool:
    """Tell whether any of these people is in a call that rings or is active."""
    return CallSeat.objects.filter(user_id__in=user_ids).exists()


def live_call_of(user_id: uuid.UUID) -> Call | None:
    """Find the call that somebody is in, in one query."""
    seat = CallSeat.objects.filter(user_id=user_id).select_related("call").first()
    return None if seat is None else seat.call


def have_accepted(pair: str) -> bool:
    """Tell whether two people have a direct conversation that both of them accepted, in one query."""
    seats = Membership.objects.filter(conversation__pair=pair).exclude(folder=Folder.REQUESTS)
    return seats.count() == 2


def open_card(call: Call) -> CallCard:
    """Show a call as both people see it, with access for neither."""
    return _card(call, users_by_id(_people(call)), None)


def _cards(calls: Sequence[Call], viewer: Viewer) -> list[CallCard | None]:
    """Show some calls, None for those that are not the viewer's or across a block, in two queries."""
    people = {user_id for call in calls for user_id in _people(call)}
    if not people:
        return [None for _ in calls]
    blocked = blocked_ids(viewer.id, among=people)
    users = users_by_id(people - blocked)
    now = timezone.now()
    return [
        _card(call, users, _access(call, viewer, now))
        if _sees(viewer, call) and not _people(call) & blocked
        else None
        for call in calls
    ]


def _card(call: Call, users: Mapping[uuid.UUID, UserSummary], access: CallAccess | None) -> CallCard:
    return CallCard(
        id=call.pk,
        kind=call.kind,  # type: ignore[arg-type]
        state=call.state,  # type: ignore[arg-type]
        caller=None if call.caller_id is None else users.get(call.caller_id),
        callee=None if call.callee_id is None else users.get(call.callee_id),
        rings_until=call.rings_until,
        created_at=call.created_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        access=access,
    )


def _access(call: Call, viewer: Viewer, now: dt.datetime) -> CallAccess | None:
    if not may_join(call, viewer.id):
        return None
    given = grant(call.channel, viewer.id, now)
    return CallAccess(
        app_id=given.app_id,
        channel=given.channel,
        uid=given.uid,
        token=given.token,
        expires_at=given.expires_at,
    )


def _sees(viewer: Viewer, call: Call) -> bool:
    return viewer.id in _people(call)


def _people(call: Call) -> set[uuid.UUID]:
    return {user_id for user_id in (call.caller_id, call.callee_id) if user_id is not None}
