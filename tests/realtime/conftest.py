"""The servers and people of these tests."""

from tests.factories.cast import ada, bob, eve
from tests.factories.talk import group, talk
from tests.realtime.servers import realtime, realtime_process, redis_layer
from tests.services import redis_server

__all__ = [
    "ada",
    "bob",
    "eve",
    "group",
    "realtime",
    "realtime_process",
    "redis_layer",
    "redis_server",
    "talk",
]
