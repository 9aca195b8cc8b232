"""The devices of a person, as that person sees them."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDeviceCard:
    """A browser or phone that is woken; `is_current` says that it was registered where one is signed in."""

    id: uuid.UUID
    kind: Literal["web", "expo"]
    name: str
    is_current: bool
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VapidCard:
    """What browsers subscribe with, as `applicationServerKey`; null when they cannot be woken here."""

    public_key: str | None
