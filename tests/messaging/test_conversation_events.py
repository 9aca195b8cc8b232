"""What is told of conversations and members: exactly, and to whom it concerns alone."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from accounts.models import User
from messaging.models import Conversation
from tests.content.people import block
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, seat
from tests.messaging.frames import Frame, published

pytestmark = pytest.mark.django_db(transaction=True)

TYPES = {
    "conversation.created",
    "conversation.changed",
    "conversation.member_joined",
    "conversation.member_left",
}


def told(*acts: Callable[[], Any]) -> list[Frame]:
    """Do things that succeed, each twice, and give the frames of conversations they published."""
    with published() as frames:
        for act in acts:
            for _ in range(2):
                assert act().status_code in (200, 201, 204)
    return [frame for frame in frames if frame.type in TYPES]


def once(act: Callable[[], Any], status: int) -> list[Frame]:
    """Do one thing, and give the frames of conversations it published."""
    with published() as frames:
        assert act().status_code == status
    return [frame for frame in frames if frame.type in TYPES]


def summary(conversation: Conversation, **fields: Any) -> dict[str, Any]:
    """Give the data of a frame that shows a conversation."""
    conversation.refresh_from_db()
    card = {
        "id": str(conversation.pk),
        "kind": conversation.kind,
        "title": conversation.title,
        "picture_url": None,
        "member_count": conversation.member_count,
        "last_seq": conversation.last_seq,
        "created_at": conversation.created_at.isoformat().replace("+00:00", "Z"),
        "active_at": conversation.active_at.isoformat().replace("+00:00", "Z"),
    }
    return {"conversation_id": str(conversation.pk), "conversation": card | fields}


def of_user(user: User) -> str:
    return f"user.{user.pk}"


def of_members(conversation: Conversation) -> str:
    return f"conversation.{conversation.pk}"


NOBODY: frozenset[str] = frozenset()


def test_beginning_is_told_to_all_who_are_in_it(api: Any, ada: User, bob: User, eve: User) -> None:
    by_ada = api(ada)
    direct = {"kind": "direct", "user_ids": [str(bob.pk)]}
    frames = told(lambda: by_ada.post("conversations", json=direct))
    data = summary(Conversation.objects.get())
    assert frames == [Frame(of_user(user), NOBODY, "conversation.created", data) for user in (ada, bob)]

    group = {"kind": "group", "user_ids": [str(bob.pk), str(eve.pk)], "title": "Engines"}
    frames = once(lambda: by_ada.post("conversations", json=group), 201)
    data = summary(Conversation.objects.get(kind="group"))
    assert frames == [Frame(of_user(user), NOBODY, "conversation.created", data) for user in (ada, bob, eve)]


def test_change_of_a_group_is_told_to_its_members(api: Any, ada: User, bob: User) -> None:
    club, by_ada = make_conversation("group", ada, bob), api(ada)
    path = f"conversations/{club.pk}"

    frames = told(
        lambda: by_ada.patch(path, json={"title": "Looms"}),
        lambda: by_ada.patch(f"{path}/members/@bob", json={"role": "admin"}),
    )
    changed = Frame(of_members(club), NOBODY, "conversation.changed", summary(club, title="Looms"))
    assert frames == [changed, changed]


def test_where_one_keeps_it_is_told_to_ones_own_devices(api: Any, ada: User, bob: User) -> None:
    conversation, by_ada = make_conversation("direct", ada, bob), api(ada)
    seat(conversation, ada, folder="requests")
    path = f"conversations/{conversation.pk}"

    frames = told(
        lambda: by_ada.put(f"{path}/accept"),
        lambda: by_ada.put(f"{path}/mute"),
        lambda: by_ada.delete(f"{path}/mute"),
        lambda: by_ada.put(f"{path}/archive"),
        lambda: by_ada.delete(f"{path}/archive"),
    )
    changed = Frame(of_user(ada), NOBODY, "conversation.changed", summary(conversation))
    assert frames == [changed] * 5
    assert once(lambda: by_ada.delete(path), 204) == [changed]


def test_joining_is_told_to_who_joins_and_to_the_others(api: Any, ada: User, bob: User, eve: User) -> None:
    club, by_ada = make_conversation("group", ada, bob), api(ada)
    block(bob, eve)

    frames = told(lambda: by_ada.put(f"conversations/{club.pk}/members/{eve.pk}"))
    joined = {
        "conversation_id": str(club.pk),
        "user_id": str(eve.pk),
        "member": {
            "user": {
                "id": str(eve.pk),
                "username": "eve",
                "display_name": "",
                "avatar_url": None,
                "is_verified": False,
            },
            "role": "member",
            "read_seq": 0,
            "joined_at": seat(club, eve).created_at.isoformat().replace("+00:00", "Z"),
        },
        "member_count": 3,
    }
    assert frames == [
        Frame(of_user(eve), NOBODY, "conversation.created", summary(club)),
        Frame(of_members(club), frozenset({str(bob.pk)}), "conversation.member_joined", joined),
    ]


def test_leaving_is_told_to_who_leaves_and_to_the_others(api: Any, ada: User, bob: User, eve: User) -> None:
    joan = make_user("joan")
    club = make_conversation("group", ada, bob, eve, joan)
    block(joan, eve)
    path = f"conversations/{club.pk}/members"

    def left(user: User, count: int, *, is_removed: bool) -> dict[str, Any]:
        return {
            "conversation_id": str(club.pk),
            "user_id": str(user.pk),
            "is_removed": is_removed,
            "member_count": count,
        }

    removed = once(lambda: api(ada).delete(f"{path}/{eve.pk}"), 204)
    data = left(eve, 3, is_removed=True)
    assert removed == [
        Frame(of_members(club), frozenset({str(joan.pk)}), "conversation.member_left", data),
        Frame(of_user(eve), NOBODY, "conversation.member_left", data),
    ]
    gone = once(lambda: api(ada).delete(f"{path}/{ada.pk}"), 204)
    data = left(ada, 2, is_removed=False)
    assert gone == [
        Frame(of_members(club), NOBODY, "conversation.member_left", data),
        Frame(of_user(ada), NOBODY, "conversation.member_left", data),
        Frame(of_members(club), NOBODY, "conversation.changed", summary(club)),
    ]
    assert seat(club, bob).role == "owner"


def test_frames_say_which_roster_they_are_for(api: Any, ada: User, bob: User, eve: User) -> None:
    club, rosters = make_conversation("group", ada, bob), []

    def publish(audience: Any, text: str) -> None:
        if audience.group == of_members(club):
            rosters.append(audience.roster)

    with patch("grover.core.events.publish", publish):
        api(ada).put(f"conversations/{club.pk}/members/{eve.pk}")
        api(ada).delete(f"conversations/{club.pk}/members/{eve.pk}")
        api(ada).patch(f"conversations/{club.pk}", json={"title": "x"})
    assert rosters == [2, 3, 3]


def test_refused_changes_are_not_told(api: Any, ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", ada, bob)
    path = f"conversations/{club.pk}"

    assert once(lambda: api(bob).patch(path, json={"title": "x"}), 403) == []
    assert once(lambda: api(bob).put(f"{path}/members/{eve.pk}"), 403) == []
    assert once(lambda: api(bob).delete(f"{path}/members/{ada.pk}"), 403) == []
    assert once(lambda: api(eve).delete(path), 404) == []
