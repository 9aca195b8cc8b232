import datetime as dt
import random
import uuid
from typing import Any

import pytest
from django.utils import timezone

from grover.core import pages
from grover.core.errors import InvalidCursor
from grover.core.ids import new_id_at
from grover.core.models import OutboxJob
from grover.core.pages import PageRequest, keyset_page

START = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def make_job(number: int, **kwargs: Any) -> OutboxJob:
    return OutboxJob.objects.create(
        id=new_id_at(START + dt.timedelta(seconds=number)), name=f"job {number}", **kwargs
    )


def walk(limit: int, order: tuple[str, ...] = ("-id",), insert: Any = None) -> list[OutboxJob]:
    """Read a whole list page by page, as a client does, through the texts of its cursors."""
    found: list[OutboxJob] = []
    after: pages.Position | None = None
    while True:
        page = keyset_page(OutboxJob.objects.all(), PageRequest(limit, after), order=order)
        found += page.items
        if page.next is None:
            return found
        after = pages.decode_cursor(pages.encode_cursor(page.next, "scope"), "scope")
        if insert is not None:
            insert()


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_together_are_the_list(limit: int) -> None:
    made = [make_job(number) for number in range(7)]
    assert [job.id for job in walk(limit)] == [job.id for job in reversed(made)]


@pytest.mark.django_db
def test_last_page_that_is_full_has_no_next() -> None:
    for number in range(4):
        make_job(number)
    page = keyset_page(OutboxJob.objects.all(), PageRequest(4))
    assert (len(page.items), page.next) == (4, None)


@pytest.mark.django_db
def test_empty_list_is_one_empty_page() -> None:
    assert keyset_page(OutboxJob.objects.all(), PageRequest()) == pages.Page([], None)


@pytest.mark.django_db
def test_inserts_between_pages_neither_repeat_nor_skip() -> None:
    made = [make_job(number) for number in range(10)]
    numbers = iter(range(100, 200))
    found = walk(3, insert=lambda: make_job(next(numbers)))
    assert [job.id for job in found] == [job.id for job in reversed(made)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order", [("-attempts", "-id"), ("attempts", "id"), ("-attempts", "id"), ("attempts", "-id")]
)
def test_ties_are_broken_by_the_last_field(order: tuple[str, ...]) -> None:
    source = random.Random(1)
    for number in range(20):
        make_job(number, attempts=source.randint(0, 3))
    assert [job.id for job in walk(3, order)] == list(
        OutboxJob.objects.order_by(*order).values_list("id", flat=True)
    )


@pytest.mark.django_db
def test_times_are_a_position() -> None:
    for number in range(9):
        make_job(number, due_at=START + dt.timedelta(milliseconds=number // 3))
    found = walk(2, ("-due_at", "-id"))
    assert len({job.id for job in found}) == 9
    assert found == sorted(found, key=lambda job: (job.due_at, job.id), reverse=True)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_page_is_one_query(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make_job(number)
    with django_assert_num_queries(1):
        keyset_page(OutboxJob.objects.all(), PageRequest(2))


def test_map_keeps_the_position() -> None:
    page = pages.Page([1, 2], ("x",))
    assert page.map(lambda items: [str(item) for item in items]) == pages.Page(["1", "2"], ("x",))


def test_cursor_is_read_back() -> None:
    identifier = uuid.uuid4()
    cursor = pages.encode_cursor((identifier, 5, "é"), "scope")
    assert pages.decode_cursor(cursor, "scope") == (str(identifier), 5, "é")


def test_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        pages.decode_cursor(pages.encode_cursor(("a",), "one"), "other")


@pytest.mark.parametrize(
    "cursor", ["", "a", "a" * 17, "%%%", "é", "\0", "!" * 40, "A" * 100, "=" * 10, "x" * 100_001]
)
def test_rubbish_is_no_cursor(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        pages.decode_cursor(cursor, "scope")


def test_changed_cursor_is_refused() -> None:
    cursor = pages.encode_cursor(("abc", 5), "scope")
    for place in range(len(cursor) - 1):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(InvalidCursor):
            pages.decode_cursor(changed, "scope")


@pytest.mark.django_db
@pytest.mark.parametrize("position", [(), ("a", "b"), ("no id",), (None,), ({"a": 1},)])
def test_position_of_another_shape_is_refused(position: Any) -> None:
    with pytest.raises(InvalidCursor):
        keyset_page(OutboxJob.objects.all(), PageRequest(2, position))


@pytest.mark.parametrize("value", ["rubbish", 5, None])
def test_position_that_is_no_id_is_refused(value: Any) -> None:
    with pytest.raises(InvalidCursor):
        _ = PageRequest(2, (value,)).after_id


def test_position_of_a_list_by_id_is_an_id() -> None:
    identifier = uuid.uuid4()
    assert PageRequest(2, (str(identifier),)).after_id == identifier
    assert PageRequest(2, (identifier,)).after_id == identifier  # within one reading, before it is a text
    assert PageRequest(2).after_id is None


@pytest.mark.django_db
def test_timezone_of_a_position_is_kept() -> None:
    now = timezone.now()
    cursor = pages.encode_cursor((now,), "s")
    (text,) = pages.decode_cursor(cursor, "s")
    assert OutboxJob._meta.get_field("due_at").to_python(text) == now
