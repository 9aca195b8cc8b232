"""The servers and people of these tests."""

import pytest

from accounts.models import User
from messaging.models import Conversation
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation
from tests.realtime.servers import realtime, realtime_process, redis_layer
from tests.services import redis_server

__all__ = ["realtime", "realtime_process", "redis_layer", "redis_server"]


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada")


@pytest.fixture
def bob(transactional_db: None) -> User:
    return make_user("bob")


@pytest.fixture
def eve(transactional_db: None) -> User:
    return make_user("eve")


@pytest.fixture
def talk(ada: User, bob: User) -> Conversation:
    """A direct conversation of Ada and Bob."""
    return make_conversation("direct", ada, bob)


@pytest.fixture
def group(ada: User, bob: User, eve: User) -> Conversation:
    """A group of Ada's with Bob and Eve."""
    return make_conversation("group", ada, bob, eve)
