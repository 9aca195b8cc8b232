"""The people and things of these tests."""

import pytest

from accounts.models import User
from content.models import Post
from tests.factories.cast import ada, bob, eve
from tests.factories.content import make_post

__all__ = ["ada", "bob", "eve"]


@pytest.fixture
def post(ada: User) -> Post:
    """A public post of Ada's."""
    return make_post(ada)
