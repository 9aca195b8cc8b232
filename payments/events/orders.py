"""How orders go."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from grover.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """An order went on to another state; `GET /orders/{id}` shows it."""

    audience: ClassVar[str] = "who buys and, once it was paid, who sells"

    order_id: uuid.UUID
    state: str
