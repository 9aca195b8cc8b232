"""Uploads that are kept at a local Cloudinary instead of on the disk."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from pytest_httpserver import HTTPServer

from grover.core.db import in_atomic
from grover.media.providers.cloudinary import CloudinaryStorage
from tests.media.cloudinary_server import CloudinaryServer


@pytest.fixture(scope="module")
def http() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as http:
        yield http


@pytest.fixture
def server(http: HTTPServer) -> Iterator[CloudinaryServer]:
    server = CloudinaryServer(http)
    server.start()
    yield server
    server.answers.set()


class StrictStorage(CloudinaryStorage):
    """Refuses to be asked inside a transaction, which would wait for the network."""

    def _save(self, *args: Any) -> Any:
        assert not in_atomic()
        return super()._save(*args)

    def _open(self, *args: Any) -> Any:
        assert not in_atomic()
        return super()._open(*args)

    def _make(self, *args: Any) -> Any:
        assert not in_atomic()
        return super()._make(*args)

    def delete(self, name: str) -> None:
        assert not in_atomic()
        super().delete(name)

    def _describe(self, name: str) -> Any:
        assert not in_atomic()
        return super()._describe(name)


@pytest.fixture
def at_cloudinary(server: CloudinaryServer) -> Iterator[CloudinaryServer]:
    """Keep uploads at the server instead of on the disk."""
    strict = StrictStorage(server.url, answer_seconds=1.0)
    with patch.object(default_storage, "_wrapped", strict):
        yield server
