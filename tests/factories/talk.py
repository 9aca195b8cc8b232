"""Conversations of the people that most tests are about, as fixtures."""

import pytest

from accounts.models import User
from messaging.models import Conversation
from tests.factories.messaging import make_conversation


@pytest.fixture
def talk(ada: User, bob: User) -> Conversation:
    """A direct conversation of Ada and Bob."""
    return make_conversation("direct", ada, bob)


@pytest.fixture
def group(ada: User, bob: User, eve: User) -> Conversation:
    """A group of Ada's with Bob and Eve."""
    return make_conversation("group", ada, bob, eve)
