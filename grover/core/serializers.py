"""What clients send, read strictly: the bases of every input serializer and the fields they share.

A serializer here reads and checks; it never saves, and none runs on the way out.
"""

import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from rest_framework import serializers

from grover.core.ids import parse_id

MOST_UNKNOWN_NAMES = 20
LONGEST_NAME_SHOWN = 100
LONGEST_CLIENT_ID = 64

Errors = dict[str, Any]


class Input(serializers.Serializer[Any]):
    """A body or a set of query parameters; refuses what it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        errors: Errors = dict(self._unknown_fields(data))
        if self.root is self:
            errors |= _unstorable_text(data)
        if errors:
            raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _unknown_fields(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        for name in sorted(set(data) - writable)[:MOST_UNKNOWN_NAMES]:
            yield name[:LONGEST_NAME_SHOWN], [_error("There is no such field", "unknown")]


class Part(Input):
    """A value with fields of its own inside a body, given whole even where the body is given in part."""

    def to_internal_value(self, data: Any) -> Any:
        if not self.root.partial:
            return super().to_internal_value(data)
        whole = type(self)(data=data, context=self.context)
        whole.is_valid(raise_exception=True)
        return whole.validated_data


def _unstorable_text(data: Mapping[str, Any]) -> Errors:
    """Find the texts that no database stores: those with a NUL or half a character."""
    found: Errors = {}
    for name, value in _all_values(data):
        if "\0" in value:
            found[name] = [_error("NUL characters are not allowed", "null_characters")]
        elif not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            found[name] = [_error("Half of a surrogate pair is not a character", "surrogate_characters")]
    return found


def _all_values(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List all texts, names included, with the top-level field they are in."""
    lists = data.lists() if isinstance(data, MultiValueDict) else data.items()
    for name, value in lists:
        yield name[:LONGEST_NAME_SHOWN], name
        for text in _texts(value):
            yield name[:LONGEST_NAME_SHOWN], text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _error(text: str, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(text, code)


def _is_json(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """Tell whether a value came as JSON, which has types; query parameters and forms are all text."""
    return "request" in field.context and not isinstance(
        getattr(field.root, "initial_data", None), MultiValueDict
    )


class IdField(serializers.UUIDField):
    """An id, in its 36 characters."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        identifier = parse_id(data) if isinstance(data, str) else None
        if identifier is None:
            self.fail("invalid", value="" if data is None else str(data)[:LONGEST_NAME_SHOWN])
        return identifier


class TextField(serializers.CharField):
    """A text: without white space around it, in one Unicode form (NFC), so that equal looks equal.

    A number is not a text. For passwords use `SecretField`, which keeps every character.
    """

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return unicodedata.normalize("NFC", super().to_internal_value(data))


class SecretField(serializers.CharField):
    """A password or token: taken exactly as it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """A whole number that every database holds; in JSON it must be a number, not a text of one."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", 2**63 - 1)
        kwargs.setdefault("min_value", -(2**63))
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        is_number = isinstance(data, int) and not isinstance(data, bool)
        is_text_of_one = isinstance(data, str) and data.isascii() and data.removeprefix("-").isdecimal()
        if not (is_number or (is_text_of_one and not _is_json(self))):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """True or false; in JSON nothing else, in a query or form the words `true` and `false`."""

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        if isinstance(data, str) and data in ("true", "false") and not _is_json(self):
            return data == "true"
        return self.fail("invalid", input=str(data)[:LONGEST_NAME_SHOWN])


class ClientIdField(serializers.RegexField):
    """The client's own name for what it sends: up to 64 letters, digits and `. _ : -`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"\A[A-Za-z0-9._:-]+\Z", max_length=LONGEST_CLIENT_ID, trim_whitespace=False, **kwargs
        )

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
