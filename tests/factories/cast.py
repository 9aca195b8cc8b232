"""The people that most tests are about, as fixtures; a test that is transactional has them so."""

import pytest

from accounts.models import User
from tests.factories.accounts import make_user


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


@pytest.fixture
def eve(db: None) -> User:
    return make_user("eve")
