"""Devices: whose they are, which are taken, and how they go."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import Session, User
from messaging.actions.devices import sweep_deliveries, sweep_devices
from messaging.models import PushDelivery, PushDevice
from messaging.providers.push.vapid import make_keys, public_key
from tests.conftest import ApiClient, sign_in
from tests.content.costs import cost_of
from tests.factories.accounts import make_user
from tests.factories.push import make_browser_keys, make_phone
from tests.messaging.push_server import PRIVATE_KEY, PUBLIC_KEY
from tests.races import run_parallel

Api = Callable[..., ApiClient]

TOKEN = "ExponentPushToken[abcDEF-123_x]"
KEYS = make_browser_keys().keys
WEB = {"kind": "web", "endpoint": "https://push.example/abc", "keys": KEYS}
EXPO = {"kind": "expo", "token": TOKEN}


@pytest.fixture(autouse=True)
def vapid() -> Any:
    with override_settings(VAPID_PRIVATE_KEY=PRIVATE_KEY):
        yield


def refusals(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def end(user: User) -> None:
    Session.objects.filter(user=user).update(ended_at=timezone.now())


# --- Registering --------------------------------------------------------------------------------


def test_browser_and_phone_are_registered(ada: User, api: Api) -> None:
    client = api(ada)

    browser = client.post("push-devices", json={**WEB, "name": "Firefox"})
    phone = client.post("push-devices", json={**EXPO, "name": "  My phone "})

    assert [browser.status_code, phone.status_code] == [201, 201]
    rows = {row.kind: row for row in PushDevice.objects.all()}
    assert phone.json() == {
        "id": str(rows["expo"].pk),
        "kind": "expo",
        "name": "My phone",
        "is_current": True,
        "created_at": phone.json()["created_at"],
    }
    web, expo = rows["web"], rows["expo"]
    assert (web.user_id, web.session_id, web.address, web.keys, web.name) == (
        ada.pk,
        client.viewer.session_id,
        WEB["endpoint"],
        KEYS,
        "Firefox",
    )
    assert (expo.address, expo.keys) == (TOKEN, {})


def test_padded_keys_are_the_same(ada: User, api: Api) -> None:
    keys = {name: text + "=" * (-len(text) % 4) for name, text in KEYS.items()}
    assert api(ada).post("push-devices", json={**WEB, "keys": keys}).status_code == 201
    assert PushDevice.objects.get().keys == KEYS


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "fax"}, "/kind", "invalid_choice"),
        ({"endpoint": "http://push.example/abc"}, "/endpoint", "invalid"),
        ({"endpoint": "https://me:secret@push.example/abc"}, "/endpoint", "invalid"),
        ({"endpoint": "ftp://push.example/abc"}, "/endpoint", "invalid"),
        ({"endpoint": "https://"}, "/endpoint", "invalid"),
        ({"endpoint": "https://[::1"}, "/endpoint", "invalid"),
        ({"endpoint": "https://push.example/" + "a" * 980}, "/endpoint", "max_length"),
        ({"endpoint": None}, "/endpoint", "null"),
        ({"keys": {"p256dh": KEYS["p256dh"]}}, "/keys/auth", "required"),
        ({"keys": {**KEYS, "auth": "c2hvcnQ"}}, "/keys/auth", "invalid"),
        ({"keys": {**KEYS, "auth": "not base64url!!!!!!!!!"}}, "/keys/auth", "invalid"),
        ({"keys": {**KEYS, "auth": "A" * 21}}, "/keys/auth", "invalid"),
        ({"keys": {**KEYS, "p256dh": "BA" + "A" * 85}}, "/keys/p256dh", "invalid"),
        ({"keys": {**KEYS, "more": "x"}}, "/keys/more", "unknown"),
        ({"token": TOKEN}, "/token", "other_kind"),
        ({"name": "n" * 101}, "/name", "max_length"),
        ({"address": "https://push.example/abc"}, "/address", "unknown"),
    ],
)
def test_what_is_no_browser_is_refused(
    ada: User, api: Api, change: dict[str, Any], pointer: str, code: str
) -> None:
    assert refusals(api(ada).post("push-devices", json={**WEB, **change})) == [(pointer, code)]
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    "token",
    ["abc", "ExponentPushToken[]", "ExponentPushToken[a b]", f"{TOKEN}x", "PushToken[a]", f"{TOKEN}\n"],
)
def test_what_is_no_token_is_refused(ada: User, api: Api, token: str) -> None:
    assert refusals(api(ada).post("push-devices", json={"kind": "expo", "token": token})) == [
        ("/token", "invalid")
    ]


def test_what_a_kind_needs_is_demanded(ada: User, api: Api) -> None:
    client = api(ada)
    assert refusals(client.post("push-devices", json={"kind": "web"})) == [
        ("/endpoint", "required"),
        ("/keys", "required"),
    ]
    assert refusals(client.post("push-devices", json={**WEB, "kind": "expo"})) == [
        ("/token", "required"),
        ("/endpoint", "other_kind"),
        ("/keys", "other_kind"),
    ]


def test_browser_is_not_registered_without_a_key(ada: User, api: Api) -> None:
    client = api(ada)
    with override_settings(VAPID_PRIVATE_KEY=""):
        answer = client.post("push-devices", json=WEB)
        assert (answer.status_code, answer.json()["code"]) == (409, "push_not_set_up")
        assert client.post("push-devices", json=EXPO).status_code == 201
        assert client.get("push-devices/vapid").json() == {"public_key": None}
    assert client.get("push-devices/vapid").json() == {"public_key": PUBLIC_KEY}


def test_device_moves_to_whoever_registers_it_again(ada: User, bob: User, api: Api) -> None:
    his, hers = api(bob), api(ada)
    first = his.post("push-devices", json={**WEB, "name": "Bob's"})
    again = his.post("push-devices", json={**WEB, "name": "Bob's"})
    keys = make_browser_keys().keys

    moved = hers.post("push-devices", json={**WEB, "keys": keys, "name": "Ada's"})

    assert [first.status_code, again.status_code, moved.status_code] == [201, 200, 200]
    assert again.json() == first.json()
    row = PushDevice.objects.get()
    assert (row.user_id, row.session_id, row.keys, row.name) == (
        ada.pk,
        hers.viewer.session_id,
        keys,
        "Ada's",
    )
    assert his.get("push-devices").json()["results"] == []


def test_person_has_twenty_devices_at_most(ada: User, bob: User, api: Api) -> None:
    client = api(ada)
    for _ in range(20):
        last = make_phone(ada, session_id=client.viewer.session_id)
    of_bob = make_phone(bob)
    for token in (TOKEN, of_bob.address):
        answer = client.post("push-devices", json={"kind": "expo", "token": token})
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_devices")
    assert client.post("push-devices", json={"kind": "expo", "token": last.address}).status_code == 200
    client.delete(f"push-devices/{last.pk}")
    assert client.post("push-devices", json=EXPO).status_code == 201


def test_devices_of_ended_sessions_do_not_count(ada: User, api: Api) -> None:
    for _ in range(20):
        make_phone(ada)
    end(ada)
    assert api(ada).post("push-devices", json=EXPO).status_code == 201
    assert PushDevice.objects.get().address == TOKEN


# --- Listing and removing -----------------------------------------------------------------------


def test_own_devices_are_listed_without_their_address(ada: User, bob: User, api: Api) -> None:
    other = make_phone(ada, name="Other")
    ended = make_phone(ada)
    Session.objects.filter(pk=ended.session_id).update(ended_at=timezone.now())
    make_phone(bob)
    client = api(ada)
    client.post("push-devices", json=WEB)

    cards = client.get("push-devices").json()["results"]

    assert [(card["kind"], card["name"], card["is_current"]) for card in cards] == [
        ("web", "", True),
        ("expo", "Other", False),
    ]
    assert cards[1]["id"] == str(other.pk)
    assert {name for card in cards for name in card} == {"id", "kind", "name", "is_current", "created_at"}


def test_list_costs_the_same_for_one_and_three(ada: User, api: Api) -> None:
    client = api(ada)
    make_phone(ada)
    one = cost_of(client, "push-devices")
    for _ in range(2):
        make_phone(ada)
    assert cost_of(client, "push-devices") == one == 2


def test_only_its_owner_removes_a_device(ada: User, bob: User, api: Api) -> None:
    device = make_phone(ada)
    for client, status in ((api(bob), 404), (api(ada), 204), (api(ada), 404)):
        assert client.delete(f"push-devices/{device.pk}").status_code == status
    assert api(ada).delete("push-devices/nonsense").status_code == 404
    assert not PushDevice.objects.exists()


def test_sweep_removes_what_is_over(ada: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.actions.devices.BATCH", 2)
    now = timezone.now()
    kept = [make_phone(bob) for _ in range(3)]
    for _ in range(3):
        make_phone(ada)
    expired = make_phone(bob)
    Session.objects.filter(pk=expired.session_id).update(expires_at=now)
    make_phone(bob, session_id=None)
    end(ada)
    for age in (31, 31, 31, 29):
        moment = now - dt.timedelta(days=age)
        PushDelivery.objects.create(
            device=kept[0], notification_id=sign_in(bob)[0].session_id, seq=1, sent_at=moment
        )

    assert (sweep_devices(), sweep_deliveries(now)) == (5, 3)

    assert set(PushDevice.objects.values_list("pk", flat=True)) == {row.pk for row in kept}
    assert PushDelivery.objects.count() == 1
    assert (sweep_devices(), sweep_deliveries(now)) == (0, 0)


# --- Races --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_device_that_many_register_at_once_is_had_by_one(api: Api) -> None:
    clients = [api(make_user()) for _ in range(6)]

    answers = run_parallel(6, lambda number: clients[number].post("push-devices", json=EXPO).status_code)

    assert sorted(answers) == [200] * 5 + [201]
    row = PushDevice.objects.get()
    assert (row.user_id, row.session_id) in {(one.viewer.id, one.viewer.session_id) for one in clients}


@pytest.mark.django_db(transaction=True)
def test_twenty_are_kept_to_when_many_are_registered_at_once(api: Api) -> None:
    user = make_user()
    client = api(user)
    for _ in range(18):
        make_phone(user, session_id=client.viewer.session_id)

    def register(number: int) -> int:
        body = {"kind": "expo", "token": f"ExponentPushToken[at-once-{number}]"}
        status: int = ApiClient(client.viewer, client.token).post("push-devices", json=body).status_code
        return status

    assert sorted(run_parallel(6, register)) == [201] * 2 + [409] * 4
    assert PushDevice.objects.count() == 20


# --- Keys ---------------------------------------------------------------------------------------


def test_command_makes_keys_that_serve() -> None:
    said = io.StringIO()
    with override_settings(VAPID_SUBJECT="mailto:ada@grover.test"):
        call_command("make_vapid_keys", stdout=said)
    private, subject, comment = said.getvalue().splitlines()
    assert subject == "VAPID_SUBJECT=mailto:ada@grover.test"
    name, _, key = private.partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    with override_settings(VAPID_PRIVATE_KEY=key):
        assert comment == f"# the public key, which GET /api/v1/push-devices/vapid gives: {public_key()}"


def test_keys_are_never_the_same() -> None:
    assert len({make_keys() for _ in range(5)}) == 5
