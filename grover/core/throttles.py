"""Rate limits: counted atomically in Redis, or in this process where there is none.

A window is counted by the `limits` library. So that a hot read does not cost a round trip for its
limit, a process takes a small part of a large quota at once, a lease, and spends it by itself: what is
leased counts as used, so a limit is never exceeded, only reached a little early where several
processes hold leases. Quotas below 100 are not leased and exact.

Without Redis when there should be one, each process grants a quarter of every quota.
"""

import functools
import hashlib
import ipaddress
import logging
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import limits
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from limits.storage import MemoryStorage, RedisStorage
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rest_framework.request import Request

from grover.core.breakers import Breaker
from grover.core.errors import RateLimited

logger = logging.getLogger(__name__)

LEASES_A_WINDOW = 50
SMALLEST_LEASED_QUOTA = 100
MOST_WINDOWS = 100_000
WITHOUT_REDIS = 4  # the quota is divided by this

BY_ADDRESS = frozenset({"sign_in", "register", "password_reset", "mail", "refresh"})


@dataclass(frozen=True, slots=True)
class Limit:
    """What is left of a quota, as the `RateLimit` headers tell it."""

    scope: str
    quota: int
    window: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.quota};w={self.window}',
            "RateLimit": f'"{self.scope}";r={self.remaining};t={self.reset}',
        }


@dataclass(slots=True)
class _Window:
    """What this process knows of one subject's window: how much of it is its own to spend."""

    quota: int
    ends_at: float
    unleased: int
    held: int


def default_scope(method: str) -> str:
    """Name the limit of a method that names none itself."""
    return "read" if method in ("GET", "HEAD", "OPTIONS") else "write"


def spend(request: Request | HttpRequest, scope: str) -> Limit:
    """Count a request against a limit; RateLimited when it is used up.

    It is counted for the account when signed in, else for the client's address. Where guessing pays
    (signing in, registering, asking for mail) it is counted for the address in any case.
    """
    viewer_id = getattr(request.user, "id", None)
    spent = [] if viewer_id is None else [spend_for(scope, f"user:{viewer_id}")]
    if viewer_id is None or scope in BY_ADDRESS:
        spent.append(spend_for(scope, f"address:{address_key(client_address(request))}"))
    return min(spent, key=lambda one: one.remaining)


def spend_for(scope: str, subject: str) -> Limit:
    """Count one use of a limit by a subject, such as the name somebody tries to sign in with."""
    quota, window = _rate(settings.RATE_LIMITS[scope], settings.RATE_LIMIT_FACTOR)
    key = f"{scope}:{hashlib.blake2b(subject.encode(), digest_size=16).hexdigest()}"
    limit = _windows.spend(scope, key, quota, window)
    if limit is None:
        reset = _windows.seconds_left(key)
        refused = Limit(scope, quota, window, 0, reset)
        raise RateLimited(
            f"Try again in {reset} seconds", headers={"Retry-After": str(reset), **refused.headers}
        )
    return limit


def describe(response: HttpResponseBase, limit: Limit | None) -> None:
    """Tell the client what is left of its limit; a refusal tells of its own."""
    if limit is None or "RateLimit" in response.headers:
        return
    for name, value in limit.headers.items():
        response.headers[name] = value


def forget_everything() -> None:
    """Start all limits of this process anew, and take up changed settings."""
    _windows.clear()
    _shared_storage.cache_clear()


@functools.cache
def _rate(text: str, factor: int) -> tuple[int, int]:
    item = limits.parse(text)
    return item.amount * max(1, factor), item.get_expiry()


class _Windows:
    """The windows of which this process holds a lease, the least recently used dropped first."""

    def __init__(self) -> None:
        self._windows: OrderedDict[str, _Window] = OrderedDict()
        self._lock = threading.Lock()
        self._memory = MemoryStorage()
        self._memory_lock = threading.Lock()
        self._breaker = Breaker()

    def spend(self, scope: str, key: str, quota: int, seconds: int) -> Limit | None:
        """Spend one use, from the lease or a new one; None when the quota is used up."""
        window = self._find(key)
        if window is None or not self._spend_held(window):
            if window is not None and window.unleased == 0:
                return None
            window = self._lease(key, quota, seconds)
            if window is None:
                return None
        return Limit(
            scope,
            window.quota,
            seconds,
            max(0, window.unleased + window.held),
            _whole_seconds(window.ends_at - time.time()),
        )

    def seconds_left(self, key: str) -> int:
        """Tell when a window that was used up ends."""
        with self._lock:
            window = self._windows.get(key)
        return _whole_seconds(window.ends_at - time.time()) if window is not None else 1

    def clear(self) -> None:
        with self._lock:
            self._windows.clear()
        with self._memory_lock:
            self._memory.reset()
        self._breaker.succeeded()

    def _find(self, key: str) -> _Window | None:
        with self._lock:
            window = self._windows.get(key)
            if window is None:
                return None
            if window.ends_at <= time.time():
                del self._windows[key]
                return None
            self._windows.move_to_end(key)
            return window

    def _spend_held(self, window: _Window) -> bool:
        with self._lock:
            if window.held < 1:
                return False
            window.held -= 1
            return True

    def _lease(self, key: str, quota: int, seconds: int) -> _Window | None:
        """Take a lease and spend the first use of it; None when nothing was left to take."""
        quota, used, wanted, ends_at = self._count(key, quota, seconds)
        granted = min(wanted, max(0, quota - (used - wanted)))
        with self._lock:
            window = self._windows.get(key)
            if window is None or window.ends_at <= time.time() or used == wanted:
                window = self._windows[key] = _Window(quota, ends_at, 0, 0)
            window.quota = quota
            window.unleased = max(0, quota - used)
            window.held += max(0, granted - 1)
            self._windows.move_to_end(key)
            while len(self._windows) > MOST_WINDOWS:
                self._windows.popitem(last=False)
            return window if granted else None

    def _count(self, key: str, quota: int, seconds: int) -> tuple[int, int, int, float]:
        """Take a lease out of the window; give the quota, all that is used, the lease, when it ends."""
        storage = _shared_storage()
        if storage is not None and self._breaker.allows():
            try:
                counted = self._count_in(storage, key, quota, seconds)
            except (RedisError, OSError):
                self._breaker.failed()
                logger.warning("Redis is down; this process counts rate limits by itself", exc_info=True)
            else:
                self._breaker.succeeded()
                return counted
        if storage is not None:
            quota = max(1, quota // WITHOUT_REDIS)
        with self._memory_lock:
            return self._count_in(self._memory, key, quota, seconds)

    def _count_in(self, storage: Any, key: str, quota: int, seconds: int) -> tuple[int, int, int, float]:
        wanted = quota // LEASES_A_WINDOW if quota >= SMALLEST_LEASED_QUOTA else 1
        used = storage.incr(key, seconds, wanted)
        if used == wanted:
            return quota, used, wanted, time.time() + seconds
        known = self._find(key)
        return quota, used, wanted, known.ends_at if known is not None else storage.get_expiry(key)


def _whole_seconds(seconds: float) -> int:
    return max(1, math.ceil(seconds))


_windows = _Windows()


@functools.cache
def _shared_storage() -> RedisStorage | None:
    if not settings.REDIS_URL:
        return None
    return RedisStorage(
        settings.REDIS_URL,
        key_prefix="grover:limits",
        socket_connect_timeout=0.3,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), 1),  # type: ignore[arg-type]
    )


def client_address(request: Request | HttpRequest) -> str:
    """Give the address a request came from: the peer's, or what TRUSTED_PROXIES proxies say of it.

    Each trusted proxy appends one address to `X-Forwarded-For`; what stands before those anyone can
    have written. A header too short to have come through the proxies is not believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXIES
    if not hops:
        return peer
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if len(forwarded) < hops:
        return peer
    address = _parse_address(forwarded[-hops].strip())
    return str(address) if address is not None else peer


def address_key(address: str) -> str:
    """Give what an address is counted by: itself, or the /64 network that one IPv6 customer owns."""
    parsed = _parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
    return str(parsed) if parsed is not None else "unknown"


def _parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address as proxies write them, with or without a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
