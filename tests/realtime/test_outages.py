"""A Redis that goes and comes back, and a process that ends."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.actions.sessions import sign_out
from accounts.models import User
from messaging.actions.members import remove_member
from messaging.actions.messages import send_message
from messaging.models import Conversation, Message, Seat
from tests.conftest import sign_in
from tests.operations.probes.files import until
from tests.realtime.clients import Client
from tests.realtime.servers import Realtime, running_realtime
from tests.services import RedisServer, running_redis

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_redis(settings: Any) -> Iterator[RedisServer]:
    """A Redis that only this test has, so that it may be killed."""
    with running_redis() as server:
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "grover.core.channel_layers.RedisLayer",
                "CONFIG": {"hosts": [server.url], "prefix": "grover"},
            }
        }
        yield server


@pytest.fixture
def own_realtime(transactional_db: None, own_redis: RedisServer, tmp_path: Path) -> Iterator[Realtime]:
    with running_realtime(tmp_path, own_redis.url) as server:
        yield server


def send(user: User, conversation: Conversation, text: str) -> None:
    send_message(sign_in(user)[0], conversation_id=conversation.pk, client_id=text, text=text)


def heard(client: Client, text: str) -> None:
    client.wait(lambda frame: frame["type"] == "message.created" and frame["data"]["message"]["text"] == text)


def test_sockets_say_hello_again_when_redis_is_back(
    own_realtime: Realtime, own_redis: RedisServer, ada: User, bob: User, talk: Conversation
) -> None:
    with own_realtime.client(ada) as one, own_realtime.client(bob) as two:
        send(ada, talk, "before")
        heard(two, "before")
        own_redis.stop()
        began = time.monotonic()
        for number in range(20):
            send(ada, talk, f"lost-{number}")
        assert time.monotonic() - began < 10
        assert (
            one.ask("message.send", {"conversation_id": str(talk.pk), "client_id": "x", "text": "x"})["type"]
            == "ack"
        )
        assert one.types() == ["presence", "message.created"]
        own_redis.start()
        hello = two.event("hello")
        assert hello["data"]["conversations"] == [{"id": str(talk.pk), "last_seq": 22, "read_seq": 0}]
        one.event("hello")
        until(lambda: _arrives(ada, talk, two))


def _arrives(user: User, talk: Conversation, client: Client) -> bool:
    """Send a message; tell whether it came soon. Who sends may not know yet that Redis is back."""
    text = f"after-{Message.objects.count()}"
    send(user, talk, text)
    try:
        client.wait(lambda frame: text in str(frame), seconds=1)
    except AssertionError:
        return False
    return True


def test_socket_opens_and_session_ends_without_redis(
    own_realtime: Realtime, own_redis: RedisServer, ada: User
) -> None:
    own_redis.stop()
    viewer, token = sign_in(ada)
    with own_realtime.client(token) as client:
        assert client.ask("ping")["type"] == "ack"
        began = time.monotonic()
        sign_out(viewer)
        assert client.event("session.ended")["data"]["session_id"] == str(viewer.session_id)
        assert client.close_code() == 4401
        assert time.monotonic() - began < 2


def test_whoever_was_removed_while_redis_was_down_gets_nothing_more(
    own_realtime: Realtime,
    own_redis: RedisServer,
    ada: User,
    bob: User,
    eve: User,
    group: Conversation,
) -> None:
    with own_realtime.client(bob) as kept, own_realtime.client(eve) as removed:
        send(ada, group, "before")
        heard(removed, "before")
        own_redis.stop()
        remove_member(sign_in(ada)[0], conversation_id=group.pk, user_id=eve.pk)
        own_redis.start()
        kept.event("hello")
        assert removed.event("hello")["data"]["conversations"] == []
        until(lambda: _arrives(ada, group, kept))
        assert "message.created" not in removed.types()


def test_process_that_ends_closes_with_1012(
    own_realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    with own_realtime.client(ada) as one, own_realtime.client(bob) as two:
        own_realtime.process.terminate()
        assert (one.close_code(), two.close_code()) == (1012, 1012)
    assert own_realtime.process.wait() in (0, 143, -15)
    assert Seat.objects.count() == 2  # swept unless the clients come back


def test_process_tells_prometheus_of_its_sockets(
    own_realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    with own_realtime.client(ada), own_realtime.client(bob) as two:
        before = own_realtime.metric("grover_frames_delivered_total")
        send(ada, talk, "Hi")
        heard(two, "Hi")
        assert own_realtime.metric("grover_sockets") == 2
        assert own_realtime.metric("grover_frames_delivered_total") == before + 2
        until(lambda: 0 < own_realtime.metric("grover_hub_lag_seconds") < 1)
    until(lambda: own_realtime.metric("grover_sockets") == 0)
