"""What people are told of: grouped, counted, read, withdrawn, and never where it is not wanted."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.blocks import block_user
from accounts.enums import AccountStatus, NotificationKind
from accounts.models import User
from content.models import Comment
from grover.core.db import atomic
from grover.core.models import OutboxJob
from grover.core.viewers import Viewer
from messaging.actions.notifications import notify, withdraw, withdraw_from_all
from messaging.actions.withdrawals import forget_actor, sweep_notifications, withdraw_things
from messaging.models import DigestDelivery, Notification, NotificationBox, NotificationCause
from messaging.selectors.notifications import get_notification
from messaging.selectors.wording import sentence_of
from tests.content.costs import cost_of
from tests.content.people import block, mute, suspend
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_comment, make_post, unknown_id
from tests.factories.messaging import make_conversation, make_message
from tests.factories.notifications import box_of, make_notification, set_channels
from tests.messaging.frames import Frame, published


def summary(user: User) -> dict[str, Any]:
    """Show a person as others see them."""
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": user.display_name,
        "avatar_url": None,
        "is_verified": False,
    }


def listed(client: Any, query: str = "") -> list[tuple[Any, ...]]:
    """List what somebody was told: kind, who did it, how many, and seq."""
    response = client.get(f"notifications{query}")
    assert response.status_code == 200
    return [
        (card["kind"], [actor["username"] for actor in card["actors"]], card["actor_count"], card["seq"])
        for card in response.json()["results"]
    ]


def counts(client: Any) -> tuple[int, int, int]:
    """Ask what somebody has not read or seen."""
    card = client.get("notifications/unread").json()
    assert set(card) == {"unread", "unseen", "last_seq"}
    return card["unread"], card["unseen"], card["last_seq"]


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


# --- Telling -----------------------------------------------------------------------------------


def test_notification_shows_what_happened(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, text="My  engine\nruns")
    row = make_notification(
        ada, bob, kind="reaction", thing_kind="post", thing_id=post.pk, data={"colour": "red"}
    )

    [card] = api(ada).get("notifications").json()["results"]

    assert card == {
        "id": str(row.pk),
        "seq": 1,
        "kind": "reaction",
        "thing": {"kind": "post", "id": str(post.pk)},
        "actors": [summary(bob)],
        "actor_count": 1,
        "data": {"colour": "red", "excerpt": "My engine runs"},
        "is_seen": False,
        "is_read": False,
        "told_at": card["told_at"],
    }
    told_at = dt.datetime.fromisoformat(card["told_at"])
    assert abs(told_at - timezone.now()) < dt.timedelta(minutes=1)
    assert api(bob).get("notifications").json() == {"results": [], "next": None}


def test_acts_on_one_thing_are_grouped_while_unread(api: Any, ada: User) -> None:
    post, other = make_post(ada), make_post(ada)
    people = [make_user(f"fan{number}") for number in range(5)]
    about = {"kind": "reaction", "thing_kind": "post", "thing_id": post.pk}
    client = api(ada)

    make_notification(ada, people[0], **about)
    make_notification(ada, people[0], **{**about, "thing_id": other.pk})
    make_notification(ada, people[0], kind="comment", thing_kind="post", thing_id=post.pk)
    make_notification(ada, *people[1:4], **about)

    assert listed(client) == [
        ("reaction", ["fan3", "fan2", "fan1"], 4, 6),
        ("comment", ["fan0"], 1, 3),
        ("reaction", ["fan0"], 1, 2),
    ]
    assert counts(client) == (3, 3, 6)
    assert client.put("notifications/read", json={"until_seq": 2}).status_code == 200
    make_notification(ada, people[4], **{**about, "thing_id": other.pk})
    assert listed(client)[0] == ("reaction", ["fan4"], 1, 7)
    assert box_of(ada) == (3, 3 - 0, 7)


def test_one_actor_counts_once(api: Any, ada: User, bob: User, eve: User) -> None:
    post = make_post(ada)
    about = {"kind": "comment", "thing_kind": "post", "thing_id": post.pk}
    make_notification(ada, bob, bob, eve, bob, **about)

    assert listed(api(ada)) == [("comment", ["bob", "eve"], 2, 4)]
    assert box_of(ada) == (1, 1, 4)


def test_an_act_is_told_once(api: Any, ada: User, bob: User) -> None:
    client = api(ada)
    for _ in range(2):
        make_notification(ada, bob, source="follow:1")
    client.put("notifications/read", json={})
    make_notification(ada, bob, source="follow:1")

    assert listed(client) == [("follow", ["bob"], 1, 1)]
    make_notification(ada, bob, kind="follow_request")
    assert listed(client)[0] == ("follow_request", ["bob"], 1, 2)
    assert box_of(ada) == (1, 1, 2)


def test_nobody_is_told_what_they_did_or_across_a_block_or_mute(ada: User, bob: User, eve: User) -> None:
    blocker = make_user()
    block(ada, bob)
    block(blocker, ada)
    mute(ada, eve)
    for actor in (ada, bob, blocker, eve):
        notify(ada.pk, kind="follow", actor_id=actor.pk, source=f"follow:{actor.pk}")
    assert not NotificationBox.objects.exists()

    notify(eve.pk, kind="follow", actor_id=ada.pk, source="follow:ada")
    assert box_of(eve) == (1, 1, 1)


@pytest.mark.parametrize("kind", NotificationKind.values)
def test_kind_that_is_off_is_not_told(kind: str, ada: User, bob: User) -> None:
    set_channels(ada, kind, in_app=False, push=True)
    notify(ada.pk, kind=kind, actor_id=bob.pk, source="x")
    assert not Notification.objects.exists()

    set_channels(ada, kind, in_app=True)
    notify(ada.pk, kind=kind, actor_id=bob.pk, source="x")
    assert [row.kind for row in Notification.objects.all()] == [kind]


def test_frames_tell_the_person_alone(ada: User, bob: User, eve: User) -> None:
    post = make_post(ada)
    about = {"kind": "reaction", "thing_kind": "post", "thing_id": post.pk, "excerpt": "Hello"}
    make_notification(ada, eve, **about)

    with published() as frames:
        row = make_notification(ada, bob, **about)

    group, nobody = f"user.{ada.pk}", frozenset[str]()
    card = frames[0].data["notification"]
    assert frames == [
        Frame(
            group,
            nobody,
            "notification.created",
            {
                "user_id": str(ada.pk),
                "notification": {
                    "id": str(row.pk),
                    "seq": 2,
                    "kind": "reaction",
                    "thing": {"kind": "post", "id": str(post.pk)},
                    "actors": [summary(bob), summary(eve)],
                    "actor_count": 2,
                    "data": {"excerpt": "Hello"},
                    "is_seen": False,
                    "is_read": False,
                    "told_at": card["told_at"],
                },
            },
        ),
        Frame(
            group,
            nobody,
            "notification.unread",
            {"user_id": str(ada.pk), "unread": 1, "unseen": 1, "last_seq": 2},
        ),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_told() -> None:
    ada, bob = make_user(), make_user()

    @atomic
    def fail() -> None:
        make_notification(ada, bob)
        raise ZeroDivisionError

    with published() as frames, pytest.raises(ZeroDivisionError):
        fail()
    assert frames == []
    assert not NotificationBox.objects.exists()


# --- Reading -----------------------------------------------------------------------------------


def test_list_is_paged_and_picked_by_kind(api: Any, ada: User, bob: User) -> None:
    for kind in ("follow", "mention", "follow_request", "missed_call", "payment"):
        make_notification(ada, bob, kind=kind)
    client = api(ada)

    seen, url = [], "/api/v1/notifications?limit=2"
    while url:
        page = client.get(url).json()
        seen.append([card["seq"] for card in page["results"]])
        if len(seen) == 1:
            make_notification(ada, bob, kind="stream")
        url = page["next"] and page["next"].removeprefix("http://testserver")

    assert seen == [[5, 4], [3, 2], [1]]
    assert listed(client, "?kind=mention") == [("mention", ["bob"], 1, 2)]
    assert listed(client, "?kind=repost") == []
    assert refused_at(client.get("notifications?kind=weather")) == [("/kind", "invalid_choice")]


def test_what_is_hidden_is_left_out(api: Any, ada: User, bob: User, eve: User) -> None:
    gone, left = make_post(ada), make_conversation("group", bob, eve)
    secret = make_post(bob, visibility="private")
    comment = make_comment(secret, bob)
    mine = make_conversation("group", ada, bob, title="Engines")
    for kind, thing_id in (
        ("post", gone.pk),
        ("conversation", left.pk),
        ("post", secret.pk),
        ("comment", comment.pk),
        ("comment", unknown_id()),
        ("conversation", mine.pk),
        ("rocket", unknown_id()),
    ):
        make_notification(ada, bob, kind="mention", thing_kind=kind, thing_id=thing_id)
    gone.delete()

    cards = api(ada).get("notifications").json()["results"]

    assert [(card["thing"]["kind"], card["data"]) for card in cards] == [
        ("rocket", {}),
        ("conversation", {"excerpt": "Engines"}),
    ]


def test_people_who_are_gone_or_blocked_are_left_out(api: Any, ada: User, bob: User, eve: User) -> None:
    make_notification(ada, bob, eve)
    make_notification(ada, eve, kind="follow_request")
    client = api(ada)
    assert [card[1] for card in listed(client)] == [["eve"], ["eve", "bob"]]

    suspend(eve)
    assert [card[1] for card in listed(client)] == [["bob"]]
    block(bob, ada)
    assert listed(client) == []


def test_comment_that_is_there_is_quoted(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, text="Mine")
    comment = make_comment(post, bob, text="Hers")
    about = {"kind": "comment", "thing_kind": "post", "thing_id": post.pk}
    row = make_notification(ada, bob, data={"comment_id": str(comment.pk)}, **about)
    client = api(ada)

    assert client.get("notifications").json()["results"][0]["data"] == {
        "comment_id": str(comment.pk),
        "excerpt": "Hers",
    }
    Comment.objects.all().delete()
    assert client.get("notifications").json()["results"][0]["data"] == {}
    assert Notification.objects.get(pk=row.pk).data == {"comment_id": str(comment.pk)}


def test_excerpt_is_short_and_heeds_the_warning(api: Any, ada: User, bob: User) -> None:
    long, warned = make_post(ada, text="x" * 200), make_post(ada, content_warning="Spiders")
    for post in (long, warned):
        make_notification(ada, bob, kind="reaction", thing_kind="post", thing_id=post.pk)

    cards = api(ada).get("notifications").json()["results"]

    assert [card["data"]["excerpt"] for card in cards] == ["Spiders", "x" * 139 + "…"]


def test_list_costs_the_same_however_many(api: Any, ada: User) -> None:
    client = api(ada)

    def tell(number: int) -> None:
        fan, post = make_user(f"fan{number}"), make_post(ada)
        comment, answer = make_comment(post, ada), make_comment(post, fan)
        told = {"comment_id": str(answer.pk)}
        talk = make_conversation("group", ada, fan)
        make_message(talk, fan)
        make_notification(ada, fan, kind="reaction", thing_kind="post", thing_id=post.pk)
        make_notification(ada, fan, kind="comment_reaction", thing_kind="comment", thing_id=comment.pk)
        make_notification(ada, fan, kind="group_invite", thing_kind="conversation", thing_id=talk.pk)
        make_notification(ada, fan, kind="reply", thing_kind="comment", thing_id=comment.pk, data=told)
        make_notification(ada, fan)

    tell(0)
    one = cost_of(client, "notifications")
    for number in (1, 2):
        tell(number)
    assert (one, cost_of(client, "notifications")) == (10, 10)
    assert cost_of(client, "notifications/unread") == 1


def test_seeing_goes_forwards_only(api: Any, ada: User, bob: User) -> None:
    client = api(ada)
    assert client.put("notifications/seen", json={"seq": 9}).json() == {
        "unread": 0,
        "unseen": 0,
        "last_seq": 0,
    }
    for kind in ("follow", "mention", "stream"):
        make_notification(ada, bob, kind=kind)

    with published() as frames:
        for seq, unseen in ((0, 3), (2, 1), (1, 1), (2**62, 0), (3, 0)):
            card = client.put("notifications/seen", json={"seq": seq}).json()
            assert card == {"unread": 3, "unseen": unseen, "last_seq": 3}
    assert [(frame.type, frame.data["unseen"]) for frame in frames] == [
        ("notification.unread", 1),
        ("notification.unread", 0),
    ]
    assert [card["is_seen"] for card in client.get("notifications").json()["results"]] == [True] * 3
    make_notification(ada, make_user(), kind="mention")
    assert counts(client) == (3, 1, 4)
    assert box_of(ada) == (3, 1, 4)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("seen", {}, [("/seq", "required")]),
        ("seen", {"seq": -1}, [("/seq", "min_value")]),
        ("seen", {"seq": "1"}, [("/seq", "invalid")]),
        ("seen", {"seq": None}, [("/seq", "null")]),
        ("seen", {"seq": 1, "all": True}, [("/all", "unknown")]),
        ("read", {"until_seq": -1}, [("/until_seq", "min_value")]),
        ("read", {"until_seq": 1.5}, [("/until_seq", "invalid")]),
        ("read", {"seq": 1}, [("/seq", "unknown")]),
    ],
)
def test_wrong_values_are_refused(api: Any, ada: User, path: str, body: Any, expected: Any) -> None:
    assert refused_at(api(ada).put(f"notifications/{path}", json=body)) == expected


def test_all_are_read_or_those_up_to_one(api: Any, ada: User, bob: User) -> None:
    client = api(ada)
    assert client.put("notifications/read").json() == {"unread": 0, "unseen": 0, "last_seq": 0}
    for kind in ("follow", "mention", "stream"):
        make_notification(ada, bob, kind=kind)

    with published() as frames:
        first = client.put("notifications/read", json={"until_seq": 2})
        again = client.put("notifications/read", json={"until_seq": 2})

    assert first.json() == again.json() == {"unread": 1, "unseen": 1, "last_seq": 3}
    assert [(frame.type, frame.group, frame.data) for frame in frames] == [
        ("notification.unread", f"user.{ada.pk}", {"user_id": str(ada.pk), **first.json()})
    ]
    cards = client.get("notifications").json()["results"]
    assert [(card["is_read"], card["is_seen"]) for card in cards] == [
        (False, False),
        (True, True),
        (True, True),
    ]
    assert client.put("notifications/read", json={}).json() == {"unread": 0, "unseen": 0, "last_seq": 3}
    assert box_of(ada) == (0, 0, 3)


def test_one_is_read(api: Any, ada: User, bob: User) -> None:
    row = make_notification(ada, bob)
    make_notification(ada, bob, kind="mention")
    client = api(ada)

    for _ in range(2):
        response = client.put(f"notifications/{row.pk}/read")
        assert (response.status_code, response.json()["is_read"]) == (200, True)
        assert counts(client) == (1, 1, 2)

    client.put("notifications/seen", json={"seq": 2})
    client.put(f"notifications/{Notification.objects.get(seq=2).pk}/read")
    assert box_of(ada) == (0, 0, 2)
    for other in (row.pk, unknown_id(), "x"):
        assert problem(api(bob).put(f"notifications/{other}/read")) == (404, "not_found")
    make_notification(bob, ada)
    assert problem(api(bob).put(f"notifications/{row.pk}/read")) == (404, "not_found")
    assert box_of(bob) == (1, 1, 1)


# --- Taking back -------------------------------------------------------------------------------


def test_withdrawal_takes_one_act_back(api: Any, ada: User, bob: User, eve: User) -> None:
    client = api(ada)
    for actor, source in ((bob, "b1"), (eve, "e1"), (bob, "b2")):
        make_notification(ada, actor, source=source)

    steps = [("b1", ["bob", "eve"], 2), ("b1", ["bob", "eve"], 2), ("b2", ["eve"], 1)]
    for source, actors, number in steps:
        withdraw(ada.pk, source=source)
        assert listed(client) == [("follow", actors, number, 3)]
        assert box_of(ada) == (1, 1, 3)

    with published() as frames:
        withdraw(ada.pk, source="e1")
    assert [(frame.type, frame.data["unread"]) for frame in frames] == [("notification.unread", 0)]
    assert listed(client) == []
    assert box_of(ada) == (0, 0, 3)
    withdraw(bob.pk, source="e1")
    assert not NotificationCause.objects.exists()


def test_withdrawal_of_what_was_read_or_seen_counts_right(api: Any, ada: User, bob: User) -> None:
    for kind in ("follow", "mention", "stream"):
        make_notification(ada, bob, kind=kind, source=kind)
    client = api(ada)
    client.put("notifications/read", json={"until_seq": 1})
    client.put("notifications/seen", json={"seq": 2})

    for source, expected in (("follow", (2, 1, 3)), ("mention", (1, 1, 3)), ("stream", (0, 0, 3))):
        withdraw(ada.pk, source=source)
        assert box_of(ada) == expected


def test_act_is_withdrawn_from_all_who_were_told(ada: User, bob: User, eve: User) -> None:
    for user in (ada, bob):
        make_notification(user, eve, source="comment:1")
        make_notification(user, eve, source="comment:2")
    withdraw_from_all(source="comment:1")
    withdraw_from_all(source="comment:1")
    assert [box_of(user) for user in (ada, bob)] == [(1, 1, 2)] * 2
    assert set(NotificationCause.objects.values_list("source", flat=True)) == {"comment:2"}


def test_what_is_about_deleted_things_goes(ada: User, bob: User, eve: User) -> None:
    things = [unknown_id() for _ in range(3)]
    for user in (ada, bob):
        for thing in things:
            make_notification(user, eve, kind="mention", thing_kind="post", thing_id=thing)
    for _ in range(2):
        withdraw_things("post", things[:2])
        withdraw_things("comment", things)
    assert [box_of(user) for user in (ada, bob)] == [(1, 1, 3)] * 2


@pytest.mark.django_db(transaction=True)
def test_block_takes_back_what_each_was_told_of_the_other(api: Any) -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    make_notification(ada, bob, eve)
    make_notification(ada, bob, kind="mention")
    make_notification(bob, ada)

    block_user(viewer_of(ada), target_id=bob.pk)

    assert listed(api(ada)) == [("follow", ["eve"], 1, 2)]
    assert listed(api(bob)) == []
    assert [box_of(user) for user in (ada, bob)] == [(1, 1, 3), (0, 0, 1)]
    assert not OutboxJob.objects.exists()


def test_erased_person_is_forgotten(ada: User, bob: User, eve: User) -> None:
    make_notification(ada, bob, eve)
    make_notification(eve, bob)
    forget_actor(bob.pk)
    assert [box_of(user) for user in (ada, eve)] == [(1, 1, 2), (0, 0, 1)]
    assert not NotificationCause.objects.filter(actor_id=bob.pk).exists()


@pytest.mark.parametrize("status", [AccountStatus.SUSPENDED, AccountStatus.DEACTIVATED])
def test_people_who_may_come_back_are_told(ada: User, bob: User, status: str) -> None:
    User.objects.filter(pk=ada.pk).update(status=status)
    make_notification(ada, bob)
    assert box_of(ada) == (1, 1, 1)


def test_what_was_read_long_ago_is_swept(ada: User, bob: User) -> None:
    now = timezone.now()
    for kind, days in (("follow", 91), ("mention", 89), ("stream", None)):
        row = make_notification(ada, bob, kind=kind)
        read_at = None if days is None else now - dt.timedelta(days=days)
        if read_at is not None:
            Notification.objects.filter(pk=row.pk).update(read_at=read_at, unread_key=None)
            NotificationBox.objects.update(unread_count=0, unseen_count=0)
    for days in (91, 89):
        day = (now - dt.timedelta(days=days)).date()
        DigestDelivery.objects.create(user=ada, day=day, since=now, until=now)

    assert [sweep_notifications(now) for _ in range(2)] == [1, 0]

    assert set(Notification.objects.values_list("kind", flat=True)) == {"mention", "stream"}
    assert NotificationCause.objects.count() == 2
    assert DigestDelivery.objects.count() == 1
    assert box_of(ada) == (1, 1, 3)


# --- Words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (1, "Ada L. followed you"),
        (2, "@fan2 and Ada L. followed you"),
        (3, "@fan3 and 2 others followed you"),
        (12, "@fan12 and 11 others followed you"),
    ],
)
def test_notification_is_put_into_words(ada: User, people: int, expected: str) -> None:
    fans = [make_user("fan1", display_name="Ada L.")]
    fans += [make_user(f"fan{number}") for number in range(2, people + 1)]
    row = make_notification(ada, *fans)

    assert sentence_of(get_notification(viewer_of(ada), row.pk)) == expected


@pytest.mark.parametrize("kind", NotificationKind.values)
def test_every_kind_has_words(ada: User, bob: User, kind: str) -> None:
    row = make_notification(ada, bob, kind=kind)
    assert sentence_of(get_notification(viewer_of(ada), row.pk)).startswith("@bob ")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("paid", "@bob paid you"),
        ("refunded", "@bob gave you money back"),
        ("shipped", "@bob sent what you ordered"),
        ("delivered", "@bob said that the order has arrived"),
        ("cancelled", "@bob cancelled the order"),
        ("renewal_failed", "@bob could not be paid for your subscription"),
        ("ended", "@bob has you as a subscriber no longer"),
        ("gift", "@bob sent you a gift"),
        ("dispute_open", "@bob asks for their money back"),
        ("dispute_won", "@bob asked for their money back, which stays yours"),
        ("dispute_lost", "@bob was given their money back"),
    ],
)
def test_what_was_done_with_money_is_put_into_words(ada: User, bob: User, what: str, expected: str) -> None:
    row = make_notification(ada, bob, kind="payment", data={"what": what})
    assert sentence_of(get_notification(viewer_of(ada), row.pk)) == expected
