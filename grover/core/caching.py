"""What was read once need not be read again: values kept in this process, proven fresh by stamps.

A stamp is the moment at which something last changed, kept in the shared cache (memory or Redis)
under a name such as `user:<id>`. Whoever changes a thing bumps its stamp after the commit. Whoever
reads keeps the result in this process together with the stamps of all it depends on, and uses it
again only while not one of them has moved: one round trip, however many there are.

A value is never older than its last change. The database stays the truth: with the shared cache down
nothing is kept and nothing is found, and every value expires after a minute, which also bounds what
a bump lost on the way to the cache can do.
"""

import logging
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.cache import caches

from grover.core.db import in_atomic, on_commit

T = TypeVar("T")

logger = logging.getLogger(__name__)

STAMPS = "stamps"  # of settings.CACHES; this one raises when it is down, for "unknown" is not "unchanged"
KEPT_SECONDS = 60
STAMP_SECONDS = 2 * KEPT_SECONDS
SETTLED_AFTER_SECONDS = 1.0  # more than the clocks of two hosts differ
LARGEST_BYTES = 40 * 1024 * 1024
SIZE_OF_A_NAME = 16

Stamps = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A value, what it depends on, and the stamps those had when it was read."""

    value: Any
    names: tuple[str, ...]
    stamps: Stamps
    expires_at: float
    size: int


class _Shelf:
    """The values kept in this process, the least recently used dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            if kept.expires_at < time.monotonic():
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return kept

    def put(self, key: str, kept: Kept) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self._size += kept.size
            while self._size > LARGEST_BYTES:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _drop(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= kept.size


_shelf = _Shelf()
_untold: set[str] = set()


def bump(*names: str) -> None:
    """Say, after the commit of the open transaction, that these things have changed."""
    on_commit(lambda: _bump_now(names))


def _bump_now(names: Iterable[str]) -> None:
    stamp = f"{time.time():.6f}:{secrets.token_hex(4)}"
    try:
        caches[STAMPS].set_many(dict.fromkeys(names, stamp), timeout=STAMP_SECONDS)
    except Exception:
        logger.debug("The shared cache is down; these changes are told when it is back", exc_info=True)
        _untold.update(names)
        _shelf.clear()


def _tell_the_untold() -> None:
    """Tell of the changes that the shared cache was down for."""
    names = list(_untold)
    _untold.clear()
    _bump_now(names)


def current_stamps(names: Iterable[str]) -> Stamps | None:
    """Read the stamps of things in one round trip; None while the shared cache is down.

    What has not changed of late has no stamp and is left out.
    """
    try:
        stamps = caches[STAMPS].get_many(names)
    except Exception:
        logger.debug("The shared cache is down; readers go to the database", exc_info=True)
        _shelf.clear()
        return None
    if _untold:
        _tell_the_untold()
        return None
    return stamps


def remember(key: str, read: Callable[[], tuple[T, Iterable[str], int]]) -> T:
    """Give the value kept under a key, or read, keep and give it.

    `read` returns the value, the names of all it depends on and its rough size in bytes. A value
    read while one of those was changing is given but not kept.
    """
    found, before = _recall([key])
    if key in found:
        known: T = found[key]
        return known
    started = time.time()
    value, depends_on, size = read()
    keep({key: (value, depends_on, size)}, read_since=started, before=before)
    return value


def recall(keys: Iterable[str]) -> dict[str, Any]:
    """Find the values kept under keys that are still fresh, checking all in one round trip."""
    return _recall(keys)[0]


def _recall(keys: Iterable[str]) -> tuple[dict[str, Any], Stamps]:
    """Find the fresh values, and give all stamps that were asked for, None for those there are not."""
    kept = {key: entry for key in keys if (entry := _shelf.get(key)) is not None}
    if not kept or in_atomic():  # its own writes are not told of yet
        return {}, {}
    names = _names_of(kept.values())
    now = current_stamps(names)
    if now is None:
        return {}, {}
    found = {key: entry.value for key, entry in kept.items() if _stamps_of(entry, now) == entry.stamps}
    return found, {} if len(found) == len(kept) else {name: now.get(name) for name in names}


def _names_of(entries: Collection[Kept]) -> Collection[str]:
    if len(entries) == 1:
        return next(iter(entries)).names
    return {name for entry in entries for name in entry.names}


def _stamps_of(entry: Kept, now: Stamps) -> Stamps:
    return {name: now[name] for name in entry.names if name in now}


def keep(
    values: dict[str, tuple[Any, Iterable[str], int]], *, read_since: float, before: Stamps | None = None
) -> None:
    """Keep what was read at or after a moment (of `time.time`) under keys, as `remember` does.

    `before` are stamps read before that moment: what has the same one still did not change meanwhile.
    """
    if in_atomic():  # what is not committed may never be
        return
    before = before or {}
    depends_on = {key: tuple(map(sys.intern, names)) for key, (_, names, _) in values.items()}
    now = current_stamps({name for names in depends_on.values() for name in names})
    if now is None:
        return
    expires_at = time.monotonic() + KEPT_SECONDS
    for key, (value, _, size) in values.items():
        names = depends_on[key]
        stamps = {name: now[name] for name in names if name in now}
        if all(_is_settled(stamp, read_since) or before.get(name) == stamp for name, stamp in stamps.items()):
            _shelf.put(key, Kept(value, names, stamps, expires_at, size + SIZE_OF_A_NAME * len(names)))


def _is_settled(stamp: str | None, read_since: float) -> bool:
    """Tell whether a change surely came before the reading began, so that the reading saw it."""
    return stamp is None or float(stamp.partition(":")[0]) < read_since - SETTLED_AFTER_SECONDS


def forget_everything() -> None:
    """Drop all values kept in this process."""
    _shelf.clear()
    _untold.clear()
