"""What every provider of pushes takes and gives, and how it fails."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from grover.core.providers import ProviderRefused, ProviderUnavailable

SECONDS = 5.0

_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


class DeviceGone(Exception):
    """The device takes no pushes any more, and never will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a device is reached; `keys` encrypt for it, where the kind has any."""

    address: str
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a device shows. Of notes with one `collapse_key` it shows the last alone."""

    title: str
    body: str
    data: Mapping[str, Any]
    lasts: dt.timedelta
    collapse_key: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """That a provider took a note; by its `receipt`, if it gives one, it tells what became of it."""

    receipt: str = ""


class PushProvider(Protocol):
    """Sends notes to the devices of one kind."""

    def send(self, target: Target, note: Note) -> Sent:
        """Send a note to a device.

        ProviderUnavailable when it may be tried again, ProviderRefused when that changes nothing, and
        DeviceGone when the device is to be forgotten.
        """
        ...


def check_status(status: int) -> None:
    """Raise what an answer that is no success means."""
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ProviderUnavailable(f"It answered {status}")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise ProviderRefused(f"It answered {status}")
