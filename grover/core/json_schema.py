"""JSON Schema of what goes over the wire: cards and events from their type hints, inputs from their fields.

A class stands once among the definitions, and whoever holds it refers to it there.
"""

import dataclasses
import datetime as dt
import enum
import types
import typing
import uuid
from typing import Any

from rest_framework import serializers

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
    Any: {},
}


class Definitions:
    """The schemas of classes by name, to be put where `prefix` points."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.schemas: dict[str, Schema] = {}

    def of(self, hint: Any) -> Schema:
        """Describe a value of a type; a dataclass is defined and referred to."""
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            return self._refer_to(hint)
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return {"enum": [member.value for member in hint]}
        return self._of_generic(typing.get_origin(hint), typing.get_args(hint), hint)

    def _of_generic(self, origin: Any, arguments: tuple[Any, ...], hint: Any) -> Schema:
        if origin is typing.Literal:
            return {"enum": list(arguments)}
        if origin in (typing.Union, types.UnionType):
            return {"anyOf": [self.of(argument) for argument in arguments]}
        if origin in (list, tuple, set, frozenset):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        raise TypeError(f"No JSON Schema for {hint!r}")

    def _refer_to(self, card: type) -> Schema:
        name = card.__name__
        if name not in self.schemas:
            self.schemas[name] = {}  # what holds itself finds its own name here
            self.schemas[name] = self.object_of(card)
        return {"$ref": f"{self._prefix}{name}"}

    def object_of(self, card: type) -> Schema:
        """Describe the fields of a dataclass: all of them are there, and no others."""
        hints = typing.get_type_hints(card)
        names = [field.name for field in dataclasses.fields(card)]
        described = {"description": summary_of(card)} if summary_of(card) else {}
        return {
            "type": "object",
            **described,
            "properties": {name: self.of(hints[name]) for name in names},
            "required": names,
            "additionalProperties": False,
        }


def summary_of(thing: Any) -> str:
    """Give the first paragraph of a docstring in one line; empty where a class has none of its own."""
    paragraph = (thing.__doc__ or "").strip().partition("\n\n")[0]
    is_made = paragraph.startswith(f"{getattr(thing, '__name__', '')}(")  # by dataclass, of the fields
    return "" if is_made else " ".join(paragraph.split())


def of_serializer(serializer: serializers.BaseSerializer[Any]) -> Schema:
    """Describe what an input serializer takes."""
    fields = getattr(serializer, "fields", {})
    taken = {name: field for name, field in fields.items() if not field.read_only}
    return {
        "type": "object",
        "properties": {name: _of_field(field) for name, field in taken.items()},
        "required": [name for name, field in taken.items() if field.required],
        "additionalProperties": False,
    }


def _of_field(field: Any) -> Schema:
    schema = _of_plain_field(field)
    if field.help_text:
        schema["description"] = str(field.help_text)
    return {"anyOf": [schema, {"type": "null"}]} if field.allow_null else schema


def _of_plain_field(field: Any) -> Schema:
    match field:
        case serializers.ListField():
            return _without_none(
                type="array",
                items=_of_field(field.child),
                minItems=field.min_length,
                maxItems=field.max_length,
            )
        case serializers.ListSerializer():
            return {"type": "array", "items": _of_plain_field(field.child)}
        case serializers.BaseSerializer():
            return of_serializer(field)
        case serializers.ChoiceField():
            return {"enum": [str(choice) for choice in field.choices]}
        case serializers.UUIDField():
            return {"type": "string", "format": "uuid"}
        case serializers.BooleanField():
            return {"type": "boolean"}
        case serializers.IntegerField():
            return _without_none(type="integer", minimum=field.min_value, maximum=field.max_value)
        case serializers.DateTimeField():
            return {"type": "string", "format": "date-time"}
    return _without_none(type="string", maxLength=getattr(field, "max_length", None))


def _without_none(**values: Any) -> Schema:
    return {name: value for name, value in values.items() if value is not None}
