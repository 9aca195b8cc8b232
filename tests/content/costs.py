"""What a request costs."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from grover.core import caching


def cost_of(client: Any, path: str, *, cold: bool = True) -> int:
    """Count the queries of a reading that succeeds, with nothing kept unless it is to be warm.

    Which sessions ended is asked once a second, whatever the request, and not counted.
    """
    if cold:
        caching.forget_everything()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return sum("accounts_session" not in query["sql"] for query in queries.captured_queries)
