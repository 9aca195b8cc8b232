"""The channel layers: publishing from ordinary threads, with and without a Redis."""

import asyncio
import threading
import time
from typing import Any

import pytest
from redis.exceptions import RedisError

from grover.core.channel_layers import MemoryLayer, RedisLayer
from tests.services import RedisServer, black_hole, free_port


def heard(layer: Any, count: int, publish: Any) -> list[dict[str, Any]]:
    """Listen to a group in a loop, publish from another thread, give what came."""

    async def listen() -> list[dict[str, Any]]:
        channel = await layer.new_channel()
        await layer.group_add("group", channel)
        thread = threading.Thread(target=publish)
        thread.start()
        found = [await asyncio.wait_for(layer.receive(channel), 10) for _ in range(count)]
        thread.join()
        return found

    return asyncio.run(listen())


def test_memory_layer_hands_all_over_from_another_thread() -> None:
    layer = MemoryLayer()

    def publish() -> None:
        for number in range(1_000):
            layer.publish("group", {"type": "frame", "number": number})

    found = heard(layer, 1_000, publish)

    assert [message["number"] for message in found] == list(range(1_000))
    layer.publish("group", {"type": "frame"})  # to a loop that has ended
    layer.publish("nobody", {"type": "frame"})


def test_redis_layer_hands_over_from_another_thread(redis_server: RedisServer) -> None:
    redis_server.start()
    layer = RedisLayer(hosts=[redis_server.url], prefix="layers")

    def publish() -> None:
        for number in range(100):
            layer.publish("group", {"type": "frame", "number": number})

    found = heard(layer, 100, publish)

    assert [message["number"] for message in found] == list(range(100))


def test_redis_that_is_down_costs_next_to_nothing() -> None:
    layer = RedisLayer(hosts=[f"redis://127.0.0.1:{free_port()}/0"], prefix="layers")
    with pytest.raises(RedisError):
        layer.publish("group", {"type": "frame"})

    began = time.monotonic()
    for _ in range(1_000):
        layer.publish("group", {"type": "frame"})

    assert time.monotonic() - began < 0.5


def test_redis_that_does_not_answer_is_waited_for_once() -> None:
    with black_hole() as port:
        layer = RedisLayer(hosts=[f"redis://127.0.0.1:{port}/0"], prefix="layers")
        began = time.monotonic()
        with pytest.raises(RedisError):
            layer.publish("group", {"type": "frame"})
        for _ in range(100):
            layer.publish("group", {"type": "frame"})

        assert time.monotonic() - began < 3


def test_subscriptions_come_back_with_redis(redis_server: RedisServer) -> None:
    redis_server.start()
    layer = RedisLayer(hosts=[redis_server.url], prefix="layers")

    async def listen() -> list[str]:
        channel = await layer.new_channel()
        await layer.group_add("group", channel)
        redis_server.stop()
        await layer.group_add("while.it.is.gone", channel)
        redis_server.start()
        first = await asyncio.wait_for(layer.receive(channel), 10)
        for group in ("group", "while.it.is.gone"):
            await asyncio.to_thread(_publish_at_last, layer, group)
        others = [await asyncio.wait_for(layer.receive(channel), 10) for _ in range(2)]
        return [first["type"], *(message["group"] for message in others)]

    assert asyncio.run(listen()) == ["regained", "group", "while.it.is.gone"]


def _publish_at_last(layer: RedisLayer, group: str) -> None:
    layer.publish(group, {"type": "frame", "group": group})
