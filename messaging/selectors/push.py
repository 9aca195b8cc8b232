"""The devices of people, and what is shown on them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from accounts.enums import NotificationChannel
from accounts.selectors.contacts import channels_to
from accounts.selectors.people import users_by_id
from accounts.selectors.sessions import live_session_ids
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer
from messaging.cards.push import PushDeviceCard
from messaging.enums import CallState
from messaging.models import Call, Notification, PushDevice
from messaging.providers.push.base import Note
from messaging.selectors.digests import NO_SESSION
from messaging.selectors.notifications import notification_cards
from messaging.selectors.presence import people_active
from messaging.selectors.wording import name_of, sentence_of

TITLE = "Grover"
NOTE_LASTS = dt.timedelta(days=1)
RING_LASTS = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """A note, whose devices it is for, and the name of it under which each gets it once."""

    user_id: uuid.UUID
    thing_id: uuid.UUID
    seq: int
    note: Note


def has_devices(user_id: uuid.UUID) -> bool:
    """Tell whether somebody has a device that can be woken, in one query."""
    return PushDevice.objects.filter(user_id=user_id).exists()


def devices_of(viewer: Viewer, request: PageRequest) -> Page[PushDeviceCard]:
    """List the viewer's devices, the newest first, in three queries; none of a session that has ended."""
    rows = PushDevice.objects.filter(user_id=viewer.id)
    sessions = live_session_ids([key for key in rows.values_list("session_id", flat=True) if key is not None])
    page = keyset_page(rows.filter(session_id__in=sessions), request)
    return page.map(lambda found: [device_card(row, viewer) for row in found])


def device_card(row: PushDevice, viewer: Viewer) -> PushDeviceCard:
    """Show a device, without what it is reached by."""
    return PushDeviceCard(
        id=row.pk,
        kind=row.kind,  # type: ignore[arg-type]
        name=row.name,
        is_current=row.session_id == viewer.session_id,
        created_at=row.created_at,
    )


def wake_about(notification_id: uuid.UUID, seq: int) -> Wake | None:
    """Put the note about a notification together; None when there is nobody to be woken by it.

    That is when it is gone, read or newer by now, when the person turned pushes of its kind off, hears
    nothing from who did it or may not see it, and when they look at an open socket, which told them.
    """
    row = Notification.objects.filter(pk=notification_id, seq=seq, read_at__isnull=True).first()
    if row is None:
        return None
    actor_id = uuid.UUID(row.actor_ids[0]) if row.actor_ids else row.user_id
    if NotificationChannel.PUSH not in channels_to(row.user_id, actor_id, row.kind):
        return None
    if people_active([row.user_id]):
        return None
    [card] = notification_cards(Viewer(row.user_id, NO_SESSION), [row])
    if card is None:
        return None
    note = Note(
        title=TITLE,
        body=sentence_of(card),
        data={"notification_id": card.id, "kind": card.kind, "thing": card.thing},
        lasts=NOTE_LASTS,
        collapse_key=card.id.hex,
    )
    return Wake(user_id=row.user_id, thing_id=row.pk, seq=seq, note=note)


def wake_for_call(call_id: uuid.UUID) -> Wake | None:
    """Put the note about a call together; None when it does not ring any more."""
    ringing = Call.objects.filter(pk=call_id, state=CallState.RINGING, rings_until__gt=timezone.now())
    call = ringing.first()
    if call is None or call.caller_id is None or call.callee_id is None:
        return None
    caller = users_by_id([call.caller_id]).get(call.caller_id)
    if caller is None:
        return None
    note = Note(
        title=TITLE,
        body=f"{name_of(caller)} is calling",
        data={"call_id": call.pk, "kind": "call", "call_kind": call.kind},
        lasts=RING_LASTS,
        is_urgent=True,
    )
    return Wake(user_id=call.callee_id, thing_id=call.pk, seq=0, note=note)
