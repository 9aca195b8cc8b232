"""Crashes at each commit: what was committed stays, what was to follow does not."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from grover.core import db
from grover.core.jobs import sweep_outbox
from payments.actions.reconciling import reconcile
from payments.selectors.ledger import check_ledger


class Crash(BaseException):
    """The process died; nothing catches this."""


class Commits:
    """Counts the commits of a flow, and dies right after one of them, before anything that waited for it."""

    def __init__(self) -> None:
        self.count = 0
        self.dies_after = 0

    def committed(self) -> None:
        self.count += 1
        if self.count == self.dies_after:
            raise Crash


@contextmanager
def counted_commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Commits]:
    """Watch the commits of a block."""
    commits = Commits()
    run_once = db._run_once

    def watched(function: Callable[[], Any]) -> Any:
        outcome = run_once(function)
        commits.committed()
        return outcome

    with monkeypatch.context() as patch:
        patch.setattr(db, "_run_once", watched)
        yield commits


def run_until(commits: Commits, flow: Callable[[], object], dies_after: int) -> bool:
    """Run a flow that dies after so many commits; tell whether it did."""
    commits.count, commits.dies_after = 0, dies_after
    try:
        flow()
    except Crash:
        return True
    finally:
        commits.dies_after = 0
    return False


def heal() -> None:
    """Run the jobs that run anyway, a while later."""
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20), tick=False):
        now = timezone.now()
        sweep_outbox(now)
        reconcile(now)


def die_after_each(commits: Commits, commit_count: int, flow: Any, expected: object) -> None:
    """Run a flow that dies after each of its commits in turn; the jobs bring all to what was expected.

    Begun and run again, as a client does that got no answer, it changes nothing more.
    """
    for dies_after in range(1, commit_count + 1):
        world = flow.begin()
        assert run_until(commits, functools.partial(flow.run, world), dies_after)
        heal()
        if not flow.heals_alone:
            flow.run(world)

        assert world.state() == expected, f"after commit {dies_after} of {commit_count}"
        flow.run(world)
        assert world.state() == expected
        assert check_ledger().faults == []
