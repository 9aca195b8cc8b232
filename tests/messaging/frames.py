"""The frames that a test's actions publish, caught on their way to the channel layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from channels.layers import get_channel_layer

from grover.core import encoding


class Frame(NamedTuple):
    """A frame and whom it is for."""

    group: str
    hidden_from: frozenset[str]
    type: str
    data: dict[str, Any]


@contextmanager
def published() -> Iterator[list[Frame]]:
    """Collect the frames that are published in the block; they go no further."""
    frames: list[Frame] = []

    def publish(_: Any, group: str, message: dict[str, Any]) -> None:
        frame = encoding.loads(message["text"])
        frames.append(Frame(group, frozenset(message["hidden_from"]), frame["type"], frame["data"]))

    with patch.object(type(get_channel_layer()), "publish", publish):
        yield frames
