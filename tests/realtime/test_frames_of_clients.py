"""What clients may send, and what becomes of the rest."""

import json
from typing import Any

import pytest

from accounts.models import User
from messaging.models import Conversation, Message
from tests.realtime.clients import Client
from tests.realtime.servers import Realtime

pytestmark = pytest.mark.django_db(transaction=True)


def error_to(client: Client, text: str | bytes) -> tuple[str | None, str]:
    client.say(text)
    frame = client.wait(lambda frame: frame["type"] == "error")
    return frame["id"], frame["error"]["code"]


def test_malformed_frames_get_an_error_and_the_socket_stays(realtime: Realtime, ada: User) -> None:
    with realtime.client(ada) as client:
        answers = [
            error_to(client, text)
            for text in (
                "not json",
                "[1]",
                '{"type": "ping"}',
                '{"id": 7, "type": "ping"}',
                '{"id": "", "type": "ping"}',
            )
        ]
        assert answers == [(None, "malformed_frame")] * 5
        answers = [
            error_to(client, text)
            for text in (
                '{"id": "c1"}',
                '{"id": "c1", "type": "dance"}',
                '{"id": "c1", "type": "ping", "data": []}',
                '{"id": "c1", "type": "ping", "more": 1}',
            )
        ]
        assert answers == [("c1", "malformed_frame")] * 4
        assert client.ask("ping")["type"] == "ack"
        assert error_to(client, b'{"id": "c1", "type": "ping"}') == (None, "malformed_frame")
        assert error_to(client, "[" * 1_000) == (None, "malformed_frame")


def test_ten_malformed_frames_in_a_row_close_the_socket(realtime: Realtime, ada: User) -> None:
    with realtime.client(ada) as client:
        for _ in range(9):
            error_to(client, "x")
        client.ask("ping")
        for _ in range(9):
            error_to(client, "x")
        assert error_to(client, "x") == (None, "malformed_frame")
        assert client.close_code() == 1008


def test_unforeseen_failure_is_told_as_internal_and_the_socket_stays(
    realtime: Realtime, ada: User, talk: Conversation
) -> None:
    row = Message.objects.create(conversation=talk, seq=1, sender_id=ada.pk, client_id="in the way")
    data = {"conversation_id": str(talk.pk), "client_id": "a", "text": "Hi"}

    with realtime.client(ada) as client:
        refused = client.ask("message.send", data)
        assert refused["error"]["code"] in ("internal", "conflict")
        row.delete()
        assert client.ask("message.send", data)["data"]["seq"] == 1


def test_error_is_the_problem_that_rest_gives(realtime: Realtime, ada: User, talk: Conversation) -> None:
    with realtime.client(ada) as client:
        answer = client.ask("message.send", {"conversation_id": str(talk.pk), "more": 1})
        problem = answer["error"]
        request_id = problem.pop("request_id")

    assert answer["type"] == "error"
    assert len(request_id) == 36
    assert problem == {
        "type": "/docs/errors#invalid",
        "title": "Some values are not acceptable",
        "status": 422,
        "detail": "Some values are not acceptable",
        "code": "invalid",
        "errors": [{"pointer": "/more", "code": "unknown", "detail": "There is no such field"}],
    }


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("message.send", {"conversation_id": "$", "client_id": "a", "text": "Hi"}),
        ("message.edit", {"message_id": "$", "text": "Hi"}),
        ("message.unsend", {"message_id": "$"}),
        ("message.react", {"message_id": "$", "kind": "like"}),
        ("conversation.read", {"conversation_id": "$", "seq": 0}),
        ("typing.start", {"conversation_id": "$"}),
        ("typing.stop", {"conversation_id": "$"}),
    ],
)
def test_what_one_may_not_see_is_not_found(
    realtime: Realtime, eve: User, talk: Conversation, name: str, data: dict[str, Any]
) -> None:
    data = {key: str(talk.pk) if value == "$" else value for key, value in data.items()}

    with realtime.client(eve) as client:
        assert client.ask(name, data)["error"]["code"] == "not_found"


def test_oversize_frame_closes_the_socket(realtime: Realtime, ada: User) -> None:
    with realtime.client(ada) as client:
        client.say(json.dumps({"id": "c1", "type": "ping", "data": {"x": "y" * 60_000}}))
        assert client.wait(lambda frame: frame.get("id") == "c1")["error"]["code"] == "invalid"
        client.say(json.dumps({"id": "c1", "type": "ping", "data": {"x": "y" * 66_000}}))
        assert client.close_code() == 1009


def test_twenty_commands_a_second_are_fine_and_more_are_not(realtime: Realtime, ada: User) -> None:
    with realtime.client(ada) as client:
        ids = [client.send("ping") for _ in range(20)]
        assert [client.wait(lambda frame: "id" in frame)["id"] for _ in ids] == ids

    with realtime.client(ada) as client, realtime.client(ada) as other:
        for _ in range(21):
            client.send("ping")
        assert client.close_code() == 1008
        assert other.ask("ping")["type"] == "ack"


def test_commands_of_one_socket_are_done_in_order(realtime: Realtime, ada: User, talk: Conversation) -> None:
    with realtime.client(ada) as client:
        for number in range(15):
            client.send(
                "message.send",
                {"conversation_id": str(talk.pk), "client_id": f"m{number}", "text": str(number)},
            )
        acks = [client.wait(lambda frame: frame["type"] == "ack") for _ in range(15)]

    assert [ack["data"]["seq"] for ack in acks] == list(range(1, 16))
    assert [ack["data"]["text"] for ack in acks] == [str(number) for number in range(15)]


def test_every_command_does_what_rest_does(
    realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    with realtime.client(ada) as one, realtime.client(bob) as two:
        sent = one.ask("message.send", {"conversation_id": str(talk.pk), "client_id": "a", "text": "Hi"})
        again = one.ask("message.send", {"conversation_id": str(talk.pk), "client_id": "a", "text": "Hi"})
        message_id = sent["data"]["id"]
        created = two.event("message.created")
        edited = one.ask("message.edit", {"message_id": message_id, "text": "Hello"})
        assert two.event("message.edited")["data"]["message"]["text"] == "Hello"
        two.ask("message.react", {"message_id": message_id, "kind": "love"})
        assert one.event("message.reacted")["data"]["reactions"][0]["kind"] == "love"
        two.ask("message.react", {"message_id": message_id, "kind": None})
        assert one.event("message.reacted")["data"]["reactions"] == []
        read = two.ask("conversation.read", {"conversation_id": str(talk.pk), "seq": 1})
        assert one.event("conversation.read", user_id=str(bob.pk))["data"]["read_seq"] == 1
        unsent = one.ask("message.unsend", {"message_id": message_id})
        assert two.event("message.unsent")["data"]["seq"] == 1

    assert again["data"] == sent["data"]
    assert created["data"]["message"] == sent["data"]
    assert edited["data"]["text"] == "Hello"
    assert read["data"]["unread"] == 0
    assert unsent["data"]["is_unsent"]
    assert Message.objects.count() == 1
