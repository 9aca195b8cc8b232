"""Examples for the API's documentation, made from the cards and serializers themselves.

The value of a field is found by its name, then by its type, so a new card has a readable example
without writing one.
"""

import dataclasses
import datetime as dt
import enum
import types
import typing
import uuid
from typing import Any

from rest_framework import serializers

_ID = "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"
_MOMENT = "2026-05-01T09:30:00Z"

BY_NAME: dict[str, Any] = {
    "username": "ada",
    "display_name": "Ada Lovelace",
    "email": "ada@example.com",
    "password": "correct horse battery staple",
    "current_password": "correct horse battery staple",
    "new_password": "an even better passphrase",
    "birth_date": "1990-12-10",
    "identifier": "ada",
    "otp": "492039",
    "code": "492039",
    "bio": "Notes on the Analytical Engine.",
    "text": "Hello, world.",
    "alt_text": "A loom with punched cards",
    "content_warning": "",
    "avatar_url": f"/media/{_ID}/200.webp",
    "cover_url": f"/media/{_ID}/1280.webp",
    "url": f"/media/{_ID}/1280.webp",
    "website": "https://ada.example",
    "location": "London",
    "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    "content_type": "image/webp",
    "fields": {"public_id": f"{_ID}/original", "timestamp": "1777627800", "signature": "5d1c…"},
    "address": "203.0.113.0",
    "device": "Firefox on Linux",
    "reason": "spam",
    "note": "The same link under every post.",
    "next": None,
    "count": 3,
    "width": 1280,
    "height": 853,
}


def of_card(card_type: type) -> dict[str, Any]:
    """Make an example of a card."""
    hints = typing.get_type_hints(card_type)
    return {field.name: of_field(field.name, hints[field.name]) for field in dataclasses.fields(card_type)}


def of_field(name: str, hint: Any) -> Any:
    """Make an example of one field of a card."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return of_card(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (list, tuple):
        return [of_field(name, arguments[0])]
    if origin is dict:
        return BY_NAME.get(name) or {"like": of_field(name, arguments[1])}
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return of_field(name, next(part for part in arguments if part is not type(None)))
    if name in BY_NAME:
        return BY_NAME[name]
    return _of_type(hint)


def _of_type(hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint)).value
    return {
        uuid.UUID: _ID,
        dt.datetime: _MOMENT,
        dt.date: _MOMENT[:10],
        bool: False,
        int: 0,
        float: 1.5,
        str: "text",
    }.get(hint)


def of_serializer(serializer_type: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Make an example of a request body."""
    fields = serializer_type().get_fields()
    return {name: _of_input(name, field) for name, field in fields.items() if not field.read_only}


def _of_input(name: str, field: Any) -> Any:
    if isinstance(field, serializers.ListField):
        return [_of_input(name, field.child)]
    if isinstance(field, serializers.Serializer):
        return of_serializer(type(field))
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    if name in BY_NAME:
        return BY_NAME[name]
    if isinstance(field, serializers.FileField):
        return "(the bytes of picture.jpg)"
    if isinstance(field, serializers.UUIDField):
        return _ID
    if isinstance(field, serializers.BooleanField):
        return False
    if isinstance(field, serializers.IntegerField):
        return 1
    if isinstance(field, serializers.DateTimeField):
        return _MOMENT
    return "text"
