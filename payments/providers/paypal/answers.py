"""What PayPal answers, and how what is wrong with an answer is told."""

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

import orjson

from grover.core.providers import ProviderRefused, ProviderUnavailable
from payments.providers.base import UnknownToProvider

Json = dict[str, Any]
_Of = ParamSpec("_Of")
_Read = TypeVar("_Read")

IN_PROGRESS = "PREVIOUS_REQUEST_IN_PROGRESS"

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
_LONGEST_PAUSE = 3600.0


class PassingFailure(ProviderUnavailable):
    """It may work at once when tried again; `seconds` is how long PayPal asks to wait."""

    def __init__(self, words: str, seconds: float = 0.0) -> None:
        super().__init__(words)
        self.seconds = seconds


class PayPalRefused(ProviderRefused):
    """PayPal said no; `issues` are its words for why, `links` where it points."""

    def __init__(self, status: int, said: Json) -> None:
        details = _dicts(said.get("details"))
        words = [said.get("name"), *(detail.get("issue") for detail in details)]
        self.issues = tuple(word for word in words if isinstance(word, str))
        self.links = [
            link for detail in details for link in _dicts(detail.get("link")) + _dicts(detail.get("links"))
        ]
        super().__init__(f"PayPal answered {status}: {', '.join(self.issues)}")


def check_answer(status: int, headers: Mapping[str, str], content: bytes) -> Json:
    """Give what an answer says; raise what it means if it is no success.

    Only what is in the form of PayPal's own errors is taken for its word: a proxy that answers 404 has
    not said that there is no such order.
    """
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PassingFailure(f"PayPal answered {status}", _pause_in(headers))
    if status == HTTPStatus.NO_CONTENT:
        return {}
    said = _decode(content)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and said is not None:
        return said
    if said is None or not isinstance(said.get("name"), str) or status < HTTPStatus.BAD_REQUEST:
        raise ProviderUnavailable(f"PayPal answered {status} in no form that is known")
    refusal = PayPalRefused(status, said)
    if status in (HTTPStatus.CONFLICT, HTTPStatus.UNAUTHORIZED) or IN_PROGRESS in refusal.issues:
        raise ProviderUnavailable(str(refusal))
    if status == HTTPStatus.NOT_FOUND:
        raise UnknownToProvider(str(refusal))
    raise refusal


def reads(read: Callable[_Of, _Read]) -> Callable[_Of, _Read]:
    """Have a function that reads an answer raise ProviderUnavailable where something is missing or odd."""

    @functools.wraps(read)
    def guarded(*args: _Of.args, **kwargs: _Of.kwargs) -> _Read:
        try:
            return read(*args, **kwargs)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ProviderUnavailable(f"PayPal answered something else: {error!r}") from error

    return guarded


def in_path(thing_id: str) -> str:
    """Give an id to be put in a path; what cannot be an id is unknown without asking."""
    if not is_id(thing_id):
        raise UnknownToProvider(f"PayPal has no such id: {thing_id[:80]!r}")
    return thing_id


def is_id(text: object) -> bool:
    """Tell whether something is of the form of an id, and so safe in a path."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def read_moment(text: str) -> dt.datetime:
    """Read a moment; ValueError when it does not say its zone."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"No zone: {text}")
    return moment.astimezone(dt.UTC)


def as_moment(moment: dt.datetime) -> str:
    """Write a moment to the second, as all APIs take it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def find_link(links: Iterable[Mapping[str, Any]], *names: str) -> str:
    """Give the address of the first link of one of these names, or nothing."""
    return next((str(link["href"]) for link in links if link.get("rel") in names), "")


def _decode(content: bytes) -> Json | None:
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def _dicts(value: object) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _pause_in(headers: Mapping[str, str]) -> float:
    said = headers.get("retry-after", "")
    return min(float(said), _LONGEST_PAUSE) if said.isascii() and said.isdecimal() else 0.0
