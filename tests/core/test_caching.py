import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings as project_settings
from pytest_django import Settings

from grover.core import cache_backends, caching
from grover.core.db import atomic
from grover.core.models import OutboxJob
from tests.services import RedisServer

NOW = 1_800_000_000.0


class Source:
    """Something to read, that counts how often it was read."""

    def __init__(self, *depends_on: str, size: int = 10) -> None:
        self.value = 1
        self.reads = 0
        self.depends_on = depends_on
        self.size = size

    def read(self) -> tuple[int, tuple[str, ...], int]:
        self.reads += 1
        return self.value, self.depends_on, self.size

    def remember(self, key: str = "key") -> int:
        return caching.remember(key, self.read)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


def test_value_is_read_once(clock: Any) -> None:
    source = Source("a")
    assert [source.remember(), source.remember(), source.reads] == [1, 1, 1]


def test_value_is_read_again_after_a_change_of_what_it_depends_on(clock: Any) -> None:
    source = Source("a", "b")
    source.remember()
    source.value = 2
    caching.bump("b")
    assert source.remember() == 2


def test_value_is_kept_through_changes_of_other_things(clock: Any) -> None:
    source = Source("a")
    source.remember()
    caching.bump("b")
    assert (source.remember(), source.reads) == (1, 1)


def test_value_read_while_it_was_changing_is_not_kept(clock: Any) -> None:
    source = Source("a")
    caching.bump("a")
    source.remember()
    source.remember()
    assert source.reads == 2
    clock.shift(caching.SETTLED_AFTER_SECONDS + 0.1)
    source.remember()
    source.remember()
    assert source.reads == 3


def test_change_during_the_reading_is_seen(clock: Any) -> None:
    source = Source("a")

    def read_slowly() -> tuple[int, tuple[str, ...], int]:
        read = source.read()
        source.value = 2
        caching.bump("a")
        return read

    assert caching.remember("key", read_slowly) == 1
    assert source.remember() == 2


def test_two_changes_at_one_moment_are_two(clock: Any) -> None:
    source = Source("a")
    caching.bump("a")
    first = caching.current_stamps(["a"])
    caching.bump("a")
    assert caching.current_stamps(["a"]) != first
    source.remember()


@pytest.mark.django_db(transaction=True)
def test_change_is_told_after_the_commit(clock: Any) -> None:
    source = Source("a")
    source.remember()

    @atomic
    def act() -> Any:
        caching.bump("a")
        return caching.current_stamps(["a"])

    assert act() == {}
    assert caching.current_stamps(["a"]) != {}


@pytest.mark.django_db(transaction=True)
def test_change_that_is_rolled_back_is_not_told(clock: Any) -> None:
    @atomic
    def act() -> None:
        caching.bump("a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert caching.current_stamps(["a"]) == {}


@pytest.mark.django_db(transaction=True)
def test_transaction_sees_its_own_writes_and_keeps_nothing(clock: Any) -> None:
    def read() -> tuple[int, tuple[str, ...], int]:
        return OutboxJob.objects.count(), ("jobs",), 10

    @atomic
    def act() -> int:
        OutboxJob.objects.create(name="a")
        caching.bump("jobs")
        assert caching.remember("count", read) == 1
        raise ZeroDivisionError

    assert caching.remember("count", read) == 0
    with pytest.raises(ZeroDivisionError):
        act()
    assert caching.remember("count", read) == 0


def test_value_expires_whatever_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "KEPT_SECONDS", 0)
    source = Source("a")
    source.remember()
    source.remember()
    assert source.reads == 2


def test_values_that_are_used_least_make_room(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    monkeypatch.setattr(caching, "LARGEST_BYTES", 100)
    monkeypatch.setattr(caching, "SIZE_OF_A_NAME", 0)
    source = Source("a", size=30)
    for key in ("one", "two", "three", "one", "four"):
        source.remember(key)
    assert source.reads == 4
    assert set(caching.recall({"one", "two", "three", "four"})) == {"one", "three", "four"}
    assert caching._shelf._size == 90


def test_many_values_are_checked_in_one_round_trip(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    caching.keep({f"key:{n}": (n, (f"thing:{n}", "all"), 1) for n in range(50)}, read_since=time.time())
    asked: list[set[str]] = []
    current_stamps = caching.current_stamps
    monkeypatch.setattr(
        caching, "current_stamps", lambda names: asked.append(set(names)) or current_stamps(names)
    )
    found = caching.recall({f"key:{n}" for n in range(60)})
    assert found == {f"key:{n}": n for n in range(50)}
    assert asked == [{f"thing:{n}" for n in range(50)} | {"all"}]


def test_nothing_is_asked_when_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "current_stamps", lambda names: pytest.fail("asked"))
    assert caching.recall({"a"}) == {}


# --- With Redis --------------------------------------------------------------------------------------


@pytest.fixture
def stamps_in_redis(settings: Settings, redis_server: RedisServer) -> Iterator[RedisServer]:
    redis_server.flush()
    backend = {
        "BACKEND": "grover.core.cache_backends.FailFastRedisCache",
        "LOCATION": redis_server.url,
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},
    }
    settings.CACHES = {**project_settings.CACHES, caching.STAMPS: backend}
    caching.forget_everything()
    yield redis_server
    redis_server.start()
    caching.forget_everything()
    cache_backends._breaker.cache_clear()
    cache_backends._connection.cache_clear()


def its_pause_is_over() -> None:
    for_all = cache_backends._breaker
    for_all.cache_clear()
    from django.core.cache import caches

    caches[caching.STAMPS]._breaker.succeeded()


def test_values_are_kept_by_stamps_in_redis(stamps_in_redis: RedisServer, clock: Any) -> None:
    source = Source("a")
    source.remember()
    assert (source.remember(), source.reads) == (1, 1)
    source.value = 2
    caching.bump("a")
    assert source.remember() == 2


def test_every_reader_goes_to_the_source_while_redis_is_down(
    stamps_in_redis: RedisServer, clock: Any
) -> None:
    source = Source("a")
    source.remember()
    stamps_in_redis.stop()
    source.value = 2
    assert (source.remember(), source.remember(), source.reads) == (2, 2, 3)


def test_change_that_redis_was_down_for_is_told_later(stamps_in_redis: RedisServer, clock: Any) -> None:
    other_process = caching._Shelf()
    source = Source("a")
    source.remember()
    other_process._kept.update(caching._shelf._kept)
    stamps_in_redis.stop()
    caching.bump("a")
    stamps_in_redis.start()
    its_pause_is_over()
    caching.current_stamps(["anything"])
    assert set(caching.current_stamps(["a"]) or ()) == {"a"}
    caching._shelf._kept.update(other_process._kept)
    source.value = 2
    assert source.remember() == 2
