"""The people of these tests, and what is left on the disk."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from grover.media.models import Media, StorageUse
from tests.factories.accounts import make_user
from tests.factories.media import as_upload
from tests.media.at_cloudinary import at_cloudinary, http, server

__all__ = ["at_cloudinary", "http", "server"]


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def eve(db: None) -> User:
    return make_user("eve")


@pytest.fixture(autouse=True)
def empty_disk() -> None:
    """Begin each test without a file."""
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture
def upload(api: Callable[..., Any]) -> Callable[..., Any]:
    """Upload bytes as somebody: `upload(ada, content, name=…, alt_text=…)`."""

    def send(user: User, content: bytes, name: str = "p.jpg", said: str = "image/jpeg", **form: Any) -> Any:
        headers = form.pop("headers", {})
        return api(user).post("media", data={"file": as_upload(content, name, said), **form}, **headers)

    return send


def stored_files() -> set[str]:
    """List the files on the disk, as names in the storage."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def assert_nothing_left() -> None:
    assert stored_files() == set()
    assert not Media.objects.exists()
    assert not StorageUse.objects.filter(used__gt=0).exists()
