"""What became of pushes to phones."""

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id
from grover.schedule import SCHEDULE
from messaging.actions import push
from messaging.actions.push import read_push_receipts
from messaging.enums import DeliveryState
from messaging.models import PushDelivery, PushDevice
from messaging.providers.push.expo import MOST_RECEIPTS
from messaging.tasks.push import read_push_receipts as read_task
from messaging.tasks.push import sweep_push_deliveries as sweep_task
from tests.factories.push import make_phone
from tests.messaging.push_server import PushServer, running_push_server

ARRIVED = {"status": "ok"}
GONE = {"status": "error", "message": "No.", "details": {"error": "DeviceNotRegistered"}}
TOO_BIG = {"status": "error", "message": "No.", "details": {"error": "MessageTooBig"}}

_numbers = itertools.count(1)


@pytest.fixture
def server() -> Iterator[PushServer]:
    with (
        running_push_server() as found,
        override_settings(OUTBOUND_ALLOW=["127.0.0.1/32"], EXPO_URL=f"{found.url}/expo"),
    ):
        yield found


def sent(device: PushDevice, receipt: str, *, minutes: int = 16, state: str = "sent") -> PushDelivery:
    return PushDelivery.objects.create(
        device=device,
        notification_id=new_id(),
        seq=next(_numbers),
        receipt=receipt,
        state=state,
        sent_at=timezone.now() - dt.timedelta(minutes=minutes),
    )


def state_of(row: PushDelivery) -> str | None:
    return PushDelivery.objects.filter(pk=row.pk).values_list("state", flat=True).first()


def test_receipts_are_read(ada: User, server: PushServer) -> None:
    device, dead = make_phone(ada), make_phone(ada)
    rows = [sent(device, "a"), sent(device, "b"), sent(dead, "c"), sent(device, "d"), sent(device, "e")]
    server.receipts = {"a": ARRIVED, "b": TOO_BIG, "c": GONE, "e": "nonsense"}

    assert [read_push_receipts(timezone.now()) for _ in range(2)] == [3, 0]

    assert [state_of(row) for row in rows] == [
        DeliveryState.DELIVERED,
        DeliveryState.FAILED,
        None,
        DeliveryState.SENT,
        DeliveryState.SENT,
    ]
    assert list(PushDevice.objects.all()) == [device]
    assert [request.json() for request in server.requests] == [
        {"ids": ["a", "b", "c", "d", "e"]},
        {"ids": ["d", "e"]},
    ]


def test_only_what_has_a_receipt_by_now_is_asked_about(ada: User, server: PushServer) -> None:
    device = make_phone(ada)
    sent(device, "too_new", minutes=14)
    sent(device, "too_old", minutes=24 * 60 + 1)
    sent(device, "")
    for state in ("waiting", "failed", "delivered"):
        sent(device, state, state=state)
    assert read_push_receipts(timezone.now()) == 0
    assert server.requests == []


def test_many_are_read_in_pages(ada: User, server: PushServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_RECEIPTS == 300
    monkeypatch.setattr(push, "MOST_RECEIPTS", 3)
    device = make_phone(ada)
    names = [f"r{number}" for number in range(7)]
    for name in names:
        sent(device, name)
    server.receipts = dict.fromkeys(names, ARRIVED)
    assert read_push_receipts(timezone.now()) == 7
    assert [request.json()["ids"] for request in server.requests] == [names[:3], names[3:6], names[6:]]


@pytest.mark.parametrize(
    "answer",
    [(503, b""), (429, b""), (400, {"errors": []}), (200, b"<html>"), (200, {"data": []})],
    ids=["busy", "too_many", "refused", "no_json", "no_receipts"],
)
def test_expo_that_fails_is_asked_again(ada: User, server: PushServer, answer: tuple[int, object]) -> None:
    row = sent(make_phone(ada), "a")
    server.answers["getReceipts"] = [answer]
    assert read_push_receipts(timezone.now()) == 0
    assert state_of(row) == DeliveryState.SENT

    server.answers, server.receipts = {}, {"a": ARRIVED}
    read_task()
    assert state_of(row) == DeliveryState.DELIVERED


def test_device_registered_anew_outlives_an_old_receipt(ada: User, bob: User, server: PushServer) -> None:
    device = make_phone(ada)
    row = sent(device, "a")
    server.receipts = {"a": GONE}
    found = PushDelivery.objects.select_related("device").get(pk=row.pk)
    PushDevice.objects.update(user_id=bob.pk)
    push.forget_devices([found.device])
    assert PushDevice.objects.count() == 1


def test_all_is_swept_by_the_clock(ada: User) -> None:
    device = make_phone(ada)
    old, new = sent(device, "a", minutes=31 * 24 * 60), sent(device, "b")
    make_phone(ada, session_id=None)

    sweep_task()

    assert (state_of(old), state_of(new)) == (None, DeliveryState.SENT)
    assert list(PushDevice.objects.all()) == [device]
    every = {entry.task: entry.every for entry in SCHEDULE}
    assert every["messaging.tasks.read_push_receipts"] == 300
    assert every["messaging.tasks.sweep_push_deliveries"] == 3600
