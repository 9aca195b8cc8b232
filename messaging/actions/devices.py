"""Registering the devices that are woken, and forgetting them."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping

from accounts.actions.relations import take_turns
from accounts.selectors.sessions import live_session_ids
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from messaging.cards.push import PushDeviceCard
from messaging.enums import PushKind
from messaging.errors.push import PushNotSetUp, TooManyDevices
from messaging.models import PushDelivery, PushDevice
from messaging.providers.push.vapid import public_key
from messaging.selectors.push import device_card

MOST_DEVICES = 20
DELIVERIES_LAST = dt.timedelta(days=30)
BATCH = 500


@settled
@atomic
def register_device(
    actor: Viewer, *, kind: str, address: str, keys: Mapping[str, str], name: str = ""
) -> tuple[PushDeviceCard, bool]:
    """Have a device woken for the actor, while the session they are in lasts; tell whether it is new.

    A device is one person's: whoever registers it again has it from then on, and nobody else.
    """
    if kind == PushKind.WEB and public_key() is None:
        raise PushNotSetUp
    take_turns(actor.id)
    forget_ended(list(PushDevice.objects.filter(user_id=actor.id)))
    address_hash = hashlib.sha256(address.encode()).hexdigest()
    rows = PushDevice.objects.filter(address_hash=address_hash)
    known = rows.first()
    others = PushDevice.objects.filter(user_id=actor.id).exclude(address_hash=address_hash)
    if (known is None or known.user_id != actor.id) and others.count() >= MOST_DEVICES:
        raise TooManyDevices(f"At most {MOST_DEVICES} devices")
    values = {"user_id": actor.id, "session_id": actor.session_id, "name": name, "keys": dict(keys)}
    if known is None:
        PushDevice.objects.create(kind=kind, address=address, address_hash=address_hash, **values)
    elif not rows.update(**values):
        raise LostRace
    return device_card(rows.get(), actor), known is None  # read again: it shows what is stored


@atomic
def remove_device(actor: Viewer, *, device_id: uuid.UUID) -> None:
    """Have a device of the actor's woken no more; NotFound when it is not theirs."""
    device = PushDevice.objects.filter(pk=device_id, user_id=actor.id).first()
    if device is None:
        raise NotFound
    forget_devices([device])


def forget_ended(devices: list[PushDevice]) -> list[PushDevice]:
    """Delete those of some devices whose session has ended; give the others."""
    live = live_session_ids({row.session_id for row in devices if row.session_id is not None})
    ended = [row for row in devices if row.session_id not in live]
    if ended:
        forget_devices(ended)
    return [row for row in devices if row.session_id in live]


@atomic
def forget_devices(devices: list[PushDevice]) -> None:
    """Delete devices, unless somebody registered them anew in the meantime."""
    for device in devices:
        rows = PushDevice.objects.filter(
            pk=device.pk, user_id=device.user_id, session_id=device.session_id, address=device.address
        )
        rows.delete()


def sweep_devices() -> int:
    """Delete the devices whose session has ended; give their number."""
    swept, last = 0, uuid.UUID(int=0)
    while part := list(PushDevice.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = part[-1].pk
        swept += len(part) - len(forget_ended(part))
    return swept


def sweep_deliveries(now: dt.datetime) -> int:
    """Delete what is remembered of pushes of long ago; give their number."""
    swept = 0
    old = PushDelivery.objects.filter(sent_at__lt=now - DELIVERIES_LAST)
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        swept += _forget_deliveries(ids)
    return swept


@atomic
def _forget_deliveries(ids: list[uuid.UUID]) -> int:
    return PushDelivery.objects.filter(pk__in=ids).delete()[0]
