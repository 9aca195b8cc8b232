"""Slots: how a lower app wakes a higher one without knowing it.

The lower app declares a slot in its `ports.py`; the higher one fills it in its `apps.py`. A search
for the slot's name finds every filler.
"""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Slot(Generic[P, R]):
    """A place for functions of one signature, called in the order in which they were filled in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._fillers: list[Callable[P, R]] = []

    def fill(self, function: Callable[P, R]) -> Callable[P, R]:
        """Add a function; adding it a second time changes nothing."""
        if function not in self._fillers:
            self._fillers.append(function)
        return function

    def call(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Call every function and give what each returned."""
        return [function(*args, **kwargs) for function in self._fillers]
