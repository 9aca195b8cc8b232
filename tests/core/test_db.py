from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from pymongo.errors import BulkWriteError

from grover.core import db
from grover.core.db import BrokenTransaction, atomic, atomic_whole, on_commit
from grover.core.ids import new_id
from grover.core.models import OutboxJob
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)


@atomic
def write(name: str = "a", **kwargs: Any) -> OutboxJob:
    return OutboxJob.objects.create(name=name, **kwargs)


@atomic
def write_then_fail(error: Exception) -> None:
    write()
    raise error


def names() -> list[str]:
    return sorted(OutboxJob.objects.values_list("name", flat=True))


def test_failure_rolls_everything_back() -> None:
    with pytest.raises(ZeroDivisionError):
        write_then_fail(ZeroDivisionError())
    assert names() == []


def test_inner_function_joins_the_outer_one() -> None:
    @atomic
    def outer() -> None:
        write("outer")
        write("inner")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert names() == []


def test_callback_waits_for_the_outermost_commit() -> None:
    seen: list[str] = []

    @atomic
    def inner() -> None:
        on_commit(lambda: seen.append("inner"))

    @atomic
    def outer() -> None:
        inner()
        on_commit(lambda: seen.append("outer"))
        assert seen == []

    outer()
    assert seen == ["inner", "outer"]


def test_callback_outside_of_a_transaction_is_called_at_once() -> None:
    seen: list[int] = []
    on_commit(lambda: seen.append(1))
    assert seen == [1]


def test_callback_of_a_transaction_that_is_rolled_back_is_never_called() -> None:
    seen: list[int] = []

    @atomic
    def act() -> None:
        on_commit(lambda: seen.append(1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    write()
    assert seen == []


def test_callback_that_fails_stops_nothing() -> None:
    seen: list[int] = []

    @atomic
    def act() -> str:
        on_commit(lambda: 1 // 0)
        on_commit(lambda: seen.append(1))
        return "done"

    assert (act(), seen) == ("done", [1])


def test_callback_may_open_a_transaction() -> None:
    @atomic
    def act() -> None:
        write("first")
        on_commit(lambda: write("second"))

    act()
    assert names() == ["first", "second"]


def test_depth_is_right_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError):
        write_then_fail(ZeroDivisionError())
    assert not db.in_atomic()
    write()
    assert names() == ["a"]


CONFLICT_AMONG_WRITES = BulkWriteError(
    {"writeErrors": [{"index": 0, "code": 112, "errmsg": "WriteConflict"}]}
)


@pytest.mark.parametrize("error", [OperationalError("database is locked"), CONFLICT_AMONG_WRITES], ids=type)
def test_lost_write_conflict_is_tried_again_with_its_callbacks(error: Exception) -> None:
    tries: list[int] = []
    seen: list[int] = []

    @atomic
    def act() -> int:
        tries.append(1)
        write()
        on_commit(lambda: seen.append(len(tries)))
        if len(tries) < 3:
            raise error
        return len(tries)

    assert act() == 3
    assert (names(), seen) == (["a"], [3])


def test_write_conflict_is_given_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "RETRY_SECONDS", 0.05)

    @atomic
    def act() -> None:
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError):
        act()


def test_violation_is_not_tried_again() -> None:
    taken = write()
    tries: list[int] = []

    @atomic
    def act() -> None:
        tries.append(1)
        write(id=taken.id)

    with pytest.raises(IntegrityError):
        act()
    assert tries == [1]


def test_parallel_inserts_of_a_unique_row_have_one_winner() -> None:
    identifier = new_id()
    outcomes = run_parallel(8, lambda number: write(str(number), id=identifier))
    assert sum(isinstance(outcome, OutboxJob) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 7


def test_parallel_conditional_updates_lose_none() -> None:
    job = write()

    @atomic
    def count_up(_: int) -> int:
        from django.db.models import F

        return OutboxJob.objects.filter(pk=job.pk, attempts__lt=5).update(attempts=F("attempts") + 1)

    assert sorted(run_parallel(10, count_up)) == [0] * 5 + [1] * 5
    assert OutboxJob.objects.get().attempts == 5


# --- Several transactions made one -----------------------------------------------------------------


def test_whole_function_is_one_transaction() -> None:
    @atomic_whole
    def act() -> None:
        write("first")
        write("second")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert names() == []


def test_failure_of_the_first_step_passes_as_it_is() -> None:
    @atomic_whole
    def act() -> None:
        write_then_fail(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        act()


def test_failure_of_a_later_step_asks_for_steps() -> None:
    @atomic_whole
    def act() -> None:
        write("first")
        write_then_fail(ZeroDivisionError())

    with pytest.raises(BrokenTransaction):
        act()
    assert names() == []


def test_going_on_after_a_failed_step_asks_for_steps() -> None:
    taken = write("taken")
    seen: list[int] = []

    @atomic_whole
    def write_more() -> None:
        on_commit(lambda: seen.append(1))
        try:
            write(id=taken.id)
        except IntegrityError:
            write("instead")

    @atomic_whole
    def read_more() -> int:
        try:
            write(id=taken.id)
        except IntegrityError:
            return OutboxJob.objects.count()
        return 0

    for function in (write_more, read_more):
        with pytest.raises(BrokenTransaction):
            function()
    assert (names(), seen) == (["taken"], [])


def test_failure_inside_a_step_is_the_business_of_that_step() -> None:
    @atomic
    def step() -> None:
        try:
            write_then_fail(ZeroDivisionError())
        except ZeroDivisionError:
            write("b")

    @atomic_whole
    def act() -> None:
        step()
        write("c")

    act()
    assert names() == ["a", "b", "c"]


def test_lost_write_conflict_of_a_step_runs_the_whole_again() -> None:
    tries: list[int] = []

    @atomic_whole
    def act() -> None:
        write("first")
        tries.append(1)
        if len(tries) == 1:
            write_then_fail(OperationalError("database is locked"))

    act()
    assert (len(tries), names()) == (2, ["first"])


def test_whole_function_leaves_no_trace_on_the_next() -> None:
    @atomic_whole
    def act() -> None:
        write("first")
        write_then_fail(ZeroDivisionError())

    with pytest.raises(BrokenTransaction):
        act()

    @atomic
    def next_one() -> None:
        try:
            write_then_fail(ZeroDivisionError())
        except ZeroDivisionError:
            write("b")

    next_one()
    assert names() == ["a", "b"]
