"""Brokers for tests with real workers: a Redis of our own, and the RabbitMQ of the machine."""

import os
import socket
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import kombu
import pytest

from tests.services import running_redis

RABBITMQ_URL = os.environ.get("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")


@contextmanager
def running_broker(kind: str) -> Iterator[str]:
    """Give the URL of a `redis` or `rabbitmq`; skips the test where there is no RabbitMQ."""
    if kind == "redis":
        with running_redis() as server:
            yield server.url
        return
    parts = urllib.parse.urlsplit(RABBITMQ_URL)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 5672), timeout=1).close()
    except OSError:
        pytest.skip("no RabbitMQ at RABBITMQ_URL")
    yield RABBITMQ_URL


@contextmanager
def own_queue(broker: str) -> Iterator[str]:
    """Name a queue that no other test uses, and delete it at the end."""
    name = f"probes-{uuid.uuid4()}"
    yield name
    with kombu.Connection(broker) as connection, suppress(*connection.channel_errors):
        connection.channel().queue_delete(name)
