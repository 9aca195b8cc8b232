"""Keyset pages: lists that neither repeat nor skip an item while others insert.

A cursor names the last item of a page by the values the list is ordered by. It is opaque to clients,
signed, and good only for the list that issued it.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet

from grover.core import encoding
from grover.core.errors import InvalidCursor

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100

MOST_ROUNDS = 20

_SIGNATURE_BYTES = 12

T = TypeVar("T")
U = TypeVar("U")
M = TypeVar("M", bound=Model)

Position = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list: at most `limit` items that come after a position."""

    limit: int = DEFAULT_LIMIT
    after: Position | None = None

    @property
    def after_id(self) -> uuid.UUID | None:
        """The position of a list that is ordered by id alone."""
        if self.after is None:
            return None
        return as_id(self.after[-1])


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the position of the last one when more follow."""

    items: list[T]
    next: Position | None = None

    def map(self, function: Callable[[list[T]], list[U]]) -> "Page[U]":
        """Turn all items at once into something else, in their order."""
        return Page(function(self.items), self.next)


def as_id(value: Any) -> uuid.UUID:
    """Read an id out of a position: of one just read, or of a cursor; InvalidCursor when it is none."""
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor from error


def keyset_page(rows: QuerySet[M], request: PageRequest, *, order: Sequence[str] = ("-id",)) -> Page[M]:
    """Read one page of rows, ordered by fields of which the last is unique.

    A leading `-` means descending. Uses one query, whatever the position.
    """
    names = [name.removeprefix("-") for name in order]
    if request.after is not None:
        rows = rows.filter(_beyond(rows.model, order, request.after))
    found = list(rows.order_by(*order)[: request.limit + 1])
    items = found[: request.limit]
    more = len(found) > request.limit
    return Page(items, tuple(getattr(items[-1], name) for name in names) if more else None)


def filled_page(
    read: Callable[[PageRequest], Page[T]],
    keep: Callable[[list[T]], list[U | None]],
    request: PageRequest,
    position_of: Callable[[T], Position],
) -> Page[U]:
    """Read on until a page is full of items that may be kept, so that what is dropped leaves no gap.

    `keep` gives, for each item in order, what to show or None. Gives up on a page after
    `MOST_ROUNDS` readings; it may then be short, but its cursor goes on where reading stopped.
    """
    items: list[U] = []
    part = PageRequest(request.limit, request.after)
    for _ in range(MOST_ROUNDS):
        page = read(part)
        for item, kept in zip(page.items, keep(page.items), strict=True):
            if kept is None:
                continue
            items.append(kept)
            if len(items) == request.limit:
                is_last = item is page.items[-1] and page.next is None
                return Page(items, None if is_last else position_of(item))
        if page.next is None:
            return Page(items, None)
        part = PageRequest(request.limit, page.next)
    return Page(items, part.after)


def _beyond(model: type[Model], order: Sequence[str], position: Position) -> Q:
    """Write out the condition for rows after a position: (a, b) < (x, y)."""
    if len(position) != len(order) or None in position:
        raise InvalidCursor
    condition, equal_so_far = Q(), Q()
    for name, raw in zip(order, position, strict=True):
        field = name.removeprefix("-")
        try:
            value = model._meta.get_field(field).to_python(raw)  # type: ignore[union-attr]
        except Exception as error:
            raise InvalidCursor from error
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal_so_far & Q(**{f"{field}__{comparison}": value})
        equal_so_far &= Q(**{field: value})
    return condition


def cut_page(items: Sequence[T], request: PageRequest) -> Page[T]:
    """Cut a page out of a list that is there as a whole; the cursor is the number of items before."""
    start = number_at(request.after, 0)
    end = start + request.limit
    return Page(list(items[start:end]), (end,) if end < len(items) else None)


def number_at(position: Position | None, index: int) -> int:
    """Read a number out of a position, 0 at the beginning of a list; InvalidCursor when it is none."""
    if position is None:
        return 0
    number = position[index] if index < len(position) else None
    if not isinstance(number, int) or not 0 <= number < 2**31:
        raise InvalidCursor
    return number


def encode_cursor(position: Position, scope: str) -> str:
    """Write a position as an opaque text that only the list called `scope` accepts."""
    payload = encoding.dumps(list(position))
    return base64.urlsafe_b64encode(_signature(payload, scope) + payload).rstrip(b"=").decode()


def decode_cursor(text: str, scope: str) -> Position:
    """Read a position back; InvalidCursor when the text was made elsewhere or changed."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(payload, scope)):
        raise InvalidCursor
    return tuple(encoding.loads(payload))


def _signature(payload: bytes, scope: str) -> bytes:
    return _sign(payload, scope, settings.SECRET_KEY)


@functools.lru_cache(maxsize=10_000)
def _sign(payload: bytes, scope: str, secret: str) -> bytes:
    message = scope.encode() + b"\0" + payload
    return hmac.digest(f"grover.cursor:{secret}".encode(), message, hashlib.sha256)[:_SIGNATURE_BYTES]
