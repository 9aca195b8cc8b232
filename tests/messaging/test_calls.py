"""Calls: who may call whom, how a call goes and ends, and what both see of it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts import ports
from accounts.models import AccountSettings, User
from grover.core.ids import new_id
from grover.core.moments import present
from messaging.actions import calls
from messaging.actions.call_ends import end_due_calls
from messaging.models import Call, CallSeat, Notification, Seat
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute, suspend
from tests.factories.accounts import make_user
from tests.factories.calls import make_call
from tests.factories.messaging import make_conversation, seat
from tests.factories.push import make_phone
from tests.messaging.frames import Frame, published

SECOND = dt.timedelta(seconds=1)


def to(user: User, kind: str = "voice") -> dict[str, Any]:
    return {"user_id": str(user.pk), "kind": kind}


def summary(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": "",
        "avatar_url": None,
        "is_verified": False,
    }


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def in_calls() -> set[uuid.UUID]:
    return set(CallSeat.objects.values_list("user_id", flat=True))


def told(user: User) -> list[tuple[str, list[str], str, dict[str, str]]]:
    """Give what somebody was told of."""
    rows = Notification.objects.filter(user=user).order_by("seq")
    return [(row.kind, row.actor_ids, f"{row.thing_kind}:{row.thing_id}", row.data) for row in rows]


def missed(call: Call) -> list[tuple[str, list[str], str, dict[str, str]]]:
    return [("missed_call", [str(call.caller_id)], f"call:{call.pk}", {"call_kind": call.kind})]


def sit_down(user: User, seen_at: dt.datetime | None = None) -> Seat:
    """Open a socket of somebody's."""
    return Seat.objects.create(user_id=user.pk, session_id=new_id(), seen_at=seen_at or timezone.now())


def state_of(call: Call) -> str:
    return Call.objects.values_list("state", flat=True).get(pk=call.pk)


def of_calls(frames: list[Frame]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(frame.group, frame.type, frame.data) for frame in frames if frame.type.startswith("call.")]


# --- calling -------------------------------------------------------------------------------------


def test_call_is_made_answered_and_ended(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    made = api(ada).post("calls", json=to(bob, "video"))
    card = made.json()
    call = Call.objects.get()

    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/calls/{card['id']}"
    since = dt.datetime.fromisoformat(card["created_at"])
    assert card == {
        "id": str(call.pk),
        "kind": "video",
        "state": "ringing",
        "caller": summary(ada),
        "callee": summary(bob),
        "rings_until": card["rings_until"],
        "created_at": card["created_at"],
        "answered_at": None,
        "ended_at": None,
        "access": card["access"],
    }
    assert dt.datetime.fromisoformat(card["rings_until"]) - since == 30 * SECOND
    access = card["access"]
    assert access.keys() == {"app_id", "channel", "uid", "token", "expires_at"}
    assert (access["app_id"], access["channel"], access["uid"]) == (
        "local",
        f"call-{call.pk}",
        ada.pk.int & 0xFFFFFFFF,
    )
    assert access["token"].startswith(f"unsigned:call-{call.pk}:{access['uid']}:")
    lasts = dt.datetime.fromisoformat(access["expires_at"]) - timezone.now()
    assert 3590 * SECOND < lasts <= 3600 * SECOND
    assert in_calls() == {ada.pk, bob.pk}

    ringing = api(bob).get(f"calls/{call.pk}").json()
    assert ringing == card | {"access": None}
    answered = api(bob).post(f"calls/{call.pk}/answer")
    of_bob = answered.json()
    assert answered.status_code == 200
    assert of_bob == card | {
        "state": "active",
        "answered_at": of_bob["answered_at"],
        "access": of_bob["access"],
    }
    assert of_bob["answered_at"] > card["created_at"]
    assert (of_bob["access"]["channel"], of_bob["access"]["uid"]) == (
        access["channel"],
        bob.pk.int & 0xFFFFFFFF,
    )
    assert api(ada).get(f"calls/{call.pk}").json()["access"]["uid"] == access["uid"]

    ended = api(ada).post(f"calls/{call.pk}/end").json()
    assert ended == of_bob | {"state": "ended", "ended_at": ended["ended_at"], "access": None}
    assert (in_calls(), told(bob), told(ada)) == (set(), [], [])


def test_people_call_whom_they_talk_to(api: Any, ada: User, bob: User) -> None:
    talk = make_conversation("direct", ada, bob)
    seat(talk, bob, folder="requests")
    assert refusal(api(ada).post("calls", json=to(bob))) == (403, "calls_not_allowed")
    seat(talk, bob, folder="archived")
    assert api(ada).post("calls", json=to(bob)).status_code == 201


@pytest.mark.parametrize(("audience", "status"), [("everyone", 201), ("followers", 403), ("nobody", 403)])
def test_who_takes_no_messages_takes_no_calls(
    api: Any, ada: User, bob: User, audience: str, status: int
) -> None:
    follow(bob, ada)
    make_conversation("direct", ada, bob)
    AccountSettings.objects.create(user=bob, who_may_message=audience)

    assert api(ada).post("calls", json=to(bob)).status_code == status
    assert Call.objects.count() == (status == 201)


def test_strangers_and_those_one_only_follows_are_not_called(api: Any, ada: User, bob: User) -> None:
    follow(ada, bob)
    make_conversation("group", ada, bob)

    assert refusal(api(ada).post("calls", json=to(bob))) == (403, "calls_not_allowed")
    assert not Call.objects.exists()


def test_whom_one_cannot_see_is_not_called(api: Any, ada: User, bob: User, eve: User) -> None:
    gone = make_user()
    for user in (bob, eve, gone):
        follow(user, ada)
    block(ada, bob)
    block(eve, ada)
    suspend(gone)

    for user_id in (bob.pk, eve.pk, gone.pk, new_id(), uuid.uuid4()):
        body = {"user_id": str(user_id), "kind": "voice"}
        assert refusal(api(ada).post("calls", json=body)) == (404, "not_found")
    assert not Call.objects.exists()


def test_nobody_calls_oneself(api: Any, ada: User) -> None:
    assert refusal(api(ada).post("calls", json=to(ada))) == (422, "own_account")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/user_id", "required"), ("/kind", "required")]),
        ({"user_id": "bob", "kind": "fax"}, [("/user_id", "invalid"), ("/kind", "invalid_choice")]),
        ({"user_id": str(uuid.uuid4()), "kind": "voice", "at": 1}, [("/at", "unknown")]),
    ],
)
def test_wrong_calls_are_refused(api: Any, ada: User, body: dict[str, Any], errors: list[Any]) -> None:
    answer = api(ada).post("calls", json=body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == errors


@pytest.mark.parametrize("state", ["ringing", "active"])
def test_who_is_in_a_call_is_busy(api: Any, ada: User, bob: User, eve: User, state: str) -> None:
    for user in (bob, eve):
        follow(user, ada)
        follow(ada, user)
    call = make_call(bob, eve, state)

    assert refusal(api(ada).post("calls", json=to(bob))) == (409, "busy")
    assert refusal(api(ada).post("calls", json=to(eve))) == (409, "busy")
    assert refusal(api(eve).post("calls", json=to(ada))) == (409, "busy")
    api(bob).post(f"calls/{call.pk}/end")
    assert api(ada).post("calls", json=to(eve)).status_code == 201
    assert in_calls() == {ada.pk, eve.pk}


def test_call_rings_on_the_devices_there_are(
    api: Any, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(calls, "enqueue_durable", lambda name, **kwargs: asked.append((name, kwargs)))
    make_conversation("direct", ada, bob)
    make_phone(ada)
    first = api(ada).post("calls", json=to(bob)).json()
    api(ada).post(f"calls/{first['id']}/end")
    assert asked == []
    card = api(bob).post("calls", json=to(ada)).json()

    assert asked == [("messaging.tasks.push_call", {"call_id": uuid.UUID(card["id"])})]


# --- answering, declining, ending ----------------------------------------------------------------


def test_declined_call_is_over(api: Any, ada: User, bob: User) -> None:
    call = make_call(ada, bob)
    declined = api(bob).post(f"calls/{call.pk}/decline")

    assert (declined.status_code, declined.json()["state"], declined.json()["access"]) == (
        200,
        "declined",
        None,
    )
    assert declined.json()["ended_at"] is not None
    assert (in_calls(), told(bob)) == (set(), [])


def test_only_who_is_called_answers_and_declines(api: Any, ada: User, bob: User, eve: User) -> None:
    call = make_call(ada, bob)

    for act in ("answer", "decline"):
        assert refusal(api(ada).post(f"calls/{call.pk}/{act}")) == (403, "not_the_callee")
        assert refusal(api(eve).post(f"calls/{call.pk}/{act}")) == (404, "not_found")
    assert refusal(api(eve).post(f"calls/{call.pk}/end")) == (404, "not_found")
    assert refusal(api(ada).post("calls/nonsense/end")) == (404, "not_found")
    assert (state_of(call), in_calls()) == ("ringing", {ada.pk, bob.pk})


@pytest.mark.parametrize(
    ("act", "by", "state"),
    [
        ("answer", "bob", "active"),
        ("decline", "bob", "declined"),
        ("end", "ada", "ended"),
        ("end", "bob", "ended"),
    ],
)
def test_doing_it_again_changes_nothing(
    api: Any, ada: User, bob: User, act: str, by: str, state: str
) -> None:
    client, call = api({"ada": ada, "bob": bob}[by]), make_call(ada, bob)
    first = client.post(f"calls/{call.pk}/{act}")
    with published() as frames:
        again = client.post(f"calls/{call.pk}/{act}")

    assert (first.status_code, again.status_code, first.json()["state"]) == (200, 200, state)
    assert again.json() | {"access": None} == first.json() | {"access": None}
    assert of_calls(frames) == []


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("active", "decline"),
        *((state, act) for state in ("ended", "missed") for act in ("answer", "decline", "end")),
        *(("declined", act) for act in ("answer", "end")),
    ],
)
def test_what_is_over_does_not_go_on(api: Any, ada: User, bob: User, state: str, act: str) -> None:
    call = make_call(ada, bob, state, ended_by_id=ada.pk if state == "ended" else None)

    assert refusal(api(bob).post(f"calls/{call.pk}/{act}")) == (409, "call_over")
    assert state_of(call) == state


def test_call_that_rang_out_is_not_answered(api: Any, ada: User, bob: User) -> None:
    call = make_call(ada, bob, rings_until=timezone.now())

    assert refusal(api(bob).post(f"calls/{call.pk}/answer")) == (409, "call_over")


def test_who_gives_up_leaves_a_missed_call(api: Any, ada: User, bob: User) -> None:
    call = make_call(ada, bob, kind="video")
    ended = api(ada).post(f"calls/{call.pk}/end").json()

    assert (ended["state"], ended["answered_at"]) == ("ended", None)
    assert (told(bob), told(ada)) == (missed(call), [])
    [card] = api(bob).get("notifications").json()["results"]
    assert (card["kind"], card["thing"]) == ("missed_call", {"kind": "call", "id": str(call.pk)})
    assert card["actors"] == [summary(ada)]


def test_who_is_called_and_ends_it_missed_nothing(api: Any, ada: User, bob: User) -> None:
    call = make_call(ada, bob)

    assert api(bob).post(f"calls/{call.pk}/end").json()["state"] == "ended"
    assert (told(bob), in_calls()) == ([], set())


# --- reading -------------------------------------------------------------------------------------


def test_history_has_the_calls_of_both_sides(api: Any, ada: User, bob: User, eve: User) -> None:
    made = [
        make_call(ada, bob, "ended"),
        make_call(bob, ada, "missed"),
        make_call(eve, ada, "declined"),
        make_call(ada, bob, "active"),
    ]
    make_call(bob, eve, "ended")
    client = api(ada)
    whole = client.get("calls").json()

    assert [card["id"] for card in whole["results"]] == [str(call.pk) for call in reversed(made)]
    assert [card["access"] is None for card in whole["results"]] == [False, True, True, True]
    assert whole["next"] is None
    first = client.get("calls?limit=3").json()
    rest = client.get(first["next"].partition("/api/v1/")[2]).json()
    assert [card["id"] for card in first["results"] + rest["results"]] == [
        card["id"] for card in whole["results"]
    ]
    assert (len(rest["results"]), rest["next"]) == (1, None)


def test_call_is_read_by_its_people_alone(api: Any, ada: User, bob: User, eve: User) -> None:
    call = make_call(ada, bob, "ended")

    for user in (ada, bob):
        assert api(user).get(f"calls/{call.pk}").json()["id"] == str(call.pk)
    for path in (call.pk, new_id(), "nonsense"):
        assert refusal(api(eve).get(f"calls/{path}")) == (404, "not_found")


def test_who_is_gone_is_not_named(api: Any, ada: User, bob: User) -> None:
    call = make_call(ada, bob, "ended")
    suspend(bob)

    card = api(ada).get(f"calls/{call.pk}").json()
    assert (card["caller"], card["callee"]) == (summary(ada), None)


@pytest.mark.parametrize("side", ["ada", "bob"])
def test_block_ends_a_call_and_hides_it(api: Any, ada: User, bob: User, side: str) -> None:
    before, call = make_call(bob, ada, "missed"), make_call(ada, bob)
    blocker, other = (ada, bob) if side == "ada" else (bob, ada)
    with published() as frames:
        api(blocker).put(f"users/{other.pk}/block")

    call.refresh_from_db()
    assert (call.state, call.ended_by_id, in_calls()) == ("ended", blocker.pk, set())
    assert {(group, kind) for group, kind, _ in of_calls(frames)} == {
        (f"user.{user.pk}", "call.ended") for user in (ada, bob)
    }
    assert (told(ada), told(bob)) == ([], [])
    for user in (ada, bob):
        assert api(user).get("calls").json()["results"] == []
        for key in (before.pk, call.pk):
            assert api(user).get(f"calls/{key}").status_code == 404
            assert api(user).post(f"calls/{key}/end").status_code == 404


def test_block_leaves_calls_with_others_alone(api: Any, ada: User, bob: User, eve: User) -> None:
    call = make_call(ada, bob, "active")
    api(ada).put(f"users/{eve.pk}/block")

    assert (state_of(call), in_calls()) == ("active", {ada.pk, bob.pk})


def test_list_costs_the_same_however_long(api: Any, ada: User, bob: User) -> None:
    client, costs = api(ada), []
    for number in range(3):
        make_call(ada, bob if number % 2 else make_user(), "ended")
        costs.append(cost_of(client, "calls"))

    assert (costs[0], costs[2]) == (3, 3)
    call = make_call(ada, bob)
    assert cost_of(client, f"calls/{call.pk}") == 3


# --- what nobody ends ----------------------------------------------------------------------------


def test_call_that_nobody_answers_is_missed(api: Any, ada: User, bob: User, eve: User) -> None:
    call = make_call(ada, bob)
    active = make_call(eve, make_user(), "active", rings_until=call.rings_until)

    assert end_due_calls(call.rings_until - SECOND) == 0
    with published() as frames:
        assert end_due_calls(call.rings_until) == 1
        assert end_due_calls(call.rings_until) == 0
    call.refresh_from_db()
    assert (call.state, call.ended_at, call.ended_by_id) == ("missed", call.rings_until, None)
    data = {
        "call_id": str(call.pk),
        "state": "missed",
        "ended_at": call.rings_until.isoformat().replace("+00:00", "Z"),
    }
    assert of_calls(frames) == [(f"user.{user.pk}", "call.ended", data) for user in (ada, bob)]
    assert (told(bob), told(ada)) == (missed(call), [])
    assert {ada.pk, bob.pk} & in_calls() == set()
    assert state_of(active) == "active"


def test_muted_caller_leaves_no_missed_call(ada: User, bob: User) -> None:
    mute(bob, ada)
    call = make_call(ada, bob)
    end_due_calls(call.rings_until)

    assert (state_of(call), told(bob)) == ("missed", [])


@pytest.mark.parametrize("vanished", ["ada", "bob"])
def test_call_ends_when_a_side_vanishes(ada: User, bob: User, vanished: str) -> None:
    now, call = present(), make_call(ada, bob, "active")
    CallSeat.objects.update(seen_at=now)
    stays = bob if vanished == "ada" else ada
    sit_down(stays, now + 60 * SECOND)

    assert end_due_calls(now + 29 * SECOND) == 0
    assert CallSeat.objects.get(pk=stays.pk).seen_at == now + 29 * SECOND
    with published() as frames:
        assert end_due_calls(now + 30 * SECOND) == 1
    call.refresh_from_db()
    assert (call.state, call.ended_at, call.ended_by_id) == ("ended", now + 30 * SECOND, None)
    assert {(group, kind) for group, kind, _ in of_calls(frames)} == {
        (f"user.{user.pk}", "call.ended") for user in (ada, bob)
    }
    assert (in_calls(), told(ada), told(bob)) == (set(), [], [])


def test_call_goes_on_while_both_are_there(ada: User, bob: User) -> None:
    now, call = present(), make_call(ada, bob, "active")
    for user in (ada, bob):
        sit_down(user, now + 600 * SECOND)

    for minute in range(1, 10):
        assert end_due_calls(now + minute * 60 * SECOND) == 0
    assert state_of(call) == "active"


def test_answering_begins_the_time_to_come_back(api: Any, ada: User, bob: User) -> None:
    call = make_call(ada, bob)
    CallSeat.objects.update(seen_at=timezone.now() - 29 * SECOND)
    api(bob).post(f"calls/{call.pk}/answer")

    assert end_due_calls(timezone.now() + 20 * SECOND) == 0
    assert state_of(call) == "active"


def test_who_is_erased_is_in_no_call(api: Any, ada: User, bob: User, eve: User) -> None:
    made, got, live = make_call(ada, bob, "ended"), make_call(eve, ada, "missed"), make_call(ada, bob)
    Call.objects.filter(pk=made.pk).update(ended_by_id=ada.pk)

    for _ in range(2):
        ports.erase_person.call(ada.pk)
        rows = Call.objects.order_by("pk").values_list("pk", "caller_id", "callee_id", "ended_by_id", "state")
        assert list(rows) == [
            (made.pk, None, bob.pk, None, "ended"),
            (got.pk, eve.pk, None, None, "missed"),
            (live.pk, None, bob.pk, None, "ended"),
        ]
        assert in_calls() == set()
    [_, card] = api(bob).get("calls").json()["results"]
    assert (card["id"], card["caller"], card["callee"]) == (str(made.pk), None, summary(bob))
    ports.erase_person.call(bob.pk)
    assert list(Call.objects.values_list("pk", flat=True)) == [got.pk]


# --- what is told --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_both_are_told_how_a_call_goes(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    with published() as frames:
        card = api(ada).post("calls", json=to(bob)).json()
        answered = api(bob).post(f"calls/{card['id']}/answer").json()
        ended = api(bob).post(f"calls/{card['id']}/end").json()
        declined = api(ada).post("calls", json=to(bob)).json()
        declined = api(bob).post(f"calls/{declined['id']}/decline").json()
    ringing = declined | {"state": "ringing", "ended_at": None}
    expected = [
        ("call.ringing", {"call_id": card["id"], "call": card | {"access": None}}),
        ("call.answered", {"call_id": card["id"], "answered_at": answered["answered_at"]}),
        ("call.ended", {"call_id": card["id"], "state": "ended", "ended_at": ended["ended_at"]}),
        ("call.ringing", {"call_id": declined["id"], "call": ringing}),
        ("call.declined", {"call_id": declined["id"], "ended_at": declined["ended_at"]}),
    ]

    assert of_calls(frames) == [
        (f"user.{user.pk}", kind, data) for kind, data in expected for user in (ada, bob)
    ]
    assert all(frame.hidden_from == set() for frame in frames)
