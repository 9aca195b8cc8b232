"""Waking devices: what they show, when they are left alone, and that each is woken once whatever fails."""

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import Relation, Session, User
from grover.core.jobs import run_outbox_job
from grover.core.models import OutboxJob
from grover.core.providers import ProviderRefused, ProviderUnavailable
from messaging.actions import push
from messaging.actions.push import PushUnderWay, push_call, push_notification
from messaging.enums import CallKind, CallState, DeliveryState
from messaging.models import Call, Notification, PushDelivery, PushDevice, Seat
from messaging.providers.push import base, webpush
from messaging.providers.push.base import DeviceGone, Note, Sent, Target
from messaging.providers.push.expo import Expo
from messaging.providers.push.webpush import WebPush
from tests.content.people import suspend
from tests.factories.accounts import make_user
from tests.factories.content import make_post
from tests.factories.notifications import make_notification, set_channels
from tests.factories.push import make_browser, make_browser_keys, make_phone
from tests.messaging.push_server import (
    PRIVATE_KEY,
    SUBJECT,
    TOKEN,
    PushServer,
    expo_error,
    read_push,
    running_push_server,
)
from tests.races import run_parallel

NOTE = Note(title="T", body="B", data={"kind": "follow"}, lasts=dt.timedelta(hours=1), collapse_key="c" * 40)


class Killed(BaseException):
    """What ends a process, which nothing catches."""


@pytest.fixture
def server() -> Iterator[PushServer]:
    with (
        running_push_server() as found,
        override_settings(
            OUTBOUND_ALLOW=["127.0.0.1/32"],
            VAPID_PRIVATE_KEY=PRIVATE_KEY,
            VAPID_SUBJECT=SUBJECT,
            EXPO_URL=f"{found.url}/expo",
            EXPO_ACCESS_TOKEN=TOKEN,
        ),
    ):
        yield found


@pytest.fixture(autouse=True)
def no_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the jobs that notifications ask for to the tests."""
    monkeypatch.setattr("grover.core.jobs._start_durable", lambda *args: False)


def told(user: User, *actors: User, **fields: Any) -> tuple[uuid.UUID, int]:
    row = make_notification(user, *actors, **fields)
    return row.pk, row.seq


def states() -> dict[str, str]:
    rows = PushDelivery.objects.select_related("device")
    return {row.device.address.rpartition("/")[2]: row.state for row in rows}


def make_older(seconds: int) -> None:
    PushDelivery.objects.update(sent_at=timezone.now() - dt.timedelta(seconds=seconds))


def make_call(caller: User, callee: User, **fields: Any) -> Call:
    fields.setdefault("rings_until", timezone.now() + dt.timedelta(seconds=30))
    return Call.objects.create(
        caller_id=caller.pk, callee_id=callee.pk, kind=CallKind.VIDEO, channel="c", **fields
    )


# --- What devices show --------------------------------------------------------------------------


def test_browser_is_told_who_did_what(ada: User, bob: User, server: PushServer) -> None:
    User.objects.filter(pk=bob.pk).update(display_name="Bob B.")
    post = make_post(ada, text="Engines")
    browser = make_browser_keys()
    make_browser(ada, server.endpoint("ada"), browser)
    key, seq = told(ada, bob, kind="reaction", thing_kind="post", thing_id=post.pk)

    assert push_notification(key, seq) == 1

    [request] = server.requests
    assert read_push(request, browser, server.url) == {
        "title": "Grover",
        "body": "Bob B. reacted to your post",
        "tag": key.hex,
        "data": {
            "notification_id": str(key),
            "kind": "reaction",
            "thing": {"kind": "post", "id": str(post.pk)},
        },
    }
    names = ("ttl", "topic", "urgency")
    assert [request.headers[name] for name in names] == ["86400", key.hex, "normal"]
    row = PushDelivery.objects.get()
    assert (row.notification_id, row.seq, row.state, row.receipt) == (key, seq, DeliveryState.SENT, "")


def test_phone_is_told_who_did_what(ada: User, bob: User, eve: User, server: PushServer) -> None:
    device = make_phone(ada)
    key, seq = told(ada, bob, eve)

    assert push_notification(key, seq) == 1

    [request] = server.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.json() == [
        {
            "to": device.address,
            "title": "Grover",
            "body": "@eve and @bob followed you",
            "data": {"notification_id": str(key), "kind": "follow", "thing": None},
            "ttl": 86400,
            "priority": "default",
            "sound": "default",
            "collapseId": key.hex,
            "tag": key.hex,
        }
    ]
    assert PushDelivery.objects.get().receipt == "receipt-1"


def test_what_a_notification_holds_is_not_pushed(ada: User, bob: User, server: PushServer) -> None:
    browser = make_browser_keys()
    make_browser(ada, server.endpoint("ada"), browser)
    make_phone(ada)
    key, seq = told(ada, bob, kind="message_request", data={"excerpt": "secret"}, excerpt="secret")
    assert push_notification(key, seq) == 2
    assert read_push(server.requests[0], browser, server.url)["body"] == "@bob wants to write to you"
    assert b"secret" not in server.requests[1].body


def test_keys_in_pem_serve_as_well(ada: User, bob: User, server: PushServer) -> None:
    from py_vapid import Vapid02

    pem = Vapid02.from_string(PRIVATE_KEY).private_pem().decode()
    browser = make_browser_keys()
    target = Target(address=server.endpoint("ada"), keys=browser.keys)
    for text in (pem, pem.replace("\n", "\\n")):
        with override_settings(VAPID_PRIVATE_KEY=text):
            WebPush().send(target, NOTE)
    for request in server.requests:
        assert read_push(request, browser, server.url)["data"] == {"kind": "follow"}
        assert request.headers["topic"] == "c" * 32


# --- Calls --------------------------------------------------------------------------------------


def test_devices_ring_while_a_call_does(ada: User, bob: User, server: PushServer) -> None:
    browser = make_browser_keys()
    make_browser(ada, server.endpoint("ada"), browser)
    device = make_phone(ada)
    call = make_call(bob, ada)

    assert [push_call(call.pk) for _ in range(2)] == [2, 0]

    data = {"call_id": str(call.pk), "kind": "call", "call_kind": "video"}
    web, expo = server.requests
    shown = {"title": "Grover", "body": "@bob is calling", "data": data}
    assert read_push(web, browser, server.url) == {**shown, "tag": ""}
    assert [web.headers[name] for name in ("ttl", "topic", "urgency")] == ["30", None, "high"]
    phone = {"to": device.address, "ttl": 30, "priority": "high", "sound": "default"}
    assert expo.json() == [{**shown, **phone}]


@pytest.mark.parametrize("case", ["answered", "rung_out", "gone", "caller_gone"])
def test_call_that_does_not_ring_is_not_pushed(ada: User, bob: User, server: PushServer, case: str) -> None:
    make_phone(ada)
    fields: dict[str, dict[str, Any]] = {
        "answered": {"state": CallState.ACTIVE},
        "rung_out": {"rings_until": timezone.now()},
    }
    call = make_call(bob, ada, **fields.get(case, {}))
    if case == "caller_gone":
        suspend(bob)
    assert push_call(uuid.uuid4() if case == "gone" else call.pk) == 0
    assert server.requests == []


# --- Who is left alone --------------------------------------------------------------------------


def look_on(user: User, *, is_active: bool = True) -> None:
    Seat.objects.create(
        user_id=user.pk,
        session_id=uuid.uuid4(),
        process_id=uuid.uuid4(),
        is_active=is_active,
        seen_at=timezone.now(),
    )


QUIET: dict[str, Callable[[User, User], object]] = {
    "gone": lambda ada, bob: Notification.objects.all().delete(),
    "read": lambda ada, bob: Notification.objects.update(read_at=timezone.now()),
    "newer": lambda ada, bob: Notification.objects.update(seq=99),
    "turned_off": lambda ada, bob: set_channels(ada, "follow", push=False),
    "muted": lambda ada, bob: Relation.objects.create(source=ada, target=bob, kind="mute"),
    "blocked": lambda ada, bob: Relation.objects.create(source=bob, target=ada, kind="block"),
    "suspended": lambda ada, bob: suspend(bob),
    "looks_on": lambda ada, bob: look_on(ada),
    "signed_out": lambda ada, bob: Session.objects.filter(user=ada).update(ended_at=timezone.now()),
    "no_devices": lambda ada, bob: PushDevice.objects.all().delete(),
}


@pytest.mark.parametrize("case", sorted(QUIET))
def test_nothing_is_sent(ada: User, bob: User, server: PushServer, case: str) -> None:
    make_phone(ada)
    key, seq = told(ada, bob)
    QUIET[case](ada, bob)

    assert push_notification(key, seq) == 0

    assert server.requests == []
    assert PushDelivery.objects.count() == 0
    assert PushDevice.objects.exists() == (case not in ("signed_out", "no_devices"))


def test_open_socket_that_nobody_looks_at_keeps_nothing_back(
    ada: User, bob: User, server: PushServer
) -> None:
    make_phone(ada)
    look_on(ada, is_active=False)
    assert push_notification(*told(ada, bob)) == 1


def test_only_devices_of_live_sessions_are_woken(ada: User, bob: User, server: PushServer) -> None:
    kept, ended = make_phone(ada), make_phone(ada)
    Session.objects.filter(pk=ended.session_id).update(ended_at=timezone.now())
    make_phone(bob)
    assert push_notification(*told(ada, bob)) == 1
    assert server.names() == [kept.address]
    assert set(PushDevice.objects.filter(user=ada)) == {kept}


# --- What services answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (202, None),
        (301, ProviderRefused),
        (400, ProviderRefused),
        (403, ProviderRefused),
        (413, ProviderRefused),
        (404, DeviceGone),
        (410, DeviceGone),
        (408, ProviderUnavailable),
        (429, ProviderUnavailable),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
    ],
)
def test_push_service_answers(server: PushServer, status: int, error: type[Exception] | None) -> None:
    server.answers["x"] = [(status, b"")]
    target = Target(address=server.endpoint("x"), keys=make_browser_keys().keys)
    if error is None:
        assert WebPush().send(target, NOTE) == Sent()
        return
    with pytest.raises(error):
        WebPush().send(target, NOTE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (expo_error("DeviceNotRegistered"), DeviceGone),
        (expo_error("MessageRateExceeded"), ProviderUnavailable),
        (expo_error("MessageTooBig"), ProviderRefused),
        (expo_error("InvalidCredentials"), ProviderRefused),
        ((200, {"data": [{"status": "error", "message": "No."}]}), ProviderRefused),
        ((400, {"errors": [{"code": "VALIDATION_ERROR", "message": "No."}]}), ProviderRefused),
        ((401, {"errors": []}), ProviderRefused),
        ((429, {"errors": [{"code": "TOO_MANY_REQUESTS"}]}), ProviderUnavailable),
        ((502, b"<html>"), ProviderUnavailable),
        ((200, b"<html>"), ProviderUnavailable),
        ((200, []), ProviderUnavailable),
        ((200, {"data": []}), ProviderUnavailable),
        ((200, {"data": [None]}), ProviderUnavailable),
    ],
    ids=lambda value: None if isinstance(value, type) else "answer",
)
def test_expo_answers(server: PushServer, answer: tuple[int, Any], error: type[Exception]) -> None:
    server.answers["t"] = [answer]
    with pytest.raises(error):
        Expo().send(Target(address="t"), NOTE)


def test_ticket_that_is_no_list_is_read(server: PushServer) -> None:
    server.answers["t"] = [(200, {"data": {"status": "ok", "id": "r"}})]
    assert Expo().send(Target(address="t"), NOTE) == Sent(receipt="r")


def test_no_token_is_sent_where_none_is_set(server: PushServer) -> None:
    with override_settings(EXPO_ACCESS_TOKEN=""):
        Expo().send(Target(address="t"), NOTE)
    assert "authorization" not in server.requests[0].headers


def test_silence_is_given_up(server: PushServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("webpush", "expo"):
        monkeypatch.setattr(f"messaging.providers.push.{module}.SECONDS", 0.3)
    server.answers = {"x": [8.0], "t": [8.0]}
    started = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        WebPush().send(Target(address=server.endpoint("x"), keys=make_browser_keys().keys), NOTE)
    with pytest.raises(ProviderUnavailable):
        Expo().send(Target(address="t"), NOTE)
    assert time.monotonic() - started < 6
    assert base.SECONDS == 5


@pytest.mark.parametrize("case", ["private", "no_keys", "bad_point", "no_vapid", "bad_subject"])
def test_what_can_never_be_sent_is_refused(server: PushServer, case: str) -> None:
    keys = make_browser_keys().keys
    target = Target(address=server.endpoint("x"), keys=keys)
    changed: dict[str, Any] = {}
    match case:
        case "private":
            target = Target(address="https://10.0.0.1/x", keys=keys)
        case "no_keys":
            target = Target(address=server.endpoint("x"))
        case "bad_point":
            target = Target(address=server.endpoint("x"), keys={**keys, "p256dh": "BA" + "A" * 85})
        case "no_vapid":
            changed["VAPID_PRIVATE_KEY"] = ""
        case "bad_subject":
            changed["VAPID_SUBJECT"] = "nobody"
    with override_settings(**changed), pytest.raises(ProviderRefused):
        WebPush().send(target, NOTE)
    assert server.requests == []


# --- Once each, whatever fails ------------------------------------------------------------------


def test_failing_device_keeps_no_other_from_being_woken_and_none_is_woken_twice(
    ada: User, bob: User, server: PushServer
) -> None:
    for name in ("first", "busy", "refusing", "gone", "last"):
        make_browser(ada, server.endpoint(name))
    make_phone(ada, "phone")
    dead = make_phone(ada, "dead")
    server.answers = {
        "busy": [(503, b""), (429, b""), (201, b"")],
        "refusing": [(400, b"")],
        "gone": [(410, b"")],
        "dead": [expo_error("DeviceNotRegistered")],
    }
    key, seq = told(ada, bob)

    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            push_notification(key, seq)
    assert [push_notification(key, seq) for _ in range(2)] == [1, 0]

    everyone = ["first", "busy", "refusing", "gone", "last", "phone", "dead"]
    assert server.names() == [*everyone, "busy", "busy"]
    assert states() == {
        "first": DeliveryState.SENT,
        "busy": DeliveryState.SENT,
        "refusing": DeliveryState.FAILED,
        "last": DeliveryState.SENT,
        "phone": DeliveryState.SENT,
    }
    assert not PushDevice.objects.filter(pk=dead.pk).exists()
    assert PushDevice.objects.count() == 5


def test_unforeseen_failure_keeps_no_other_from_being_woken(
    ada: User, bob: User, server: PushServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_browser(ada, server.endpoint("web"))
    make_phone(ada, "phone")
    key, seq = told(ada, bob)

    def fail(*args: Any) -> bytes:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(webpush, "_encrypt", fail)
        with pytest.raises(ZeroDivisionError):
            push_notification(key, seq)
    assert push_notification(key, seq) == 1
    assert server.names() == ["phone", "web"]


def test_each_state_of_a_notification_is_told(ada: User, bob: User, eve: User, server: PushServer) -> None:
    make_phone(ada, "phone")
    key, first = told(ada, bob)
    assert push_notification(key, first) == 1
    same, second = told(ada, eve)
    assert (same, push_notification(key, first), push_notification(key, second)) == (key, 0, 1)
    bodies = [request.json()[0]["body"] for request in server.requests]
    assert bodies == ["@bob followed you", "@eve and @bob followed you"]
    assert len({request.json()[0]["collapseId"] for request in server.requests}) == 1


@pytest.mark.parametrize(
    ("step", "sent_before"), [("before_claim", 0), ("_send", 0), ("sent", 1), ("_finish", 1)]
)
@pytest.mark.parametrize("kind", ["web", "expo"])
def test_killed_run_is_made_good(
    monkeypatch: pytest.MonkeyPatch,
    ada: User,
    bob: User,
    server: PushServer,
    step: str,
    sent_before: int,
    kind: str,
) -> None:
    for name in ("one", "two"):
        if kind == "web":
            make_browser(ada, server.endpoint(name))
        else:
            make_phone(ada, name)
    key, seq = told(ada, bob)
    real: Callable[..., Any] = push._send

    def die(*args: Any) -> None:
        if step == "sent":
            real(*args)
        raise Killed

    name = {"before_claim": "_claim", "sent": "_send"}.get(step, step)
    with monkeypatch.context() as patch:
        patch.setattr(push, name, die)
        with pytest.raises(Killed):
            push_notification(key, seq)
    assert len(server.requests) == sent_before

    if step != "before_claim":
        with pytest.raises(PushUnderWay):
            push_notification(key, seq)
        make_older(59)
        with pytest.raises(PushUnderWay):
            push_notification(key, seq)
        PushDelivery.objects.filter(state=DeliveryState.WAITING).update(
            sent_at=timezone.now() - dt.timedelta(seconds=61)
        )
    assert push_notification(key, seq) == (2 if step == "before_claim" else 1)
    assert push_notification(key, seq) == 0
    assert sorted(server.names()) == sorted(["one", "two", *["one"] * sent_before])
    topics = [
        request.headers["topic"] if kind == "web" else request.json()[0]["collapseId"]
        for request in server.requests
    ]
    assert set(topics) == {key.hex}
    assert states() == {"one": DeliveryState.SENT, "two": DeliveryState.SENT}


def test_device_that_moved_meanwhile_is_not_woken(
    ada: User, bob: User, server: PushServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_phone(ada, "phone")
    key, seq = told(ada, bob)
    real = push.forget_ended

    def move(devices: list[PushDevice]) -> list[PushDevice]:
        found = real(devices)
        PushDevice.objects.update(user_id=bob.pk)
        return found

    monkeypatch.setattr(push, "forget_ended", move)
    assert push_notification(key, seq) == 0
    assert server.requests == []


@pytest.mark.django_db(transaction=True)
def test_device_is_woken_once_when_many_run_it_at_once(server: PushServer) -> None:
    ada, bob = make_user(), make_user()
    for name in ("one", "two", "three"):
        make_phone(ada, name)
    key, seq = told(ada, bob)

    results = run_parallel(6, lambda _: push_notification(key, seq))

    assert sorted(server.names()) == ["one", "three", "two"]
    assert all(isinstance(result, int | PushUnderWay) for result in results)
    assert set(states().values()) == {DeliveryState.SENT}
    assert push_notification(key, seq) == 0


@pytest.mark.django_db(transaction=True)
def test_whole_road_from_the_act_to_the_device(server: PushServer) -> None:
    ada, bob = make_user(), make_user()
    make_phone(ada, "phone")
    make_notification(ada, bob)
    job = OutboxJob.objects.get()
    assert job.name == "messaging.tasks.push_notification"
    server.answers["phone"] = [(503, b""), (200, {"data": [{"status": "ok", "id": "r"}]})]

    assert run_outbox_job(job.pk, timezone.now()) is False
    assert run_outbox_job(job.pk, timezone.now() + dt.timedelta(minutes=1)) is True

    assert not OutboxJob.objects.exists()
    assert server.names() == ["phone", "phone"]
    assert PushDelivery.objects.get().receipt == "r"
