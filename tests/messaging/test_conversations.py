"""Conversations: beginning them, reading and changing them, and where one keeps them."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id
from grover.media.models import Media
from messaging.actions.conversations import direct_with
from messaging.models import Conversation, Membership
from messaging.selectors.conversations import (
    blocked_with,
    conversation_ids_of,
    moved_since,
    roster,
)
from tests.content.costs import cost_of
from tests.content.people import block, follow, suspend
from tests.factories.accounts import make_user
from tests.factories.media import make_media
from tests.factories.messaging import make_conversation, make_message, seat


def direct(user: User) -> dict[str, Any]:
    return {"kind": "direct", "user_ids": [str(user.pk)]}


def group(*users: User, **values: Any) -> dict[str, Any]:
    return {"kind": "group", "user_ids": [str(user.pk) for user in users], **values}


def titles(response: Any) -> list[str]:
    assert response.status_code == 200
    return [card["title"] for card in response.json()["results"]]


def codes(response: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


# --- beginning -----------------------------------------------------------------------------------


def test_direct_conversation_is_begun_once(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    begun = api(ada).post("conversations", json=direct(bob))
    card = begun.json()

    assert begun.status_code == 201
    assert begun["Location"] == f"/api/v1/conversations/{card['id']}"
    assert card == {
        "id": card["id"],
        "kind": "direct",
        "title": "",
        "picture_url": None,
        "peer": {
            "id": str(bob.pk),
            "username": "bob",
            "display_name": "",
            "avatar_url": None,
            "is_verified": False,
        },
        "member_count": 2,
        "role": "member",
        "folder": "inbox",
        "muted_until": None,
        "last_seq": 0,
        "read_seq": 0,
        "unread": 0,
        "last_message": None,
        "created_at": card["created_at"],
        "active_at": card["created_at"],
    }
    again = api(ada).post("conversations", json=direct(bob))
    assert (again.status_code, again.json()) == (200, card)
    other_way = api(bob).post("conversations", json=direct(ada))
    assert other_way.status_code == 200
    assert other_way.json() == card | {"peer": card["peer"] | {"id": str(ada.pk), "username": "ada"}}
    assert Conversation.objects.count() == 1


def test_conversation_with_somebody_is_found_or_begun(api: Any, ada: User, bob: User) -> None:
    viewer = api(ada).viewer

    begun = direct_with(viewer, bob.pk)
    assert begun == direct_with(viewer, bob.pk) == Conversation.objects.get().pk


def test_group_is_begun_with_all_its_members(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    picture = make_media(ada.pk)
    body = group(bob, eve, bob, ada, title=" Engines ", picture_id=str(picture.pk))
    begun = api(ada).post("conversations", json=body)
    card = begun.json()

    assert begun.status_code == 201
    assert (card["kind"], card["title"], card["peer"], card["member_count"]) == ("group", "Engines", None, 3)
    assert (card["role"], card["folder"]) == ("owner", "inbox")
    assert card["picture_url"].endswith(f"{picture.pk}/200.webp")
    picture.refresh_from_db()
    assert (picture.attached_to, picture.access) == (f"conversation:{card['id']}:picture", "public")
    rows = Membership.objects.order_by("pk").values_list("user_id", "role", "folder", "invited_by_id")
    assert list(rows) == [
        (ada.pk, "owner", "inbox", None),
        (bob.pk, "member", "inbox", ada.pk),
        (eve.pk, "member", "requests", ada.pk),
    ]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/kind", "required"), ("/user_ids", "required")]),
        ({"kind": "channel", "user_ids": ["$bob"]}, [("/kind", "invalid_choice")]),
        ({"kind": "direct", "user_ids": []}, [("/user_ids", "empty")]),
        ({"kind": "direct", "user_ids": ["bob"]}, [("/user_ids/0", "invalid")]),
        ({"kind": "direct", "user_ids": ["$bob", "$eve"]}, [("/user_ids", "not_one")]),
        ({"kind": "direct", "user_ids": ["$bob"], "title": "Us"}, [("/title", "group_only")]),
        ({"kind": "direct", "user_ids": ["$bob"], "picture_id": "$eve"}, [("/picture_id", "group_only")]),
        ({"kind": "group", "user_ids": ["$bob"], "title": "x" * 101}, [("/title", "max_length")]),
        ({"kind": "group", "user_ids": ["$bob"], "topic": "x"}, [("/topic", "unknown")]),
        ({"kind": "group", "user_ids": ["$bob"] * 501}, [("/user_ids", "max_length")]),
        ({"kind": "group", "user_ids": ["$bob"], "picture_id": "$eve"}, [("/picture_id", "not_available")]),
    ],
)
def test_wrong_beginnings_are_refused(
    api: Any, ada: User, bob: User, eve: User, body: dict[str, Any], errors: list[Any]
) -> None:
    names = {"$bob": str(bob.pk), "$eve": str(eve.pk)}
    filled = {
        key: [names.get(item, item) for item in value] if isinstance(value, list) else names.get(value, value)
        for key, value in body.items()
    }
    answer = api(ada).post("conversations", json=filled)

    assert (answer.status_code, codes(answer)) == (422, errors)
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("kind", ["direct", "group"])
def test_nobody_begins_with_oneself(api: Any, ada: User, kind: str) -> None:
    answer = api(ada).post("conversations", json={"kind": kind, "user_ids": [str(ada.pk)]})

    assert (answer.status_code, answer.json()["code"]) == (422, "own_account")


@pytest.mark.parametrize("kind", ["direct", "group"])
def test_nobody_begins_with_whom_they_cannot_see(
    api: Any, ada: User, bob: User, eve: User, kind: str
) -> None:
    block(ada, bob)
    block(eve, ada)
    gone = make_user()
    suspend(gone)

    for user_id in (bob.pk, eve.pk, gone.pk, new_id(), uuid.uuid4()):
        answer = api(ada).post("conversations", json={"kind": kind, "user_ids": [str(user_id)]})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not Conversation.objects.exists()


def test_group_of_more_than_500_is_refused(api: Any, ada: User) -> None:
    users = User.objects.bulk_create(
        [
            User(username=f"u{number}", username_skeleton=f"u{number}", email=f"u{number}@example.com")
            for number in range(500)
        ]
    )
    answer = api(ada).post("conversations", json=group(*users))
    assert (answer.status_code, answer.json()["code"]) == (409, "group_full")

    begun = api(ada).post("conversations", json=group(*users[1:]))
    assert (begun.status_code, begun.json()["member_count"]) == (201, 500)


# --- reading -------------------------------------------------------------------------------------


def test_conversation_is_read_by_its_members_alone(api: Any, ada: User, bob: User, eve: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    make_message(conversation, ada, "Hello")

    of_bob = api(bob).get(f"conversations/{conversation.pk}").json()
    assert (of_bob["last_seq"], of_bob["read_seq"], of_bob["unread"]) == (1, 0, 1)
    assert (of_bob["last_message"]["text"], of_bob["last_message"]["seq"]) == ("Hello", 1)
    assert api(ada).get(f"conversations/{conversation.pk}").json()["unread"] == 0
    for path in (conversation.pk, new_id(), "nonsense"):
        assert api(eve).get(f"conversations/{path}").status_code == 404


def test_conversation_that_did_not_change_is_not_sent_again(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    first = api(ada).get(f"conversations/{conversation.pk}")
    again = api(ada).get(f"conversations/{conversation.pk}", **{"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_block_hides_a_direct_conversation_from_both(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    api(ada).put(f"users/{bob.pk}/block")

    for client in (api(ada), api(bob)):
        assert client.get("conversations").json()["results"] == []
        for method, path in (("get", ""), ("delete", ""), ("put", "/mute"), ("get", "/members")):
            assert client.request(method, f"conversations/{conversation.pk}{path}").status_code == 404
    api(ada).delete(f"users/{bob.pk}/block")
    assert len(api(bob).get("conversations").json()["results"]) == 1


def test_who_is_gone_is_no_peer(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    suspend(bob)

    assert api(ada).get(f"conversations/{conversation.pk}").json()["peer"] is None


def test_block_hides_the_last_message_in_a_group(api: Any, ada: User, bob: User, eve: User) -> None:
    conversation = make_conversation("group", ada, bob, eve)
    make_message(conversation, bob)
    block(ada, bob)

    assert api(ada).get(f"conversations/{conversation.pk}").json()["last_message"] is None
    assert api(eve).get(f"conversations/{conversation.pk}").json()["last_message"]["seq"] == 1


def test_list_has_the_last_active_first_in_each_folder(api: Any, ada: User, bob: User, eve: User) -> None:
    first, second, third, asked = (
        make_conversation("group", ada, bob, title=title) for title in ("one", "two", "three", "asked")
    )
    make_conversation("group", bob, eve, title="others")
    seat(asked, ada, folder="requests")
    seat(third, ada, folder="archived")
    make_message(first, bob)

    by_ada = api(ada)
    assert titles(by_ada.get("conversations")) == ["one", "two"]
    assert titles(by_ada.get("conversations?folder=inbox")) == ["one", "two"]
    assert titles(by_ada.get("conversations?folder=requests")) == ["asked"]
    assert titles(by_ada.get("conversations?folder=archived")) == ["three"]
    assert codes(by_ada.get("conversations?folder=spam")) == [("/folder", "invalid_choice")]
    assert second.last_seq == 0


def test_list_is_read_in_pages(api: Any, ada: User, bob: User) -> None:
    moment = timezone.now()
    for number in range(5):
        make_conversation("group", ada, bob, title=str(number), active_at=moment)
    make_conversation("direct", ada, bob, active_at=moment)
    block(ada, bob)

    found, path = [], "conversations?limit=2"
    while path:
        page = api(ada).get(path)
        found += titles(page)
        path = (page.json()["next"] or "").removeprefix("http://testserver")
    assert found == ["4", "3", "2", "1", "0"]
    assert api(ada).get("conversations?cursor=nonsense").json()["code"] == "invalid_cursor"


def test_list_costs_the_same_for_one_and_three(api: Any, ada: User, bob: User, eve: User) -> None:
    client = api(ada)

    def fill() -> None:
        friend = make_user()
        make_message(make_conversation("direct", ada, friend), friend)
        make_message(make_conversation("group", friend, ada, bob), friend)

    fill()
    one = cost_of(client, "conversations")
    fill()
    fill()
    assert cost_of(client, "conversations") == one
    assert one <= 8


# --- changing ------------------------------------------------------------------------------------


def test_title_and_picture_are_changed_by_owner_and_admins(api: Any, ada: User, bob: User, eve: User) -> None:
    conversation = make_conversation("group", ada, bob, eve)
    seat(conversation, bob, role="admin")
    path = f"conversations/{conversation.pk}"
    old, new = make_media(ada.pk), make_media(bob.pk)

    shown = api(ada).patch(path, json={"title": "Looms", "picture_id": str(old.pk)})
    assert (shown.status_code, shown.json()["title"]) == (200, "Looms")
    replaced = api(bob).patch(path, json={"picture_id": str(new.pk)})
    assert replaced.json()["picture_url"].endswith(f"{new.pk}/200.webp")
    assert not Media.objects.filter(pk=old.pk).exists()
    refused = api(eve).patch(path, json={"title": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low")
    bare = api(ada).patch(path, json={"picture_id": None, "title": ""})
    assert (bare.json()["title"], bare.json()["picture_url"]) == ("", None)
    assert not Media.objects.filter(pk=new.pk).exists()
    assert api(make_user()).patch(path, json={"title": "x"}).status_code == 404


def test_only_ready_images_of_ones_own_become_pictures(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("group", ada, bob)
    for media in (make_media(bob.pk), make_media(ada.pk, state="processing")):
        answer = api(ada).patch(f"conversations/{conversation.pk}", json={"picture_id": str(media.pk)})
        assert answer.status_code == 422
        assert codes(answer)[0][0] == "/picture_id"
    assert Conversation.objects.get().picture_id is None


def test_direct_conversation_has_nothing_to_change(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    answer = api(ada).patch(f"conversations/{conversation.pk}", json={"title": "Us"})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_group")


def test_change_is_refused_to_who_saw_an_older_state(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("group", ada, bob)
    path = f"conversations/{conversation.pk}"
    seen = api(ada).get(path)["ETag"]

    assert api(ada).patch(path, json={"title": "One"}, **{"If-Match": seen}).status_code == 200
    late = api(ada).patch(path, json={"title": "Two"}, **{"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert Conversation.objects.get().title == "One"


# --- for the socket ------------------------------------------------------------------------------


def test_roster_tells_who_is_in(ada: User, bob: User, eve: User) -> None:
    conversation = make_conversation("group", ada, bob)

    assert roster(conversation.pk, [ada.pk, eve.pk]) == (1, {ada.pk})
    assert roster(new_id(), [ada.pk]) == (0, set())
    assert conversation_ids_of(bob.pk) == [conversation.pk]
    assert conversation_ids_of(eve.pk) == []


def test_news_are_what_moved_or_was_read_since(api: Any, ada: User, bob: User, eve: User) -> None:
    viewer = api(ada).viewer
    now = timezone.now()
    old = {"active_at": now - dt.timedelta(days=1)}
    still, moved = make_conversation("group", ada, bob, **old), make_conversation("group", ada, bob, **old)
    read, blocked = make_conversation("group", ada, bob, **old), make_conversation("direct", ada, eve)
    make_message(moved, bob)
    seat(read, ada, read_at=now, read_seq=0)
    block(eve, ada)

    news = {item.id: (item.last_seq, item.read_seq) for item in moved_since(viewer, now)}
    assert news == {moved.pk: (1, 0), read.pk: (0, 0)}
    everything = {item.id for item in moved_since(viewer, None)}
    assert everything == {still.pk, moved.pk, read.pk}
    assert blocked.pk not in everything


@pytest.mark.parametrize("count", [2, 50])
def test_who_is_blocked_is_found_at_one_cost(
    ada: User, bob: User, count: int, django_assert_num_queries: Any
) -> None:
    others = [make_user() for _ in range(count - 1)]
    conversation = make_conversation("group", ada, *others)
    block(ada, others[0])
    block(others[-1], ada)
    block(ada, bob)

    with django_assert_num_queries(2):
        assert blocked_with(ada.pk, conversation.pk) == {others[0].pk, others[-1].pk}
    with django_assert_num_queries(1):
        assert blocked_with(new_id(), conversation.pk) == set()
