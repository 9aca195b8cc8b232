"""The people and things of these tests."""

import pytest

from accounts.models import User
from content.models import Post
from grover.core import caching
from tests.factories.cast import ada, bob, eve
from tests.factories.content import make_post

__all__ = ["ada", "bob", "eve"]


@pytest.fixture
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one clock there is no difference of clocks to allow for, so everything is kept at once."""
    monkeypatch.setattr(caching, "SETTLED_AFTER_SECONDS", 0.0)


@pytest.fixture
def post(ada: User) -> Post:
    """A public post of Ada's."""
    return make_post(ada)
