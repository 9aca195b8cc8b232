"""JSON out: cards printed by orjson.

A card is a frozen dataclass with slots, the exact JSON that goes out. An `encoded` part is JSON that
was printed before and is put into an answer as it is.
"""

from typing import Any

import orjson

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS

Encoded = orjson.Fragment


def dumps(value: Any) -> bytes:
    """Print a value of dataclasses, dicts, lists, ids and times as JSON; times are RFC 3339 in UTC."""
    return orjson.dumps(value, option=_OPTIONS)


def loads(text: bytes | str) -> Any:
    """Read JSON that we printed ourselves; what clients send goes through `parsing`."""
    return orjson.loads(text)
