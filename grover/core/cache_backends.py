"""Redis as a cache that may be down: each process shares one pool, fails fast and tries again soon.

`DegradingRedisCache` finds nothing and keeps nothing while Redis is down. `FailFastRedisCache` says so
by an exception, for readers to whom "unknown" is not "unchanged".
"""

import functools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from grover.core.breakers import Breaker

logger = logging.getLogger(__name__)


class CacheUnavailable(Exception):
    """Redis did not answer, or failed so lately that it was not asked."""


class SharedClient(RedisCacheClient):
    """Talks to Redis through one client a process, where Django makes one for each call."""

    @functools.cached_property
    def _shared(self) -> Any:
        return self._client(connection_pool=self._get_connection_pool(write=True))  # type: ignore[attr-defined]

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._shared

    @property
    def loads(self) -> Callable[[bytes], Any]:
        """The function that reads a value."""
        read: Callable[[bytes], Any] = self._serializer.loads  # type: ignore[attr-defined]
        return read


@functools.cache
def _connection(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> SharedClient:
    return SharedClient(list(servers), retry=Retry(NoBackoff(), 1), **dict(options))


@functools.cache
def _breaker(servers: tuple[str, ...]) -> Breaker:
    return Breaker()


class FailFastRedisCache(RedisCache):
    """Raises CacheUnavailable at once while Redis is down."""

    _servers: list[str]
    _options: dict[str, Any]

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._breaker = _breaker(tuple(self._servers))

    @property
    def _cache(self) -> SharedClient:
        return _connection(tuple(self._servers), tuple(sorted(self._options.items())))

    def make_and_validate_key(self, key: str, version: int | None = None) -> str:
        """Put the prefix before a key; Redis takes any, so nothing is validated."""
        return f"{self.key_prefix}:{self.version if version is None else version}:{key}"

    def _guard(self, operation: Callable[[], Any], fallback: Any) -> Any:
        """Run an operation; the fallback is for caches that degrade."""
        if not self._breaker.allows():
            raise CacheUnavailable("Redis failed a moment ago")
        try:
            result = operation()
        except (RedisError, OSError) as error:
            if self._breaker.is_closed:
                logger.warning("The cache is down", exc_info=True)
            self._breaker.failed()
            raise CacheUnavailable("Redis did not answer") from error
        self._breaker.succeeded()
        return result

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(
            self._guard(lambda: super(FailFastRedisCache, self).add(key, value, timeout, version), False)
        )

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._guard(lambda: super(FailFastRedisCache, self).get(key, default, version), default)

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._guard(lambda: super(FailFastRedisCache, self).set(key, value, timeout, version), None)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._guard(lambda: super(FailFastRedisCache, self).touch(key, timeout, version), False))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._guard(lambda: super(FailFastRedisCache, self).delete(key, version), False))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = list(keys)
        if not names:
            return {}
        found: dict[str, Any] = self._guard(lambda: self._read_many(names, version), {})
        return found

    def _read_many(self, names: list[str], version: int | None) -> dict[str, Any]:
        """Read many values with one prefix made for all: a feed asks for some seventy."""
        prefix = self.make_and_validate_key("", version)
        values = self._cache.get_client().mget([prefix + name for name in names])
        loads = self._cache.loads
        return {name: loads(value) for name, value in zip(names, values, strict=True) if value is not None}

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._guard(lambda: super(FailFastRedisCache, self).has_key(key, version), False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._guard(lambda: super(FailFastRedisCache, self).incr(key, delta, version), delta))

    def set_many(
        self, data: dict[str, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        self._guard(lambda: super(FailFastRedisCache, self).set_many(data, timeout, version), None)
        return []

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        names = list(keys)
        self._guard(lambda: super(FailFastRedisCache, self).delete_many(names, version), None)

    def clear(self) -> None:
        self._guard(lambda: super(FailFastRedisCache, self).clear(), None)


class DegradingRedisCache(FailFastRedisCache):
    """Finds nothing and keeps nothing while Redis is down."""

    def _guard(self, operation: Callable[[], Any], fallback: Any) -> Any:
        try:
            return super()._guard(operation, fallback)
        except CacheUnavailable:
            return fallback
