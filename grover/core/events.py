"""Facts that actions tell after the commit: frozen dataclasses, past tense.

`PostPublished` is `post.published` on the wire, in the logs and in the metrics. An app declares its
events in its `events.py`; only actions emit them.
"""

import re
from typing import Any, ClassVar

import structlog
from prometheus_client import Counter

from grover.core.db import on_commit

logger = structlog.get_logger(__name__)

_registry: dict[str, type["Event"]] = {}

_emitted = Counter("grover_events", "Facts told by actions, by type", ["type"])


class Event:
    """The base of all events; a subclass is a frozen dataclass whose fields are ids and plain values."""

    __slots__ = ()

    type: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        noun, _, verb = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower().rpartition("_")
        cls.type = f"{noun}.{verb}"
        _registry[cls.type] = cls
        _emitted.labels(cls.type)  # counted as 0 until the first, so that a rate is known from the start


def all_events() -> list[type[Event]]:
    """List every event that is declared, by type."""
    return [_registry[name] for name in sorted(_registry)]


def emit(event: Event) -> None:
    """Tell a fact once the open transaction has committed."""
    on_commit(lambda: _tell(event))


def _tell(event: Event) -> None:
    _emitted.labels(event.type).inc()
    names: tuple[str, ...] = event.__slots__
    logger.info(event.type, **{name: getattr(event, name) for name in names})
