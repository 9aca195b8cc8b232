"""Who gets which frames, and who gets no more."""

import threading
import time

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from accounts.actions.blocks import block_user
from accounts.models import User
from grover.core.broadcast import frame_of, publish, to_user
from messaging.actions.conversations import start_group
from messaging.actions.members import add_member, remove_member
from messaging.actions.messages import send_message
from messaging.events.messages import MessageCreated
from messaging.models import Conversation
from messaging.selectors.threads import get_message
from tests.conftest import sign_in
from tests.factories.messaging import make_conversation, make_message
from tests.operations.probes.files import until
from tests.realtime.clients import Client
from tests.realtime.servers import Realtime

pytestmark = pytest.mark.django_db(transaction=True)


def send(user: User, conversation: Conversation, text: str) -> None:
    send_message(
        sign_in(user)[0], conversation_id=conversation.pk, client_id=text.replace(" ", "-"), text=text
    )


def texts(client: Client) -> list[str]:
    """Give the messages that came so far."""
    client.ask("ping")
    return [frame["data"]["message"]["text"] for frame in client.unread if frame["type"] == "message.created"]


def heard(client: Client, text: str) -> None:
    client.wait(lambda frame: frame["type"] == "message.created" and frame["data"]["message"]["text"] == text)


def test_all_devices_of_all_members_get_a_message(
    realtime: Realtime, ada: User, bob: User, eve: User, talk: Conversation
) -> None:
    with (
        realtime.client(ada) as one,
        realtime.client(bob) as two,
        realtime.client(bob) as three,
        realtime.client(eve) as stranger,
    ):
        send(ada, talk, "Hi")
        for client in (one, two, three):
            heard(client, "Hi")
        assert stranger.types() == []


def test_removed_member_gets_nothing_more(
    realtime: Realtime, ada: User, bob: User, eve: User, group: Conversation
) -> None:
    with realtime.client(bob) as kept, realtime.client(eve) as removed:
        send(ada, group, "before")
        heard(kept, "before")
        heard(removed, "before")
        remove_member(sign_in(ada)[0], conversation_id=group.pk, user_id=eve.pk)
        send(ada, group, "after")
        heard(kept, "after")
        assert texts(removed) == []


def test_new_group_reaches_its_members_at_once(realtime: Realtime, ada: User, bob: User, eve: User) -> None:
    with realtime.client(bob) as client:
        card = start_group(sign_in(ada)[0], user_ids=[bob.pk, eve.pk], title="Engines")
        group = Conversation.objects.get(pk=card.id)
        send(ada, group, "at once")
        created = client.event("conversation.created")
        assert created["data"]["conversation"]["id"] == str(card.id)
        told = client.wait(lambda frame: frame["type"] in ("hello", "message.created"))
        if told["type"] == "hello":  # it was said before the socket could hear it
            assert [news["last_seq"] for news in told["data"]["conversations"]] == [1]
        send(ada, group, "later")
        heard(client, "later")


def test_added_member_gets_what_is_said_from_then_on(
    realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    group = make_conversation("group", ada)
    with realtime.client(bob) as client, realtime.client(ada) as other:
        add_member(sign_in(ada)[0], conversation_id=group.pk, user_id=bob.pk)
        client.event("conversation.created")
        assert other.event("conversation.member_joined")["data"]["user_id"] == str(bob.pk)
        send(ada, group, "first")
        heard(other, "first")
        send(ada, group, "second")
        client.wait(lambda frame: frame["type"] in ("hello", "message.created"))
        send(ada, group, "third")
        heard(client, "third")


def test_block_stops_delivery_at_once(
    realtime: Realtime, ada: User, bob: User, eve: User, group: Conversation
) -> None:
    with realtime.client(bob) as one, realtime.client(eve) as two:
        block_user(sign_in(bob)[0], target_id=ada.pk)
        send(ada, group, "from Ada")
        heard(two, "from Ada")
        send(eve, group, "from Eve")
        heard(one, "from Eve")
        assert texts(one) == []
        assert one.ask("typing.start", {"conversation_id": str(group.pk)})["type"] == "ack"
        assert two.event("typing")["data"]["user_id"] == str(bob.pk)

    with realtime.client(ada) as blocked, realtime.client(bob) as blocker:
        blocker.ask("typing.start", {"conversation_id": str(group.pk)})
        assert "typing" not in blocked.types()
        assert str(bob.pk) not in [frame["data"].get("user_id") for frame in blocked.unread]
        assert str(bob.pk) not in [card["user_id"] for card in blocked.hello["data"]["presence"]]


def test_client_that_does_not_read_is_cut_and_others_do_not_notice(
    realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    viewer, token = sign_in(bob)
    message = make_message(talk, ada, "\N{GRINNING FACE}" * 5_000)
    event = MessageCreated(conversation_id=talk.pk, message=get_message(viewer, message.pk))
    text = frame_of(event.type, event, timezone.now())

    with realtime.client(ada) as other, deaf_client(realtime, token) as deaf:
        cut_before = _cut(realtime)
        stop = threading.Event()

        def flood() -> None:
            while not stop.is_set():
                publish(to_user(bob.pk), text)
                stop.wait(0.001)  # Redis itself would cut a hub that it feeds faster than that

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            delays = []
            while _cut(realtime) == cut_before:
                began = time.monotonic()
                assert other.ask("ping")["type"] == "ack"
                delays.append(time.monotonic() - began)
                stop.wait(0.06)
        finally:
            stop.set()
            thread.join()
        assert max(delays) < 2
        assert deaf.close_code() in (4408, 1006)
        send(ada, talk, "Hi")
        heard(other, "Hi")


def _cut(realtime: Realtime) -> float:
    lines = realtime.http.get("/metrics").text.splitlines()
    found = [line for line in lines if line.startswith('grover_sockets_cut_total{code="4408"}')]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


def deaf_client(realtime: Realtime, token: str) -> Client:
    """Open a socket that is not read until it is asked for its close code."""
    return Client(realtime.url, token, max_queue=1, ping_interval=None)


def test_fifty_sockets_are_enough_for_anybody(realtime: Realtime, ada: User) -> None:
    _, token = sign_in(ada)
    clients = [realtime.client(token) for _ in range(50)]
    try:
        with Client(realtime.url, token, greeted=False) as client:
            assert client.close_code() == 4429
        clients.pop().close()
        until(lambda: _opens(realtime, token))
    finally:
        for client in clients:
            client.close()


def _opens(realtime: Realtime, token: str) -> bool:
    with Client(realtime.url, token, greeted=False) as client:
        try:
            return client.read()["type"] == "hello"
        except ConnectionClosed:
            return False
