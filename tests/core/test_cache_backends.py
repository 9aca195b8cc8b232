import time
from collections.abc import Iterator
from typing import Any

import pytest

from grover.core import cache_backends
from grover.core.cache_backends import CacheUnavailable, DegradingRedisCache, FailFastRedisCache
from tests.races import run_parallel
from tests.services import RedisServer, black_hole

OPTIONS = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}
UNREACHABLE = "redis://127.0.0.1:1/0"

OPERATIONS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("add", ("a", 1), False),
    ("get", ("a",), None),
    ("get", ("a", "default"), "default"),
    ("set", ("a", 1), None),
    ("touch", ("a",), False),
    ("delete", ("a",), False),
    ("get_many", (["a", "b"],), {}),
    ("has_key", ("a",), False),
    ("incr", ("a", 3), 3),
    ("decr", ("a", 3), -3),
    ("set_many", ({"a": 1},), []),
    ("delete_many", (["a"],), None),
    ("get_or_set", ("a", 5), 5),
    ("clear", (), None),
]


def make(kind: type[FailFastRedisCache], url: str) -> FailFastRedisCache:
    return kind(url, {"OPTIONS": dict(OPTIONS), "KEY_PREFIX": "tests"})


@pytest.fixture(autouse=True)
def no_leftovers_of_redis() -> Iterator[None]:
    yield
    cache_backends._breaker.cache_clear()
    cache_backends._connection.cache_clear()


@pytest.mark.parametrize("kind", [DegradingRedisCache, FailFastRedisCache])
def test_values_are_kept(kind: type[FailFastRedisCache], redis_server: RedisServer) -> None:
    redis_server.flush()
    cache = make(kind, redis_server.url)
    cache.set("a", {"x": [1, None, "é"]})
    cache.set_many({"b": 1, "c with spaces\n": "2"}, timeout=60)
    assert cache.get("a") == {"x": [1, None, "é"]}
    assert cache.get_many(["b", "c with spaces\n", "d"]) == {"b": 1, "c with spaces\n": "2"}
    assert cache.get_many([]) == {}
    assert cache.incr("b") == 2
    assert (cache.add("a", 1), cache.add("e", 1), cache.has_key("e")) == (False, True, True)
    cache.delete_many(["a", "e"])
    assert (cache.get("a"), cache.delete("b"), cache.delete("b")) == (None, True, False)


@pytest.mark.parametrize(("operation", "arguments", "answer"), OPERATIONS)
def test_degrading_cache_finds_and_keeps_nothing_while_redis_is_down(
    operation: str, arguments: tuple[Any, ...], answer: Any
) -> None:
    assert getattr(make(DegradingRedisCache, UNREACHABLE), operation)(*arguments) == answer


@pytest.mark.parametrize(("operation", "arguments", "answer"), OPERATIONS)
def test_fail_fast_cache_says_that_redis_is_down(
    operation: str, arguments: tuple[Any, ...], answer: Any
) -> None:
    with pytest.raises(CacheUnavailable):
        getattr(make(FailFastRedisCache, UNREACHABLE), operation)(*arguments)


def test_redis_that_never_answers_holds_up_one_caller_only() -> None:
    with black_hole() as port:
        cache = make(DegradingRedisCache, f"redis://127.0.0.1:{port}/0")
        started = time.monotonic()
        cache.get("a")
        first = time.monotonic() - started
        started = time.monotonic()
        for _ in range(1000):
            cache.get("a")
        others = time.monotonic() - started
    assert first < 1.5
    assert others < 0.2


def test_redis_that_dies_and_comes_back_is_used_again(redis_server: RedisServer) -> None:
    redis_server.flush()
    cache = make(DegradingRedisCache, redis_server.url)
    cache.set("a", 1)
    redis_server.stop()
    assert cache.get("a") is None
    redis_server.start()
    assert cache.get("a") is None  # not asked before its pause is over
    cache._breaker._closed_again_at = time.monotonic()
    cache.set("a", 2)
    assert cache.get("a") == 2


def test_one_caller_at_a_time_tries_a_redis_that_is_down() -> None:
    breaker = cache_backends.Breaker(seconds=60)
    breaker.failed()
    assert breaker.allows() is False
    breaker._closed_again_at = time.monotonic()
    assert sorted(run_parallel(8, lambda _: breaker.allows())) == [False] * 7 + [True]


def test_threads_share_one_pool(redis_server: RedisServer) -> None:
    pools = run_parallel(4, lambda _: id(make(DegradingRedisCache, redis_server.url)._cache))
    assert len(set(pools)) == 1
