"""Frames held against the catalogue: every one that the suite publishes or receives comes through here."""

import functools
import json
from typing import Any

import jsonschema
import pytest
import referencing.jsonschema
from referencing import Registry, Resource

from grover.core import broadcast, events
from grover.core.broadcast import Audience, publish
from grover.realtime.asyncapi import document

Frame = dict[str, Any]

DOCUMENT = "urn:grover:asyncapi"


def seen(frame: Frame) -> Frame:
    """Give a frame that is just what the catalogue says of its type; AssertionError otherwise."""
    found = [validator for validator in _validators(str(frame.get("type"))) if validator.is_valid(frame)]
    if not found:
        raise AssertionError(f"not in the catalogue: {frame}")
    return frame


def watch_published(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hold every frame that this process publishes against the catalogue; give a list of those not in it.

    What goes wrong after a commit is logged and not raised, so whoever watches looks at the list.
    """
    strangers: list[str] = []

    def check_and_publish(audience: Audience, text: str) -> None:
        try:
            seen(json.loads(text))
        except AssertionError as error:
            strangers.append(str(error))
        publish(audience, text)

    for module in (broadcast, events):
        monkeypatch.setattr(module, "publish", check_and_publish)
    return strangers


@functools.cache
def _validators(frame_type: str) -> list[jsonschema.Draft202012Validator]:
    """Make what checks frames of a type; an ack looks like that of one of the commands."""
    messages = document()["components"]["messages"]
    names = [
        name
        for name, message in messages.items()
        if message["name"] == frame_type and not name.startswith("command.")
    ]
    return [_validator(name) for name in names]


def _validator(name: str) -> jsonschema.Draft202012Validator:
    payload = {"$ref": f"{DOCUMENT}#/components/messages/{name}/payload"}
    return jsonschema.Draft202012Validator(
        payload, registry=_registry(), format_checker=jsonschema.FormatChecker()
    )


@functools.cache
def _registry() -> Registry[Any]:
    absolute = json.loads(json.dumps(document()).replace('"#/', f'"{DOCUMENT}#/'))
    resource = Resource(contents=absolute, specification=referencing.jsonschema.DRAFT202012)
    return Registry().with_resource(DOCUMENT, resource)
