"""A channel layer that loses messages."""

import random
from typing import Any

from grover.core.broadcast import FRAME
from grover.core.channel_layers import RedisLayer


class ForgetfulLayer(RedisLayer):
    """Drops a share of the frames on their way to a process, the same ones each time."""

    def __init__(self, *args: Any, dropped: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dropped = dropped
        self._random = random.Random(1815)

    async def receive(self, channel: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = await self._get_layer().receive(channel)
            if message["type"] != FRAME or self._random.random() >= self._dropped:
                return message
