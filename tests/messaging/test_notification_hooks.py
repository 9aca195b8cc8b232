"""What people do on the platform reaches those it is about, and is taken back with it."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.follows import follow_user
from accounts.errors.people import OwnAccount
from accounts.models import AccountSettings, Relation, User
from content.actions.comments import add_comment, delete_comment
from content.actions.publishing import publish_post
from content.models import Post
from content.selectors.entities import names_in
from grover.core.viewers import Viewer
from messaging.models import Notification, NotificationCause, PushDevice
from tests.content.people import block, follow, mute
from tests.factories.accounts import make_user
from tests.factories.content import make_comment, make_post
from tests.factories.notifications import box_of, set_channels
from tests.messaging.frames import published

APPS = ("accounts_", "content_", "messaging_", "media_")


@pytest.fixture
def post(ada: User) -> Post:
    """A public post of Ada's."""
    return make_post(ada, text="Engines")


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


def told(user: User) -> list[tuple[str, str, int]]:
    """List what somebody was told: the kind, the kind of thing, and how many did it; counters agree."""
    if not Notification.objects.filter(user=user).exists():
        return []
    box_of(user)
    rows = Notification.objects.filter(user=user).order_by("seq")
    return list(rows.values_list("kind", "thing_kind", "actor_count"))


def set_mentions(user: User, audience: str) -> None:
    """Say who may mention somebody."""
    AccountSettings.objects.create(user=user, who_may_mention=audience)


# --- Follows -----------------------------------------------------------------------------------


def test_follower_is_told_of_and_taken_back(api: Any, ada: User, bob: User, eve: User) -> None:
    for _ in range(2):
        api(bob).put("users/@ada/follow")
    assert told(ada) == [("follow", "", 1)]
    api(eve).put("users/@ada/follow")
    assert told(ada) == [("follow", "", 2)]

    for _ in range(2):
        api(bob).delete("users/@ada/follow")
    assert told(ada) == [("follow", "", 1)]
    assert list(NotificationCause.objects.values_list("actor_id", "source")) == [(eve.pk, f"follow:{eve.pk}")]
    api(eve).delete("users/@ada/follow")
    assert told(ada) == told(bob) == []


def test_request_is_told_and_gone_once_accepted(api: Any, bob: User) -> None:
    ada = make_user("ada", is_private=True)
    api(bob).put("users/@ada/follow")
    assert (told(ada), told(bob)) == ([("follow_request", "", 1)], [])
    [request] = api(ada).get("me/follow-requests").json()["results"]

    api(ada).post(f"me/follow-requests/{request['id']}/accept")

    assert (told(ada), told(bob)) == ([], [("follow_accepted", "", 1)])
    api(bob).delete("users/@ada/follow")
    assert (told(ada), told(bob)) == ([], [])


@pytest.mark.parametrize("end", ["reject", "undo"])
def test_request_that_is_no_more_is_taken_back(api: Any, bob: User, end: str) -> None:
    ada = make_user("ada", is_private=True)
    api(bob).put("users/@ada/follow")
    [request] = api(ada).get("me/follow-requests").json()["results"]
    if end == "reject":
        api(ada).post(f"me/follow-requests/{request['id']}/reject")
    else:
        api(bob).delete("users/@ada/follow")
    assert (told(ada), told(bob)) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_account_that_becomes_public_tells_all_who_asked(api: Any) -> None:
    ada = make_user("ada", is_private=True)
    fans = [make_user() for _ in range(3)]
    for fan in fans:
        api(fan).put("users/@ada/follow")
    assert told(ada) == [("follow_request", "", 3)]

    api(ada).patch("me/settings", json={"is_private": False})

    assert told(ada) == []
    assert [told(fan) for fan in fans] == [[("follow_accepted", "", 1)]] * 3


@pytest.mark.django_db(transaction=True)
def test_block_ends_what_was_told_of_follows(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    api(bob).put("users/@ada/follow")
    api(ada).put("users/@bob/follow")
    assert (told(ada), told(bob)) == ([("follow", "", 1)], [("follow", "", 1)])
    api(ada).put("users/@bob/block")
    assert (told(ada), told(bob)) == ([], [])


def test_refused_follow_tells_nothing(ada: User) -> None:
    with pytest.raises(OwnAccount):
        follow_user(viewer_of(ada), target_id=ada.pk)
    assert told(ada) == []


# --- Reactions ---------------------------------------------------------------------------------


def test_reactions_are_told_once_and_taken_back(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    path = f"posts/{post.pk}/reaction"
    with published() as frames:
        for kind in ("like", "love", "love"):
            api(bob).put(path, json={"kind": kind})
    assert [frame.type for frame in frames] == ["notification.created", "notification.unread"]
    assert frames[0].data["notification"]["data"] == {"excerpt": "Engines"}
    api(eve).put(path, json={"kind": "sad"})
    api(ada).put(path, json={"kind": "like"})
    assert told(ada) == [("reaction", "post", 2)]
    card = api(ada).get("notifications").json()["results"][0]
    assert (card["thing"]["id"], card["data"]) == (str(post.pk), {"excerpt": "Engines"})

    for _ in range(2):
        api(bob).delete(path)
    assert told(ada) == [("reaction", "post", 1)]
    api(ada).delete(path)
    api(eve).delete(path)
    assert told(ada) == []


def test_reaction_after_reading_begins_anew(api: Any, post: Post, ada: User, bob: User, eve: User) -> None:
    path = f"posts/{post.pk}/reaction"
    api(bob).put(path, json={"kind": "like"})
    api(ada).put("notifications/read", json={})
    api(eve).put(path, json={"kind": "like"})
    assert told(ada) == [("reaction", "post", 1), ("reaction", "post", 1)]
    api(bob).delete(path)
    assert told(ada) == [("reaction", "post", 1)]
    assert box_of(ada) == (1, 1, 2)


def test_reactions_to_comments_are_told(api: Any, post: Post, ada: User, bob: User, eve: User) -> None:
    comment = make_comment(post, bob)
    path = f"comments/{comment.pk}/reaction"
    for person in (ada, eve, bob):
        for kind in ("like", "wow"):
            api(person).put(path, json={"kind": kind})
    assert (told(bob), told(ada)) == ([("comment_reaction", "comment", 2)], [])
    for person in (ada, eve, bob):
        api(person).delete(path)
    assert told(bob) == []


def test_muted_and_turned_off_are_not_told_and_nothing_is_taken_back(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    mute(ada, bob)
    set_channels(ada, "comment", in_app=False)
    path = f"posts/{post.pk}/reaction"
    api(bob).put(path, json={"kind": "like"})
    comment_id = api(eve).post(f"posts/{post.pk}/comments", json={"text": "Hm"}).json()["id"]
    assert told(ada) == []
    assert api(bob).delete(path).status_code == 200
    assert api(eve).delete(f"comments/{comment_id}").status_code == 204
    assert told(ada) == []


# --- Comments ----------------------------------------------------------------------------------


def test_comment_reaches_the_author_and_whom_it_answers(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    path = f"posts/{post.pk}/comments"
    first = api(bob).post(path, json={"text": "One  more\nword"}).json()["id"]
    assert told(ada) == [("comment", "post", 1)]
    card = api(ada).get("notifications").json()["results"][0]
    assert card["data"] == {"comment_id": first, "excerpt": "One more word"}

    reply = api(eve).post(path, json={"text": "Indeed", "parent_id": first}).json()["id"]
    assert (told(ada), told(bob)) == ([("comment", "post", 2)], [("reply", "comment", 1)])
    card = api(bob).get("notifications").json()["results"][0]
    assert (card["thing"]["id"], card["data"]) == (first, {"comment_id": reply, "excerpt": "Indeed"})

    api(ada).post(path, json={"text": "Thanks", "parent_id": reply})
    assert told(eve) == [("reply", "comment", 1)]
    assert (told(ada), told(bob)) == ([("comment", "post", 2)], [("reply", "comment", 1)])
    api(ada).post(path, json={"text": "To myself"})
    assert told(ada) == [("comment", "post", 2)]


def test_author_who_is_answered_is_told_of_the_reply_alone(
    api: Any, post: Post, ada: User, bob: User
) -> None:
    mine = make_comment(post, ada)
    api(bob).post(f"posts/{post.pk}/comments", json={"text": "Hm", "parent_id": str(mine.pk)})
    assert told(ada) == [("reply", "comment", 1)]


@pytest.mark.django_db(transaction=True)
def test_deleted_comment_takes_all_back_that_hung_on_it(api: Any) -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    post = make_post(ada)
    path = f"posts/{post.pk}/comments"
    first = api(bob).post(path, json={"text": "Hello @eve"}).json()["id"]
    reply = api(eve).post(path, json={"text": "Hello @bob", "parent_id": first}).json()["id"]
    api(ada).put(f"comments/{reply}/reaction", json={"kind": "like"})
    api(ada).put(f"comments/{first}/reaction", json={"kind": "like"})
    assert (told(ada), told(bob), told(eve)) == (
        [("comment", "post", 2)],
        [("reply", "comment", 1), ("comment_reaction", "comment", 1)],
        [("mention", "comment", 1), ("comment_reaction", "comment", 1)],
    )

    delete_comment(viewer_of(bob), comment_id=uuid.UUID(first))

    assert (told(ada), told(bob), told(eve)) == ([], [], [])


@pytest.mark.django_db(transaction=True)
def test_deleted_post_takes_all_back_that_hung_on_it(api: Any) -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    post_id = api(ada).post("posts", json={"text": "Look @eve"}).json()["id"]
    comment_id = api(bob).post(f"posts/{post_id}/comments", json={"text": "Hello"}).json()["id"]
    api(eve).put(f"comments/{comment_id}/reaction", json={"kind": "like"})
    api(eve).put(f"posts/{post_id}/reaction", json={"kind": "like"})
    assert (told(ada), told(bob), told(eve)) == (
        [("comment", "post", 1), ("reaction", "post", 1)],
        [("comment_reaction", "comment", 1)],
        [("mention", "post", 1)],
    )
    api(ada).delete(f"posts/{post_id}")
    assert (told(ada), told(bob), told(eve)) == ([], [], [])


# --- Mentions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada, look at (@Bob.) and @eve's", ["ada", "bob", "eve"]),
        ("mail ada@example.com or .@ada or @@ada", []),
        ("@a.b_c. @a..b", ["a.b_c", "a..b"]),
        ("@ada @ADA @ada", ["ada"]),
        ("@" + "x" * 31, []),
        ("@ä @ @.ada", []),
        (" ".join(f"@p{number}" for number in range(30)), [f"p{number}" for number in range(20)]),
    ],
)
def test_names_are_found_in_texts(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_mentions_in_a_post_are_told(api: Any, ada: User, bob: User, eve: User) -> None:
    post_id = api(ada).post("posts", json={"text": "Hello @bob, @Eve, @ada and @nobody"}).json()["id"]
    assert (told(ada), told(bob), told(eve)) == ([], [("mention", "post", 1)], [("mention", "post", 1)])
    card = api(bob).get("notifications").json()["results"][0]
    assert card["thing"] == {"kind": "post", "id": post_id}
    assert card["data"] == {"excerpt": "Hello @bob, @Eve, @ada and @nobody"}
    assert [actor["username"] for actor in card["actors"]] == ["ada"]


def test_mention_respects_who_may_mention(ada: User, bob: User, eve: User) -> None:
    nobody, friend, blocker, muter = (make_user(name) for name in ("nope", "friend", "blocker", "muter"))
    set_mentions(nobody, "nobody")
    set_mentions(bob, "followers")
    set_mentions(friend, "followers")
    follow(ada, friend)
    block(blocker, ada)
    mute(muter, ada)
    publish_post(viewer_of(ada), text="@nope @bob @friend @blocker @muter @eve")
    assert {user.username: len(told(user)) for user in (nobody, bob, friend, blocker, muter, eve)} == {
        "nope": 0,
        "bob": 0,
        "friend": 1,
        "blocker": 0,
        "muter": 0,
        "eve": 1,
    }


@pytest.mark.parametrize(
    ("visibility", "is_private", "expected"),
    [
        ("public", False, [1, 1]),
        ("followers", False, [1, 0]),
        ("private", False, [0, 0]),
        ("public", True, [1, 0]),
    ],
)
def test_mention_reaches_only_who_sees_the_post(
    bob: User, eve: User, visibility: str, is_private: bool, expected: list[int]
) -> None:
    ada = make_user("ada", is_private=is_private)
    fan = make_user("fan")
    for follower in (bob, fan):
        follow(follower, ada)
    post = make_post(ada, visibility=visibility)
    publish_post(viewer_of(ada), text="@bob @eve", visibility=visibility)
    assert [len(told(user)) for user in (bob, eve)] == expected

    Notification.objects.all().delete()
    author = ada if visibility == "private" else fan
    add_comment(viewer_of(author), post_id=post.pk, text="@bob @eve")
    rows = Notification.objects.filter(kind="mention", thing_kind="comment")
    assert [rows.filter(user=user).count() for user in (bob, eve)] == expected


def test_mention_in_a_comment_crosses_no_block_of_the_author(ada: User, bob: User, eve: User) -> None:
    post = make_post(ada)
    block(ada, eve)
    add_comment(viewer_of(bob), post_id=post.pk, text="@eve @ada")
    assert (told(eve), told(ada)) == ([], [("comment", "post", 1)])


def test_edits_tell_whom_they_mention_and_take_back_whom_they_do_not(
    api: Any, ada: User, bob: User, eve: User
) -> None:
    mentioned = [("mention", "post", 1)]
    post_id = api(ada).post("posts", json={"text": "Hello @bob"}).json()["id"]
    api(ada).patch(f"posts/{post_id}", json={"text": "Hello @bob and @eve"})
    assert (told(bob), told(eve)) == (mentioned, mentioned)
    api(ada).patch(f"posts/{post_id}", json={"text": "Hello @eve"})
    assert (told(bob), told(eve)) == ([], mentioned)
    api(ada).patch(f"posts/{post_id}", json={"text": "Hello @bob"})
    assert (told(bob), told(eve)) == (mentioned, [])

    comment_id = api(ada).post(f"posts/{post_id}/comments", json={"text": "So"}).json()["id"]
    api(ada).patch(f"comments/{comment_id}", json={"text": "So @eve"})
    assert told(eve) == [("mention", "comment", 1)]
    api(ada).patch(f"comments/{comment_id}", json={"text": "So be it"})
    assert told(eve) == []


# --- What it costs -----------------------------------------------------------------------------


def test_like_is_cheap(api: Any, post: Post, ada: User, bob: User) -> None:
    fans = [make_user() for _ in range(3)]
    costs = []
    for fan in (*fans, ada):
        client = api(fan)
        client.get("me")
        with CaptureQueriesContext(connection) as queries:
            client.put(f"posts/{post.pk}/reaction", json={"kind": "like"})
        statements = [query["sql"] for query in queries.captured_queries]
        asked = [sql for sql in statements if any(name in sql for name in APPS)]
        costs.append(sum("accounts_session" not in sql for sql in asked))
    assert costs == [22, 19, 19, 8]


# --- Pushes ------------------------------------------------------------------------------------


def test_push_is_asked_for_where_it_is_wanted_and_there_is_a_device(
    monkeypatch: pytest.MonkeyPatch, post: Post, ada: User, bob: User, eve: User
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "messaging.actions.notifications.enqueue_durable", lambda name, **kwargs: asked.append((name, kwargs))
    )
    viewer = viewer_of(bob)
    add_comment(viewer, post_id=post.pk, text="No device")
    assert asked == []
    PushDevice.objects.create(user=ada, kind="web", address="https://push.example/1", address_hash="1")
    add_comment(viewer, post_id=post.pk, text="Device")
    row = Notification.objects.get(user=ada)
    assert asked == [("messaging.tasks.push_notification", {"notification_id": row.pk, "seq": 2})]
    set_channels(ada, "comment", push=False)
    add_comment(viewer, post_id=post.pk, text="Quiet")
    assert len(asked) == 1
    assert not Relation.objects.exists()
