"""Work that waits for the database, in threads whose connections are given back."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

from grover.core import logs
from grover.core.ids import new_id

P = ParamSpec("P")
R = TypeVar("R")


@functools.cache
def _commands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.REALTIME_THREADS, thread_name_prefix="socket")


@functools.cache
def _upkeep() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="pulse")


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what clients wait for; there are only so many threads, so it may have to wait its turn."""
    return await _run(_commands(), functools.partial(function, *args, **kwargs))


async def in_upkeep(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what this process must not be late with, in a thread of its own."""
    return await _run(_upkeep(), functools.partial(function, *args, **kwargs))


async def _run(pool: ThreadPoolExecutor, function: Callable[[], R]) -> R:
    return await asyncio.get_running_loop().run_in_executor(pool, _with_connection, function)


def _with_connection(function: Callable[[], R]) -> R:
    close_old_connections()
    token = logs.begin_request(str(new_id()))
    try:
        return function()
    finally:
        logs.end_request(token)
        close_old_connections()
