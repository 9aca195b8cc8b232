"""Bodies, guarded before they are decoded: their size, depth, numbers and characters."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

import orjson
from django.core.files.uploadhandler import StopUpload
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from grover.core.errors import FieldError, Invalid, MalformedBody, Problem, TooLarge

LARGEST_JSON_BYTES = 1024 * 1024
LARGEST_UPLOAD_BYTES = 50 * 1024 * 1024
LARGEST_MULTIPART_BYTES = LARGEST_UPLOAD_BYTES + 1024 * 1024
DEEPEST_NESTING = 32
LARGEST_NUMBER = 2**63 - 1

# One token: a whole string (closed or not, so that no character is looked at twice), a bracket, or a
# whole number too long to be surely one of 64 bits.
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|(?P<open>[\[{])|(?P<close>[\]}])|(?P<number>-?[0-9]{19,}+(?![.eE]))',
    re.DOTALL,
)
_MANY_DIGITS = re.compile(rb"[0-9]{19}")


class GuardedJSONParser(BaseParser):
    """Reads a JSON object of at most 1 MiB and 32 levels; no body at all is an empty object."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        body = read_at_most(stream, LARGEST_JSON_BYTES)
        return decode_object(body)


def read_at_most(stream: IO[bytes], size: int) -> bytes:
    """Read a body to its end; TooLarge when it is longer than `size` bytes."""
    try:
        body = stream.read(size + 1)
    except OSError as error:
        raise MalformedBody("The body ended too early") from error
    if len(body) > size:
        raise TooLarge(f"At most {size} bytes")
    return body


def decode_object(body: bytes) -> dict[str, Any]:
    """Decode a JSON object that a client sent."""
    if not body.strip():
        return {}
    _check_tokens(body)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _refusal_of(body, error) from error
    if not isinstance(value, dict):
        raise MalformedBody("The body must be a JSON object")
    return value


def _refusal_of(body: bytes, error: orjson.JSONDecodeError) -> Problem:
    """Say what is wrong with a body: that it is no JSON, or has a number that is none."""
    try:
        pointers = list(_not_numbers(json.loads(body)))
    except (ValueError, RecursionError):
        pointers = []
    if not pointers:
        return MalformedBody(f"The body is not JSON: {error}")
    text = "NaN and Infinity are no numbers"
    return Invalid(errors=tuple(FieldError(pointer, "not_a_number", text) for pointer in pointers))


def _not_numbers(value: Any, pointer: str = "") -> Iterator[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield pointer
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _not_numbers(inner, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _not_numbers(inner, f"{pointer}/{index}")


def _check_tokens(body: bytes) -> None:
    """Refuse deep nesting and huge numbers by looking at the text alone, in one pass."""
    may_be_deep = body.count(b"[") + body.count(b"{") > DEEPEST_NESTING
    if not may_be_deep and not _MANY_DIGITS.search(body):
        return
    depth = 0
    for token in _TOKEN.finditer(body):
        match token.lastgroup:
            case "open":
                depth += 1
                if depth > DEEPEST_NESTING:
                    raise MalformedBody(f"At most {DEEPEST_NESTING} levels of nesting")
            case "close":
                depth -= 1
            case "number":
                digits = token["number"]
                if len(digits) > 20 or abs(int(digits)) > LARGEST_NUMBER:
                    raise MalformedBody("Whole numbers must fit in 64 bits")


class GuardedMultiPartParser(MultiPartParser):
    """Reads a form with files; whatever is wrong with it is the client's fault."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> "DataAndFiles[Any, Any]":
        request = (parser_context or {})["request"]
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > LARGEST_MULTIPART_BYTES:
            raise TooLarge(f"At most {LARGEST_MULTIPART_BYTES} bytes")
        try:
            return super().parse(stream, media_type, parser_context)
        except (ParseError, ValueError, LookupError, OSError, AttributeError, StopUpload) as error:
            raise MalformedBody("The form is not multipart/form-data") from error
