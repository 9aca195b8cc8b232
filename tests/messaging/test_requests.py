"""What strangers begin: with the requests, as far as it is allowed, until it is accepted."""

import uuid
from typing import Any

import pytest

from accounts.models import AccountSettings, User
from messaging.actions.members import tell_invited
from messaging.models import Conversation, NotificationCause
from tests.content.people import follow, mute
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, seat


def begin(client: Any, user: User) -> Any:
    return client.post("conversations", json={"kind": "direct", "user_ids": [str(user.pk)]})


def folder_of(client: Any, conversation_id: str) -> str:
    folder: str = client.get(f"conversations/{conversation_id}").json()["folder"]
    return folder


@pytest.mark.parametrize(
    ("recipient_follows", "sender_follows", "folder"),
    [
        (True, False, "inbox"),
        (True, True, "inbox"),
        (False, True, "requests"),
        (False, False, "requests"),
    ],
)
def test_what_strangers_begin_is_a_request(
    api: Any, ada: User, bob: User, recipient_follows: bool, sender_follows: bool, folder: str
) -> None:
    if recipient_follows:
        follow(bob, ada)
    if sender_follows:
        follow(ada, bob)
    card = begin(api(ada), bob).json()

    assert card["folder"] == "inbox"
    assert folder_of(api(bob), card["id"]) == folder
    [listed] = api(bob).get(f"conversations?folder={folder}").json()["results"]
    assert listed["id"] == card["id"]


@pytest.mark.parametrize("kind", ["direct", "group"])
@pytest.mark.parametrize(
    ("who_may_message", "sender_follows", "status"),
    [
        ("everyone", False, 201),
        ("followers", True, 201),
        ("followers", False, 403),
        ("nobody", True, 403),
    ],
)
def test_recipient_says_who_may_begin(
    api: Any, ada: User, bob: User, kind: str, who_may_message: str, sender_follows: bool, status: int
) -> None:
    AccountSettings.objects.create(user=bob, who_may_message=who_may_message)
    if sender_follows:
        follow(ada, bob)
    answer = api(ada).post("conversations", json={"kind": kind, "user_ids": [str(bob.pk)]})

    assert answer.status_code == status
    assert Conversation.objects.count() == int(status == 201)
    if status == 403:
        assert answer.json()["code"] == "messages_not_allowed"


def test_conversation_there_is_stays_open_whatever_is_set(api: Any, ada: User, bob: User) -> None:
    make_conversation("direct", ada, bob)
    AccountSettings.objects.create(user=bob, who_may_message="nobody")

    assert begin(api(ada), bob).status_code == 200


def test_request_is_accepted(api: Any, ada: User, bob: User) -> None:
    conversation_id = begin(api(ada), bob).json()["id"]

    for _ in range(2):
        accepted = api(bob).put(f"conversations/{conversation_id}/accept")
        assert (accepted.status_code, accepted.json()["folder"]) == (200, "inbox")
    assert api(bob).get("conversations?folder=requests").json()["results"] == []
    assert api(make_user()).put(f"conversations/{conversation_id}/accept").status_code == 404


def test_accepting_leaves_what_is_archived(api: Any, ada: User, bob: User) -> None:
    conversation = make_conversation("direct", ada, bob)
    seat(conversation, bob, folder="archived")

    assert api(bob).put(f"conversations/{conversation.pk}/accept").json()["folder"] == "archived"


def test_answering_is_accepting(api: Any, ada: User, bob: User) -> None:
    conversation_id = begin(api(ada), bob).json()["id"]
    body = {"client_id": "1", "text": "Who is there?"}
    sent = api(bob).post(f"conversations/{conversation_id}/messages", json=body)

    assert sent.status_code == 201
    assert folder_of(api(bob), conversation_id) == "inbox"


def test_request_that_is_deleted_comes_back_with_the_next_message(api: Any, ada: User, bob: User) -> None:
    conversation_id = begin(api(ada), bob).json()["id"]
    api(bob).delete(f"conversations/{conversation_id}")
    assert api(bob).get("conversations?folder=requests").json()["results"] == []

    body = {"client_id": "1", "text": "Please."}
    api(ada).post(f"conversations/{conversation_id}/messages", json=body)
    [card] = api(bob).get("conversations?folder=requests").json()["results"]
    assert (card["id"], card["unread"]) == (conversation_id, 1)


def test_who_is_invited_to_a_group_accepts_or_leaves(api: Any, ada: User, bob: User, eve: User) -> None:
    body = {"kind": "group", "user_ids": [str(bob.pk), str(eve.pk)], "title": "Engines"}
    path = f"conversations/{api(ada).post('conversations', json=body).json()['id']}"

    assert api(bob).put(f"{path}/accept").json()["folder"] == "inbox"
    assert api(eve).delete(path).status_code == 204
    assert api(ada).get(path).json()["member_count"] == 2


def told(user: User) -> list[tuple[str, str, str]]:
    """Give what somebody is told of: the kind, who did it and of what."""
    causes = NotificationCause.objects.filter(user_id=user.pk).select_related("notification").order_by("pk")
    return [
        (
            cause.notification.kind,
            User.objects.get(pk=cause.actor_id).username,
            f"{cause.notification.thing_kind}:{cause.notification.thing_id}",
        )
        for cause in causes
    ]


def test_who_is_invited_is_told_of_it_until_they_leave(api: Any, ada: User, bob: User, eve: User) -> None:
    body = {"kind": "group", "user_ids": [str(bob.pk)]}
    conversation_id = api(ada).post("conversations", json=body).json()["id"]
    invited = ("group_invite", "ada", f"conversation:{conversation_id}")
    assert (told(ada), told(bob)) == ([], [invited])

    path = f"conversations/{conversation_id}/members"
    for _ in range(2):
        api(ada).put(f"{path}/{eve.pk}")
    assert told(eve) == [invited]
    tell_invited(uuid.UUID(conversation_id))
    assert (told(ada), told(bob), told(eve)) == ([], [invited], [invited])
    api(eve).delete(f"{path}/{eve.pk}")
    assert told(eve) == []


def test_nobody_is_told_of_the_invitation_of_whom_they_mute(api: Any, ada: User, bob: User) -> None:
    mute(bob, ada)
    api(ada).post("conversations", json={"kind": "group", "user_ids": [str(bob.pk)]})

    assert told(bob) == []
    assert len(api(bob).get("conversations?folder=requests").json()["results"]) == 1
