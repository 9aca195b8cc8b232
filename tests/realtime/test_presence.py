"""Who is there and who writes: told to those whom it concerns, true also after a process was killed."""

import time
from pathlib import Path

import pytest

from accounts.actions.blocks import block_user
from accounts.actions.follows import follow_user
from accounts.models import User
from messaging.models import Conversation, Membership, Seat
from tests.conftest import sign_in
from tests.operations.probes.files import until
from tests.realtime.clients import Client
from tests.realtime.servers import Realtime, running_realtime
from tests.services import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)


def state(client: Client, user: User) -> str:
    told: str = client.event("presence", user_id=str(user.pk))["data"]["state"]
    return told


def there(client: Client) -> dict[str, str]:
    return {card["user_id"]: card["state"] for card in client.hello["data"]["presence"]}


def test_first_socket_opens_and_last_closes(
    realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    with realtime.client(ada) as watcher:
        assert there(watcher) == {}
        with realtime.client(bob) as one:
            assert state(watcher, bob) == "active"
            assert there(one) == {str(ada.pk): "active"}
            with realtime.client(bob):
                pass
            until(lambda: Seat.objects.filter(user_id=bob.pk).count() == 1)
            assert watcher.types() == []
        assert state(watcher, bob) == "offline"

    until(lambda: not Seat.objects.exists())


def test_person_is_away_when_no_client_is_looked_at(
    realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    with realtime.client(ada) as watcher, realtime.client(bob) as one, realtime.client(bob) as two:
        assert state(watcher, bob) == "active"
        assert one.ask("presence.set", {"state": "away"})["data"] == {
            "user_id": str(bob.pk),
            "state": "active",
        }
        assert two.ask("presence.set", {"state": "away"})["data"]["state"] == "away"
        assert state(watcher, bob) == "away"
        assert one.ask("presence.set", {"state": "active"})["data"]["state"] == "active"
        assert state(watcher, bob) == "active"
        assert one.ask("presence.set", {"state": "offline"})["error"]["code"] == "invalid"


def test_people_who_follow_each_other_know(realtime: Realtime, ada: User, bob: User, eve: User) -> None:
    for follower, target in ((ada, bob), (bob, ada), (eve, bob)):
        follow_user(sign_in(follower)[0], target_id=target.pk)
    with realtime.client(ada) as friend, realtime.client(eve) as follower:
        with realtime.client(bob):
            assert state(friend, bob) == "active"
        assert state(friend, bob) == "offline"
        assert follower.types() == []


def test_stranger_whose_request_was_not_accepted_does_not_know(
    realtime: Realtime, ada: User, bob: User, talk: Conversation
) -> None:
    Membership.objects.filter(conversation=talk, user=bob).update(folder="requests")
    with realtime.client(ada) as stranger, realtime.client(bob) as client:
        assert (there(stranger), there(client)) == ({}, {})
        assert stranger.types() == []


def test_nobody_knows_across_a_block(realtime: Realtime, ada: User, bob: User, talk: Conversation) -> None:
    block_user(sign_in(ada)[0], target_id=bob.pk)
    with realtime.client(ada) as one, realtime.client(bob) as two:
        two.ask("presence.set", {"state": "away"})
        assert (one.types(), there(two)) == ([], {})


def test_typing_reaches_the_others_and_ends_by_itself(
    realtime: Realtime, ada: User, bob: User, eve: User, group: Conversation
) -> None:
    with realtime.client(ada) as one, realtime.client(bob) as two, realtime.client(eve) as three:
        began = time.monotonic()
        answer = one.ask("typing.start", {"conversation_id": str(group.pk)})
        for client in (two, three):
            data = client.event("typing")["data"]
            assert data["until"] == answer["data"]["until"]
            assert (data["user_id"], data["is_typing"]) == (str(ada.pk), True)
        assert two.event("typing", is_typing=False)["data"]["user_id"] == str(ada.pk)
        assert 5.5 < time.monotonic() - began < 8
        assert "typing" not in one.types()
        two.ask("typing.start", {"conversation_id": str(group.pk)})
        two.ask("typing.stop", {"conversation_id": str(group.pk)})
        assert one.event("typing")["data"]["is_typing"] is True
        assert one.event("typing")["data"]["is_typing"] is False
        two.ask("typing.start", {"conversation_id": str(group.pk)})
        assert one.event("typing")["data"]["is_typing"] is True
        began = time.monotonic()
        two.close()
        assert one.event("typing", user_id=str(bob.pk))["data"]["is_typing"] is False
        assert time.monotonic() - began < 3


def test_presence_heals_after_a_kill(
    realtime: Realtime,
    redis_layer: RedisServer,
    ada: User,
    bob: User,
    talk: Conversation,
    tmp_path: Path,
) -> None:
    seconds = 9
    with (
        running_realtime(tmp_path, redis_layer.url, TEST_SEAT_SECONDS=str(seconds)) as kept,
        running_realtime(tmp_path, redis_layer.url, TEST_SEAT_SECONDS=str(seconds)) as killed,
        kept.client(ada) as watcher,
        killed.client(bob),
    ):
        assert state(watcher, bob) == "active"
        killed.process.kill()
        began = time.monotonic()
        assert state(watcher, bob) == "offline"
        assert time.monotonic() - began < seconds * 60 / 45
        assert set(Seat.objects.values_list("user_id", flat=True)) == {ada.pk}
        assert watcher.ask("ping")["type"] == "ack"
