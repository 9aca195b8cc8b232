"""Waking the devices of somebody, each once, and reading what became of it."""

import datetime as dt
import logging
import uuid

from django.utils import timezone

from grover.core.db import atomic
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.races import settled, turn
from messaging.actions.devices import forget_devices, forget_ended
from messaging.enums import DeliveryState
from messaging.models import PushDelivery, PushDevice
from messaging.providers.push import provider_for
from messaging.providers.push.base import DeviceGone, Note, Sent, Target
from messaging.providers.push.expo import MOST_RECEIPTS, Outcome, read_receipts
from messaging.selectors.push import Wake, wake_about, wake_for_call

logger = logging.getLogger(__name__)

CLAIM_LASTS = dt.timedelta(seconds=60)  # longer than any provider may take
RECEIPTS_AFTER = dt.timedelta(minutes=15)
RECEIPTS_LAST = dt.timedelta(days=1)  # that long Expo keeps them


class PushUnderWay(Exception):
    """Another run is sending to a device, or was killed while it did: to be tried again later."""


def push_notification(notification_id: uuid.UUID, seq: int) -> int:
    """Wake the devices of whom a notification is for; give how many were sent to now.

    Each device is claimed before it is sent to, in the row that is unique for it and this state of the
    notification, and written down as sent afterwards: whatever runs again, it is not sent to again. A
    run that is killed before the provider takes the note loses nothing: the claim ends after a minute
    and the next run sends it. One that is killed in the instant between that and the writing down sends
    it again, under the same topic, of which a device shows one.
    """
    wake = wake_about(notification_id, seq)
    return 0 if wake is None else _wake_all(wake)


def push_call(call_id: uuid.UUID) -> int:
    """Ring on the devices of whom a call is for, while it rings; give how many were sent to now."""
    wake = wake_for_call(call_id)
    return 0 if wake is None else _wake_all(wake)


def _wake_all(wake: Wake) -> int:
    """Send to every device, whatever becomes of the others; raise the first failure that may pass."""
    sent, failure = 0, None
    for device in forget_ended(list(PushDevice.objects.filter(user_id=wake.user_id).order_by("pk"))):
        try:
            sent += _wake(device, wake)
        except Exception as error:  # noqa: BLE001 - raised when all have had their turn
            failure = failure or error
    if failure is not None:
        raise failure
    return sent


def _wake(device: PushDevice, wake: Wake) -> bool:
    """Send to a device, unless it was; tell whether it was sent now."""
    with turn(device.pk):
        delivery = _claim(device, wake)
    if delivery is None:
        return False
    try:
        sent = _send(device, wake.note)
    except DeviceGone:
        forget_devices([device])
        return False
    except ProviderRefused as error:
        logger.warning("A push to the device %s was refused: %s", device.pk, error)
        _finish(delivery, DeliveryState.FAILED)
        return False
    except Exception:
        _release(delivery)
        raise
    _finish(delivery, DeliveryState.SENT, sent.receipt)
    return True


def _send(device: PushDevice, note: Note) -> Sent:
    return provider_for(device.kind).send(Target(address=device.address, keys=device.keys), note)


@settled
@atomic
def _claim(device: PushDevice, wake: Wake) -> PushDelivery | None:
    """Take the delivery to a device; None when it was made, or the device is another's by now.

    PushUnderWay when another run has it.
    """
    now = timezone.now()
    if not PushDevice.objects.filter(pk=device.pk, user_id=wake.user_id).exists():
        return None
    rows = PushDelivery.objects.filter(device_id=device.pk, notification_id=wake.thing_id, seq=wake.seq)
    left = rows.filter(state=DeliveryState.WAITING)
    if left.filter(sent_at__lte=now - CLAIM_LASTS).update(sent_at=now):
        return rows.get()
    state = rows.values_list("state", flat=True).first()
    if state == DeliveryState.WAITING:
        raise PushUnderWay
    if state is not None:
        return None
    return PushDelivery.objects.create(
        device_id=device.pk, notification_id=wake.thing_id, seq=wake.seq, sent_at=now
    )


@atomic
def _release(delivery: PushDelivery) -> None:
    """Give up a claim, so that the next run has it at once."""
    PushDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).delete()


@atomic
def _finish(delivery: PushDelivery, state: DeliveryState, receipt: str = "") -> None:
    rows = PushDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    rows.update(state=state, receipt=receipt, sent_at=timezone.now())


def read_push_receipts(now: dt.datetime) -> int:
    """Read what became of pushes to phones a while ago; give how many are settled.

    Those without a receipt are asked about until Expo keeps none any more. When Expo does not answer
    the rest is left to the next time.
    """
    rows = PushDelivery.objects.filter(
        state=DeliveryState.SENT,
        sent_at__lte=now - RECEIPTS_AFTER,
        sent_at__gt=now - RECEIPTS_LAST,
    ).exclude(receipt="")
    settled_count, last = 0, uuid.UUID(int=0)
    while part := list(rows.filter(pk__gt=last).select_related("device").order_by("pk")[:MOST_RECEIPTS]):
        last = part[-1].pk
        try:
            outcomes = read_receipts([row.receipt for row in part])
        except (ProviderUnavailable, ProviderRefused) as error:
            logger.warning("The receipts of pushes were not read: %s", error)
            break
        settled_count += sum(_settle(row, outcomes.get(row.receipt)) for row in part)
    return settled_count


def _settle(row: PushDelivery, outcome: Outcome | None) -> bool:
    match outcome:
        case None:
            return False
        case Outcome.GONE:
            forget_devices([row.device])
        case _:
            _write_outcome(row, outcome)
    return True


@atomic
def _write_outcome(row: PushDelivery, outcome: Outcome) -> None:
    state = DeliveryState.DELIVERED if outcome == Outcome.ARRIVED else DeliveryState.FAILED
    PushDelivery.objects.filter(pk=row.pk, state=DeliveryState.SENT).update(state=state)
