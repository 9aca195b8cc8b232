"""Crashes at each commit: what was committed stays, what was to follow does not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from grover.core import db


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
