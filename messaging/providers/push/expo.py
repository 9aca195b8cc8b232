"""Phones, over Expo's HTTP API: what is sent gets a ticket, and a receipt some minutes later."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from django.conf import settings

from grover.core import encoding
from grover.core.outbound import post
from grover.core.providers import ProviderRefused, ProviderUnavailable
from messaging.providers.push.base import SECONDS, DeviceGone, Note, Sent, Target, check_status

MOST_RECEIPTS = 300


class Error(StrEnum):
    """The words of Expo that mean something to us."""

    NOT_REGISTERED = "DeviceNotRegistered"
    TOO_MANY = "MessageRateExceeded"


class Outcome(StrEnum):
    """What a receipt says became of a note."""

    ARRIVED = "arrived"
    GONE = "gone"
    FAILED = "failed"


class Expo:
    """Sends notes to phones."""

    def send(self, target: Target, note: Note) -> Sent:
        """Send a note to a phone; its receipt can be read a quarter of an hour later."""
        message: dict[str, Any] = {
            "to": target.address,
            "title": note.title,
            "body": note.body,
            "data": note.data,
            "ttl": int(note.lasts.total_seconds()),
            "priority": "high" if note.is_urgent else "default",
            "sound": "default",
        }
        if note.collapse_key:
            message |= {"collapseId": note.collapse_key, "tag": note.collapse_key}
        return _read_ticket(_ask("send", [message]))


def read_receipts(receipts: Collection[str]) -> dict[str, Outcome]:
    """Ask what became of notes, at most 300; those without a receipt so far are left out."""
    answer = _ask("getReceipts", {"ids": list(receipts)})
    if not isinstance(answer, dict):
        raise ProviderUnavailable("It answered something else")
    return {key: _outcome(said) for key, said in answer.items() if isinstance(said, dict)}


def _outcome(said: Mapping[str, Any]) -> Outcome:
    if said.get("status") == "ok":
        return Outcome.ARRIVED
    return Outcome.GONE if _error_in(said) == Error.NOT_REGISTERED else Outcome.FAILED


def _read_ticket(answer: Any) -> Sent:
    ticket = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(ticket, dict) or ticket.get("status") not in ("ok", "error"):
        raise ProviderUnavailable("It answered something else")
    if ticket["status"] == "ok":
        return Sent(receipt=str(ticket.get("id", ""))[:80])
    match _error_in(ticket):
        case Error.NOT_REGISTERED:
            raise DeviceGone
        case Error.TOO_MANY:
            raise ProviderUnavailable(Error.TOO_MANY)
        case name:
            raise ProviderRefused(name)


def _error_in(said: Mapping[str, Any]) -> str:
    details = said.get("details")
    return str(details.get("error", "")) if isinstance(details, dict) else ""


def _ask(operation: str, document: Any) -> Any:
    """Ask Expo, and give the `data` of what it answers."""
    headers = {"accept": "application/json", "content-type": "application/json"}
    if settings.EXPO_ACCESS_TOKEN:
        headers["authorization"] = f"Bearer {settings.EXPO_ACCESS_TOKEN}"
    address = f"{settings.EXPO_URL}/{operation}"
    answer = post(address, content=encoding.dumps(document), headers=headers, seconds=SECONDS)
    check_status(answer.status_code)
    try:
        said = answer.json()
    except ValueError as error:
        raise ProviderUnavailable("It answered no JSON") from error
    if not isinstance(said, dict) or "data" not in said:
        raise ProviderUnavailable("It answered something else")
    return said["data"]
