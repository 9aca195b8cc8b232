"""Real threads that start together, for tests of what happens at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


def run_parallel(count: int, function: Callable[[int], Any]) -> list[Any]:
    """Call a function with 0, 1, … in as many threads at once; give what each returned or raised.

    The database connections of the threads are closed at the end. Tests that use this need
    `@pytest.mark.django_db(transaction=True)`, for threads see only what is committed.
    """
    barrier = threading.Barrier(count)

    def call(number: int) -> Any:
        try:
            barrier.wait(timeout=30)
            return function(number)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))
