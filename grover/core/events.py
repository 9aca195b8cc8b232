"""Facts that actions tell after the commit: frozen dataclasses, past tense.

`PostPublished` is `post.published` on the wire, in the logs and in the metrics. An app declares its
events in its `events.py`; only actions emit them. What is emitted `to` somebody is also sent to their
sockets, all its fields being the frame's `data`.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import structlog
from django.utils import timezone
from prometheus_client import Counter

from grover.core.broadcast import Audience, frame_of, publish
from grover.core.db import on_commit

logger = structlog.get_logger(__name__)

_registry: dict[str, type["Event"]] = {}

_emitted = Counter("grover_events", "Facts told by actions, by type", ["type"])


class Event:
    """The base of all events; a subclass is a frozen dataclass of ids, plain values and, on the wire, cards.

    Its `type` is made from its name unless it says another one. One that goes to sockets says to whom in
    `audience`. Fields named in `unlogged` are what people wrote or saw, and never logged.
    """

    __slots__ = ()

    type: ClassVar[str]
    audience: ClassVar[str] = ""
    unlogged: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            noun, _, verb = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower().rpartition("_")
            cls.type = f"{noun}.{verb}"
        _registry[cls.type] = cls
        _emitted.labels(cls.type)  # counted as 0 until the first, so that a rate is known from the start


def all_events() -> list[type[Event]]:
    """List every event that is declared, by type."""
    return [_registry[name] for name in sorted(_registry)]


def wire_events() -> list[type[Event]]:
    """List the events that go to sockets, by type."""
    return [event for event in all_events() if event.audience]


def emit(event: Event, *, to: Sequence[Audience] = ()) -> None:
    """Tell a fact once the open transaction has committed, and send it to the sockets of an audience."""
    on_commit(lambda: _tell(event, to))


def _tell(event: Event, to: Sequence[Audience]) -> None:
    _emitted.labels(event.type).inc()
    names = [field.name for field in dataclasses.fields(event)]  # type: ignore[arg-type]
    logger.info(event.type, **{name: getattr(event, name) for name in names if name not in event.unlogged})
    if to:
        text = frame_of(event.type, event, timezone.now())
        for audience in to:
            publish(audience, text)
