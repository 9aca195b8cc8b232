"""The people of these tests."""

import pytest

from accounts.models import User
from content.models import Post
from tests.factories.accounts import make_user
from tests.factories.content import make_post


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def eve(db: None) -> User:
    return make_user("eve")


@pytest.fixture
def post(ada: User) -> Post:
    """A public post of Ada's."""
    return make_post(ada)
