"""What the tests of the core share."""

from tests.services import redis_server

__all__ = ["redis_server"]
