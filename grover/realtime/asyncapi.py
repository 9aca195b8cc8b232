"""The AsyncAPI document of the socket, written from the classes that the code emits and reads."""

import functools
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from grover.core.commands import Command, all_commands
from grover.core.events import Event, wire_events
from grover.core.json_schema import Definitions, of_serializer, summary_of
from grover.core.schema import ProblemSerializer
from grover.realtime.frames import LARGEST_FRAME

SCHEMAS = "#/components/schemas/"
MESSAGES = "#/components/messages/"
CHANNEL = "#/channels/socket"
ID = {"type": "string", "description": "The client's own name for a command, which its answer repeats."}


@functools.cache
def document() -> dict[str, Any]:
    """Write the document: what a client may send, what it is answered and what it is told."""
    definitions = Definitions(SCHEMAS)
    commands = list(all_commands().values())
    messages = {
        **{f"command.{command.name}": _command(command) for command in commands},
        **{f"ack.{command.name}": _ack(command, definitions) for command in commands},
        "error": _error(),
        **{f"event.{event.type}": _event(event, definitions) for event in wire_events()},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Grover's socket",
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "description": (
                "One WebSocket per client, subprotocol `grover.v1`, JSON text frames of at most "
                f"{LARGEST_FRAME // 1024} KiB. A frame is a hint that arrives early: what must not be lost "
                "is read over REST, by `seq`. One that is lost shows as a gap when the next one comes; who "
                "will not wait for that asks for what comes after the last `seq` they know."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {"socket": _server()},
        "channels": {
            "socket": {
                "address": "/ws/",
                "messages": {name: {"$ref": f"{MESSAGES}{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET", "query": _query(), "bindingVersion": "0.1.0"}},
            }
        },
        "operations": _operations(commands),
        "components": {
            "messages": messages,
            "schemas": {**definitions.schemas, "Problem": of_serializer(ProblemSerializer())},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "ticket": {
                    "type": "httpApiKey",
                    "name": "Sec-WebSocket-Protocol",
                    "in": "header",
                    "description": "`grover.v1, ticket.<ticket>`, from `POST /api/v1/realtime/ticket`.",
                },
            },
        },
    }


def _server() -> dict[str, Any]:
    address = urlsplit(settings.PUBLIC_URL)
    references = [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("bearer", "ticket")]
    return {
        "host": address.netloc,
        "protocol": "wss" if address.scheme == "https" else "ws",
        "security": references,
    }


def _query() -> dict[str, Any]:
    since = {"type": "string", "format": "date-time", "description": "`hello` tells what moved since then."}
    return {"type": "object", "properties": {"since": since}}


def _operations(commands: list[Command]) -> dict[str, Any]:
    """From the side of the server: it receives commands and sends everything else."""
    received = {
        f"receive.{command.name}": {
            "action": "receive",
            "channel": {"$ref": CHANNEL},
            "messages": [{"$ref": f"{CHANNEL}/messages/command.{command.name}"}],
            "reply": {
                "channel": {"$ref": CHANNEL},
                "messages": [
                    {"$ref": f"{CHANNEL}/messages/ack.{command.name}"},
                    {"$ref": f"{CHANNEL}/messages/error"},
                ],
            },
        }
        for command in commands
    }
    sent = {
        f"send.{event.type}": {
            "action": "send",
            "channel": {"$ref": CHANNEL},
            "messages": [{"$ref": f"{CHANNEL}/messages/event.{event.type}"}],
        }
        for event in wire_events()
    }
    return {**received, **sent}


def _command(command: Command) -> dict[str, Any]:
    data = of_serializer(command.serializer())
    return _message(command.name, summary_of(command.function), {"id": ID, "data": data})


def _ack(command: Command, definitions: Definitions) -> dict[str, Any]:
    return _message("ack", f"`{command.name}` was done.", {"id": ID, "data": ack_data(command, definitions)})


def ack_data(command: Command, definitions: Definitions) -> dict[str, Any]:
    """Describe what the ack of a command carries."""
    if command.card is None or command.card is type(None):
        return {"type": "object", "additionalProperties": False}
    return definitions.of(command.card)


def _error() -> dict[str, Any]:
    nameless = {"anyOf": [ID, {"type": "null"}]}
    return _message(
        "error",
        "A command was refused, as REST refuses it; the id is null where a frame had none.",
        {"id": nameless, "error": {"$ref": f"{SCHEMAS}Problem"}},
    )


def _event(event: type[Event], definitions: Definitions) -> dict[str, Any]:
    at = {"type": "string", "format": "date-time"}
    data = definitions.object_of(event)
    return _message(event.type, f"{summary_of(event)} To {event.audience}.", {"data": data, "at": at})


def _message(kind: str, summary: str, members: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": kind,
        "summary": summary,
        "payload": {
            "type": "object",
            "properties": {"type": {"const": kind}, **members},
            "required": ["type", *members],
            "additionalProperties": False,
        },
    }
