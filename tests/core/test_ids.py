import datetime as dt
import itertools
import uuid

import pytest

from grover.core import ids
from tests.races import run_parallel


def test_ids_sort_by_their_making() -> None:
    made = [ids.new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}


def test_ids_of_parallel_threads_differ() -> None:
    made = list(itertools.chain(*run_parallel(8, lambda _: [ids.new_id() for _ in range(1000)])))
    assert len(set(made)) == 8000


def test_id_tells_the_moment_it_was_made() -> None:
    before = dt.datetime.now(dt.UTC)
    moment = ids.created_at(ids.new_id())
    assert abs(moment - before) < dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2020, 2, 29, 23, 59, 59, 999_000, tzinfo=dt.UTC),
        dt.datetime(2026, 5, 1, 9, 30, 0, 1_000, tzinfo=dt.UTC),
    ],
)
def test_id_may_be_made_for_a_moment(moment: dt.datetime) -> None:
    identifier = ids.new_id_at(moment)
    assert ids.created_at(identifier) == moment
    assert (
        ids.smallest_id_at(moment) <= identifier < ids.smallest_id_at(moment + dt.timedelta(milliseconds=1))
    )


def test_smallest_id_is_a_lower_bound_of_its_millisecond() -> None:
    moment = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    assert ids.created_at(ids.smallest_id_at(moment)) == moment
    assert all(ids.new_id_at(moment) > ids.smallest_id_at(moment) for _ in range(1000))


def test_id_is_read_as_it_is_written() -> None:
    identifier = ids.new_id()
    assert ids.parse_id(str(identifier)) == identifier
    assert ids.parse_id(str(identifier).upper()) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "1",
        "0" * 32,
        "{01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e}",
        "urn:uuid:01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e",
        "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e ",
        "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e\n",
        "01980f7e8a3b-7c41-9d2e-5b6f7a8c9d0e-",
        "\uff10" * 36,
        "0198\u0660f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"[:36],
        "x" * 100_000,
        "\0" * 36,
    ],
)
def test_anything_else_is_no_id(text: str) -> None:
    assert ids.parse_id(text) is None


def test_id_of_any_version_is_read() -> None:
    """What has no row is simply not found."""
    assert ids.parse_id(str(uuid.UUID(int=0))) == uuid.UUID(int=0)
