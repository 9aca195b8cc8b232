"""The catalogue of the socket: whole, in agreement with itself, and able to refuse a frame."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from grover.core import broadcast
from grover.core.commands import all_commands
from grover.core.events import all_events, emit, wire_events
from grover.realtime.asyncapi import document
from messaging.events.messages import ConversationRead
from tests.factories.content import unknown_id
from tests.frames import seen

PROMISED_EVENTS = """
hello message.created message.edited message.unsent message.reacted conversation.created
conversation.changed conversation.member_joined conversation.member_left conversation.read typing presence
notification.created notification.unread call.ringing call.answered call.declined call.ended
session.expiring session.ended payment.changed subscription.changed order.changed payout.changed gift.sent
media.progress media.ready media.failed
"""
PROMISED_COMMANDS = """
message.send message.edit message.unsend message.react conversation.read typing.start typing.stop
presence.set session.renew ping
"""


def test_catalogue_has_all_that_is_promised() -> None:
    assert {event.type for event in wire_events()} == set(PROMISED_EVENTS.split())
    assert set(all_commands()) == set(PROMISED_COMMANDS.split())


def test_document_is_served(api: Any) -> None:
    answer = api().get("/api/asyncapi")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == json.loads(json.dumps(document()))
    assert answer.json()["asyncapi"] == "3.0.0"


def test_every_reference_leads_somewhere() -> None:
    found = list(_references(document()))
    assert len(found) > 50
    for reference in found:
        place: Any = document()
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_schema_is_one() -> None:
    components = document()["components"]
    for schema in components["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for message in components["messages"].values():
        jsonschema.Draft202012Validator.check_schema(message["payload"])


def test_every_operation_has_its_messages() -> None:
    named = {
        reference["$ref"].rpartition("/")[2]
        for operation in document()["operations"].values()
        for reference in [*operation["messages"], *operation.get("reply", {}).get("messages", [])]
    }
    assert named == set(document()["components"]["messages"])


def test_every_event_on_the_wire_says_what_it_is() -> None:
    assert [event.type for event in wire_events() if not event.__doc__ or "(" in event.__doc__[:40]] == []
    assert [event.type for event in all_events() if event.unlogged and not event.audience] == []


def read_frame(**data: Any) -> dict[str, Any]:
    told = {"conversation_id": str(unknown_id()), "user_id": str(unknown_id()), "read_seq": 7, **data}
    return {"type": "conversation.read", "data": told, "at": "2026-05-01T09:30:00Z"}


def test_frame_as_the_catalogue_says_is_good() -> None:
    frame = read_frame()
    assert seen(frame) == frame


@pytest.mark.parametrize(
    "frame",
    [
        read_frame(read_seq="7"),
        read_frame(conversation_id=None),
        read_frame(more=1),
        {"type": "conversation.read", "data": {}, "at": "2026-05-01T09:30:00Z"},
        {key: value for key, value in read_frame().items() if key != "at"},
        {**read_frame(), "type": "conversation.slept"},
        {"type": "ack", "id": "c1", "data": {"nothing": "known"}},
        {"type": "error", "id": "c1", "error": {"code": "not_found"}},
    ],
    ids=[
        "number as text",
        "null",
        "unknown field",
        "missing fields",
        "no time",
        "unknown type",
        "ack",
        "error",
    ],
)
def test_frame_otherwise_is_refused(frame: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        seen(frame)


def test_suite_holds_what_is_published_against_the_catalogue(strange_frames: list[str]) -> None:
    event = ConversationRead(conversation_id=unknown_id(), user_id=unknown_id(), read_seq="seven")  # type: ignore[arg-type]
    emit(event, to=[broadcast.to_user(unknown_id())])
    assert len(strange_frames) == 1
    strange_frames.clear()


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
