"""The channel layers: Channels' own, with a way for ordinary threads to publish.

Actions run in threads without an event loop, after their commit; `publish` hands a message to a group
from there, over a connection that is kept, or into the loop of the development server.
"""

import asyncio
import contextlib
import logging
import sys
import time
from typing import Any

import redis
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from redis import asyncio as async_redis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from grover.core.breakers import Breaker

logger = logging.getLogger(__name__)

REGAINED = "regained"  # the type of the message that tells a channel that events may have been lost

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
CONFIRMED_WITHIN = 2.0
LOOKED_FOR_EVERY = 0.25  # seconds, while Redis is gone
FOREVER = 10**10  # seconds


class MemoryLayer(InMemoryChannelLayer):  # type: ignore[misc]
    """The layer of a server that is one process; nothing is dropped and nothing expires."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(capacity=sys.maxsize, expiry=FOREVER, group_expiry=FOREVER, **kwargs)
        self._loops: dict[str, asyncio.AbstractEventLoop] = {}

    async def group_add(self, group: str, channel: str) -> None:
        self._loops[channel] = asyncio.get_running_loop()
        await super().group_add(group, channel)

    def publish(self, group: str, message: dict[str, Any]) -> None:
        """Hand a message to a group from any thread."""
        for channel in list(self.groups.get(group, ())):
            with contextlib.suppress(RuntimeError):  # its loop has ended
                self._loops[channel].call_soon_threadsafe(self._put, channel, message)

    def _put(self, channel: str, message: dict[str, Any]) -> None:
        queue = self.channels.setdefault(channel, asyncio.Queue())
        queue.put_nowait((time.time() + FOREVER, message))

    async def distrust(self) -> None:
        """Doubt the connection; there is none."""


class RedisLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """The layer of several processes, over Redis' publish and subscribe.

    While Redis is down a message is lost at once, and publishing costs next to nothing. Subscriptions
    come back with it; each channel then gets a message of type `regained`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._url: str = kwargs["hosts"][0]
        self._prefix: str = kwargs.get("prefix", "asgi")
        self._breaker = Breaker(seconds=1.0)
        self._client = redis.Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),  # a connection that an older Redis closed is no failure
        )

    def publish(self, group: str, message: dict[str, Any]) -> None:
        """Hand a message to a group from any thread; RedisError when Redis was up and fails."""
        if not self._breaker.allows():
            return
        try:
            self._client.publish(f"{self._prefix}__group__{group}", self.serialize(message))
        except (RedisError, OSError):
            self._breaker.failed()
            raise
        self._breaker.succeeded()

    async def distrust(self) -> None:
        """Doubt the connection that events come over: drop it and make another one."""
        await self._get_layer().distrust()

    def _get_layer(self) -> "_LoopLayer":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _LoopLayer(self._url, prefix=self._prefix, channel_layer=self)
        layer: _LoopLayer = self._layers[loop]
        return layer


class _LoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]
    def __init__(self, url: str, *, prefix: str, channel_layer: RedisLayer) -> None:
        super().__init__(hosts=[url], prefix=prefix, channel_layer=channel_layer)
        self._shards = [_Subscriptions(url, self)]

    async def distrust(self) -> None:
        for shard in self._shards:
            await shard.distrust()

    def tell_regained(self) -> None:
        message = self.channel_layer.serialize({"type": REGAINED})
        for queue in self.channels.values():
            queue.put_nowait(message)


class _Subscriptions(RedisSingleShardConnection):  # type: ignore[misc]
    """The subscriptions of one event loop, each known to be in force, over a connection that comes back."""

    def __init__(self, url: str, layer: _LoopLayer) -> None:
        super().__init__({"address": url}, layer)
        self._url = url
        self._redis: Any = None
        self._pubsub: Any = None
        self._is_lost = False
        self._is_regaining = False
        self._unconfirmed: dict[str, asyncio.Event] = {}

    async def subscribe(self, channel: str) -> None:
        """Subscribe, and wait until Redis says so; while it is gone, once it is back."""
        async with self._lock:
            self._ensure_redis()
            if channel not in self._subscribed_to:
                self._subscribed_to.add(channel)
                self._unconfirmed[channel] = asyncio.Event()
                if not self._is_lost:
                    try:
                        await self._pubsub.subscribe(channel)
                    except (RedisError, OSError):
                        self._is_lost = True
            self._ensure_receiver()
        confirmed = self._unconfirmed.get(channel)
        if confirmed is not None and not self._is_lost:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(confirmed.wait(), CONFIRMED_WITHIN)

    async def unsubscribe(self, channel: str) -> None:
        async with self._lock:
            self._unconfirmed.pop(channel, None)
            if channel not in self._subscribed_to:
                return
            self._subscribed_to.remove(channel)
            if not self._is_lost:
                with contextlib.suppress(RedisError, OSError):  # the receiver notices
                    await self._pubsub.unsubscribe(channel)

    async def distrust(self) -> None:
        connection = self._pubsub.connection if self._pubsub is not None else None
        if connection is not None:
            await connection.disconnect(nowait=True)

    def _ensure_redis(self) -> None:
        if self._redis is None:
            self._redis = async_redis.Redis.from_url(
                self._url,
                socket_connect_timeout=CONNECT_SECONDS,
                socket_timeout=ANSWER_SECONDS,
                retry=AsyncRetry(NoBackoff(), 0),
            )
            self._pubsub = self._redis.pubsub()

    async def _do_receiving(self) -> None:
        while True:
            try:
                if self._is_lost:
                    await self._regain()
                self._take(await self._pubsub.get_message(timeout=None))
            except Exception as error:  # noqa: BLE001 - a lost connection shows in many ways
                if not self._is_lost:
                    logger.warning("The connection to Redis is lost; sockets get no events: %s", error)
                self._is_lost = True
                await asyncio.sleep(LOOKED_FOR_EVERY)

    async def _regain(self) -> None:
        """Connect anew and subscribe to everything that is wanted."""
        async with self._lock:
            if self._redis is not None:
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.aclose()
                await self._redis.connection_pool.disconnect()
            self._redis = None
            self._ensure_redis()
            for channel in self._subscribed_to:
                self._unconfirmed.setdefault(channel, asyncio.Event())
            await self._pubsub.subscribe(*self._subscribed_to)
            self._is_lost = False
            self._is_regaining = True

    def _take(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["type"] == "message":
            self._receive_message(message)
        elif message["type"] == "subscribe":
            confirmed = self._unconfirmed.pop(message["channel"].decode(), None)
            if confirmed is not None:
                confirmed.set()
            if self._is_regaining and not self._unconfirmed:
                self._is_regaining = False
                logger.warning("The connection to Redis is back")
                self.channel_layer.tell_regained()
