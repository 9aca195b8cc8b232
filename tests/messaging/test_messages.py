"""Sending, reading, editing and taking back messages, as named people do it over REST."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountSettings, User
from grover.core.viewers import Viewer
from messaging.actions.messages import send_message
from messaging.models import Conversation, Message, MessageReaction, Notification
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat
from tests.messaging.frames import published

UNKNOWN = "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"
A_POST = {"kind": "post", "id": UNKNOWN}
TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "session.")


def summary(user: User) -> dict[str, Any]:
    """Give a person as cards show them."""
    return {
        "id": str(user.pk),
        "username": user.username,
        "display_name": user.display_name,
        "avatar_url": None,
        "is_verified": False,
    }


def texts(response: Any) -> list[str]:
    """Give the texts of a page of messages."""
    assert response.status_code == 200, response.json()
    return [card["text"] for card in response.json()["results"]]


def path_of(conversation: Conversation) -> str:
    return f"conversations/{conversation.pk}/messages"


# --- Sending -----------------------------------------------------------------------------------


def test_message_is_sent(api: Any, talk: Conversation, ada: User) -> None:
    body = {"client_id": "c-1", "text": " Très bien 🎉 "}
    response = api(ada).post(path_of(talk), json=body)

    card = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/messages/{card['id']}"
    assert dt.datetime.fromisoformat(card.pop("created_at")) <= timezone.now()
    assert card == {
        "id": card["id"],
        "conversation_id": str(talk.pk),
        "seq": 1,
        "client_id": "c-1",
        "sender": summary(ada),
        "kind": "text",
        "text": "Très bien 🎉",
        "media": [],
        "reply_to": None,
        "shared": None,
        "preview": None,
        "reactions": [],
        "is_unsent": False,
        "edited_at": None,
    }
    talk.refresh_from_db()
    assert (talk.last_seq, talk.active_at >= talk.created_at) == (1, True)
    assert api(ada).get(f"messages/{card['id']}").json()["text"] == "Très bien 🎉"


def test_message_without_a_client_id_is_given_one(api: Any, talk: Conversation, ada: User) -> None:
    first, second = (api(ada).post(path_of(talk), json={"text": "Hi"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json()["seq"], second.json()["seq"]) == (1, 2)
    assert uuid.UUID(first.json()["client_id"]) != uuid.UUID(second.json()["client_id"])


@pytest.mark.django_db(transaction=True)
def test_message_sent_again_is_the_first(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    talk = make_conversation("direct", ada, bob)
    body = {"client_id": "c-1", "text": "Hi"}
    first = api(ada).post(path_of(talk), json=body)
    again = [api(ada).post(path_of(talk), json={"client_id": "c-1", "text": text}) for text in ("Hi", "Ho")]
    by_bob = api(bob).post(path_of(talk), json=body)

    assert [response.status_code for response in (first, *again, by_bob)] == [201, 200, 200, 201]
    assert [response.json() for response in again] == [first.json()] * 2
    assert "Location" not in again[0]
    assert by_bob.json()["seq"] == 2
    assert Conversation.objects.get().last_seq == Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_message_sent_again_after_it_was_unsent_is_its_tombstone(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    talk = make_conversation("direct", ada, bob)
    client = api(ada)
    card = client.post(path_of(talk), json={"client_id": "c", "text": "Hi"}).json()
    client.delete(f"messages/{card['id']}")

    again = client.post(path_of(talk), json={"client_id": "c", "text": "Hi"})

    assert (again.status_code, again.json()["is_unsent"], again.json()["seq"]) == (200, True, 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/text", "blank")]),
        ({"text": ""}, [("/text", "blank")]),
        ({"text": " \n "}, [("/text", "blank")]),
        ({"text": "x" * 5_001}, [("/text", "max_length")]),
        ({"text": "a\0b"}, [("/text", "null_characters")]),
        ({"text": 1}, [("/text", "invalid")]),
        ({"text": None}, [("/text", "null")]),
        ({"text": "a", "seq": 1}, [("/seq", "unknown")]),
        ({"text": "a", "client_id": ""}, [("/client_id", "blank")]),
        ({"text": "a", "client_id": "x" * 65}, [("/client_id", "max_length")]),
        ({"text": "a", "client_id": "a b"}, [("/client_id", "invalid")]),
        ({"text": "a", "client_id": "é"}, [("/client_id", "invalid")]),
        ({"text": "a", "client_id": "a\n"}, [("/client_id", "invalid")]),
        ({"text": "a", "client_id": 1}, [("/client_id", "invalid")]),
        ({"text": "a", "client_id": None}, [("/client_id", "null")]),
        ({"text": "a", "reply_to": "x"}, [("/reply_to", "invalid")]),
        ({"text": "a", "reply_to": UNKNOWN}, [("/reply_to", "unknown")]),
        ({"text": "a", "kind": "poll"}, [("/kind", "invalid_choice")]),
        ({"text": "a", "kind": "shared"}, [("/shared", "not_of_kind")]),
        ({"text": "a", "kind": "text", "shared": A_POST}, [("/shared", "not_of_kind")]),
        ({"text": "a", "shared": {"kind": "post"}}, [("/shared/id", "required")]),
        ({"text": "a", "shared": {"kind": "post", "id": UNKNOWN, "x": 1}}, [("/shared/x", "unknown")]),
        ({"text": "a", "shared": "post"}, [("/shared", "invalid")]),
        ({"text": "a", "shared": {"kind": "cake", "id": UNKNOWN}}, [("/shared/kind", "unknown")]),
        ({"text": "a", "shared": A_POST}, [("/shared/id", "unknown")]),
        ({"media_ids": [UNKNOWN] * 2}, [("/media_ids", "not_distinct")]),
        ({"media_ids": [str(uuid.uuid4()) for _ in range(11)]}, [("/media_ids", "max_length")]),
        ({"media_ids": "x"}, [("/media_ids", "not_a_list")]),
        ({"media_ids": [UNKNOWN]}, [("/media_ids/0", "not_available")]),
    ],
)
def test_message_with_a_wrong_value_is_refused(
    api: Any, talk: Conversation, ada: User, body: Any, expected: Any
) -> None:
    assert refused_at(api(ada).post(path_of(talk), json=body)) == expected
    assert not Message.objects.exists()
    talk.refresh_from_db()
    assert talk.last_seq == 0


def test_message_takes_texts_of_the_largest_size(api: Any, talk: Conversation, ada: User) -> None:
    nothing = {"reply_to": None, "shared": None, "kind": None}
    body = {"text": "🙂" * 5_000, "client_id": "A.z_0:-" + "9" * 57, **nothing}
    card = api(ada).post(path_of(talk), json=body).json()
    assert (card["text"], card["client_id"], card["kind"]) == (body["text"], body["client_id"], "text")


def test_messages_are_for_members(api: Any, talk: Conversation, eve: User) -> None:
    make_message(talk, User.objects.get(username="ada"))
    body = {"text": "Hi"}
    for client in (api(eve), api(make_user(is_staff=True))):
        assert problem(client.post(path_of(talk), json=body)) == (404, "not_found")
        assert problem(client.get(path_of(talk))) == (404, "not_found")
    assert problem(api().post(path_of(talk), json=body)) == (401, "not_signed_in")
    assert problem(api().get(path_of(talk))) == (401, "not_signed_in")
    talk.refresh_from_db()
    assert talk.last_seq == 1


@pytest.mark.parametrize("conversation_id", ["x", UNKNOWN])
def test_messages_of_an_unknown_conversation_are_not_found(api: Any, ada: User, conversation_id: str) -> None:
    path = f"conversations/{conversation_id}"
    for method, rest, body in (
        ("get", "messages", None),
        ("post", "messages", {"text": "a"}),
        ("put", "read", {"seq": 1}),
        ("get", "search?q=a", None),
    ):
        assert problem(api(ada).request(method, f"{path}/{rest}", json=body)) == (404, "not_found"), rest


@pytest.mark.parametrize("by_ada", [True, False])
def test_block_ends_a_direct_conversation(
    api: Any, talk: Conversation, ada: User, bob: User, by_ada: bool
) -> None:
    message = make_message(talk, bob)
    block(*((ada, bob) if by_ada else (bob, ada)))

    for user in (ada, bob):
        assert problem(api(user).post(path_of(talk), json={"text": "Hi"})) == (404, "not_found")
        assert problem(api(user).get(path_of(talk))) == (404, "not_found")
        assert problem(api(user).get(f"messages/{message.pk}")) == (404, "not_found")
        assert texts(api(user).get("messages/search?q=hello")) == []


def test_block_hides_each_from_the_other_in_a_group(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    by_bob = make_message(group, bob, "from bob")
    by_ada = make_message(group, ada, "from ada")
    by_eve = make_message(group, eve, "from eve", reply_to_id=by_bob.pk)
    block(ada, bob)

    assert texts(api(ada).get(path_of(group))) == ["from eve", "from ada"]
    assert texts(api(bob).get(path_of(group))) == ["from eve", "from bob"]
    assert texts(api(eve).get(path_of(group))) == ["from eve", "from ada", "from bob"]
    assert [card["seq"] for card in api(ada).get(path_of(group)).json()["results"]] == [3, 2]
    assert api(ada).get(f"messages/{by_eve.pk}").json()["reply_to"] is None
    assert api(bob).get(f"messages/{by_eve.pk}").json()["reply_to"]["text"] == "from bob"
    for method, rest, body in (
        ("get", "", None),
        ("get", "/history", None),
        ("put", "/reaction", {"kind": "like"}),
        ("delete", "", None),
    ):
        for user, message in ((ada, by_bob), (bob, by_ada)):
            response = api(user).request(method, f"messages/{message.pk}{rest}", json=body)
            assert problem(response) == (404, "not_found")
    with published() as frames:
        send_message(Viewer(ada.pk, uuid.uuid4()), conversation_id=group.pk, client_id="c", text="Hi")
    assert [frame.hidden_from for frame in frames] == [{str(bob.pk)}]


def test_message_to_somebody_gone_is_refused(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    suspend(bob)
    refused = api(ada).post(path_of(talk), json={"text": "Hi"})
    assert problem(refused) == (403, "messages_not_allowed")
    assert not Message.objects.exists()


@pytest.mark.parametrize(("setting", "status"), [("everyone", 201), ("followers", 403), ("nobody", 403)])
def test_settings_rule_until_the_conversation_is_accepted(
    api: Any, talk: Conversation, ada: User, bob: User, setting: str, status: int
) -> None:
    AccountSettings.objects.create(user=bob, who_may_message=setting)
    seat(talk, bob, folder="requests")

    assert api(ada).post(path_of(talk), json={"text": "Hi"}).status_code == status
    assert Message.objects.count() == (status == 201)
    seat(talk, bob, folder="archived")
    assert api(ada).post(path_of(talk), json={"text": "Hi"}).status_code == 201


def test_stranger_is_told_of_once(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    seat(talk, bob, folder="requests")
    for text in ("Hi", "Hello?"):
        api(ada).post(path_of(talk), json={"text": text})
    api(bob).post(path_of(talk), json={"text": "Ho"})
    api(ada).post(path_of(talk), json={"text": "At last"})

    told = Notification.objects.values_list("user_id", "kind", "thing_kind", "thing_id", "actor_count")
    assert list(told) == [(bob.pk, "message_request", "conversation", talk.pk, 1)]


def test_answer_accepts_a_request(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    seat(talk, bob, folder="requests")
    api(ada).post(path_of(talk), json={"text": "Hi"})
    assert seat(talk, bob).folder == "requests"

    api(bob).post(path_of(talk), json={"text": "Ho"})

    assert (seat(talk, bob).folder, seat(talk, ada).folder) == ("inbox", "inbox")


def test_message_brings_a_cleared_talk_back(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    make_message(talk, ada, "old")
    for user in (ada, bob):
        seat(talk, user, first_seq=1, read_seq=1, is_hidden=True)

    api(ada).post(path_of(talk), json={"text": "new"})

    assert [seat(talk, user).is_hidden for user in (ada, bob)] == [False, False]
    assert texts(api(bob).get(path_of(talk))) == ["new"]


def test_sender_has_read_what_they_wrote(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    make_message(talk, bob)
    api(ada).post(path_of(talk), json={"text": "Hi"})
    assert (seat(talk, ada).read_seq, seat(talk, bob).read_seq) == (2, 1)


def test_reply_shows_what_it_answers(api: Any, group: Conversation, ada: User, bob: User) -> None:
    first = make_message(group, ada, "x" * 300)

    card = api(bob).post(path_of(group), json={"text": "Yes", "reply_to": str(first.pk)}).json()

    assert card["reply_to"] == {
        "id": str(first.pk),
        "seq": 1,
        "sender_id": str(ada.pk),
        "kind": "text",
        "text": "x" * 200,
        "is_unsent": False,
    }
    api(ada).delete(f"messages/{first.pk}")
    gone = api(bob).get(f"messages/{card['id']}").json()["reply_to"]
    assert (gone["text"], gone["is_unsent"]) == ("", True)


def test_reply_to_what_one_may_not_read_is_refused(
    api: Any, group: Conversation, talk: Conversation, ada: User, bob: User, eve: User
) -> None:
    early = make_message(group, bob)
    seat(group, ada, first_seq=1)
    by_eve = make_message(group, eve)
    block(ada, eve)
    elsewhere = make_message(talk, bob)
    for message in (early, by_eve, elsewhere):
        body = {"text": "Yes", "reply_to": str(message.pk)}
        assert refused_at(api(ada).post(path_of(group), json=body)) == [("/reply_to", "unknown")]
    group.refresh_from_db()
    assert group.last_seq == 2


# --- Reading -----------------------------------------------------------------------------------


def test_messages_are_listed_as_asked(api: Any, group: Conversation, ada: User) -> None:
    for number in range(1, 6):
        make_message(group, ada, str(number))

    client, path = api(ada), path_of(group)
    assert texts(client.get(path)) == ["5", "4", "3", "2", "1"]
    assert texts(client.get(f"{path}?after_seq=2")) == ["3", "4", "5"]
    assert texts(client.get(f"{path}?after_seq=0&limit=2")) == ["1", "2"]
    assert texts(client.get(f"{path}?after_seq=5")) == []
    assert texts(client.get(f"{path}?before_seq=3")) == ["2", "1"]
    assert texts(client.get(f"{path}?before_seq=0")) == []
    assert texts(client.get(f"{path}?before_seq={2**62}")) == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", "7654321"), ("after_seq=2&", "34567"), ("before_seq=6&", "54321"), ("after_seq=0&", "1234567")],
)
def test_messages_are_paged(api: Any, group: Conversation, ada: User, query: str, expected: str) -> None:
    for number in range(1, 8):
        make_message(group, ada, str(number))

    seen, url = [], f"{path_of(group)}?{query}limit=2"
    while url:
        page = api(ada).get(url)
        seen += texts(page)
        if len(seen) == 2 and not query:
            make_message(group, ada, "new")
        url = (page.json()["next"] or "").removeprefix("http://testserver")

    assert "".join(seen) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("after_seq=1&before_seq=3", [("/before_seq", "not_both")]),
        ("after_seq=-1", [("/after_seq", "min_value")]),
        ("before_seq=x", [("/before_seq", "invalid")]),
        ("after_seq=1.5", [("/after_seq", "invalid")]),
        ("after_seq=", [("/after_seq", "invalid")]),
        (f"after_seq={2**63}", [("/after_seq", "max_value")]),
        ("after=1", [("/after", "unknown")]),
        ("limit=0", [("/limit", "out_of_range")]),
        ("limit=101", [("/limit", "out_of_range")]),
    ],
)
def test_messages_asked_for_wrongly_are_refused(
    api: Any, talk: Conversation, ada: User, query: str, expected: Any
) -> None:
    assert refused_at(api(ada).get(f"{path_of(talk)}?{query}")) == expected


def test_messages_before_one_came_are_not_shown(api: Any, group: Conversation, ada: User, bob: User) -> None:
    early, later = make_message(group, ada, "early"), make_message(group, ada, "later")
    answer = make_message(group, ada, "answer", reply_to_id=early.pk)
    seat(group, bob, first_seq=1)

    assert texts(api(bob).get(path_of(group))) == ["answer", "later"]
    assert texts(api(bob).get(f"{path_of(group)}?after_seq=0")) == ["later", "answer"]
    assert problem(api(bob).get(f"messages/{early.pk}")) == (404, "not_found")
    assert api(bob).get(f"messages/{answer.pk}").json()["reply_to"] is None
    assert api(bob).get(f"messages/{later.pk}").status_code == 200


def test_messages_stay_when_their_sender_is_gone(api: Any, group: Conversation, ada: User, bob: User) -> None:
    make_message(group, bob, "from bob")
    suspend(bob)
    cards = api(ada).get(path_of(group)).json()["results"]
    assert [(card["sender"], card["text"]) for card in cards] == [(None, "from bob")]


@pytest.mark.parametrize("message_id", ["x", UNKNOWN])
def test_unknown_message_is_not_found(api: Any, ada: User, message_id: str) -> None:
    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"text": "a"}),
        ("delete", "", None),
        ("get", "/history", None),
        ("put", "/reaction", {"kind": "like"}),
        ("delete", "/reaction", None),
    ):
        response = api(ada).request(method, f"messages/{message_id}{path}", json=body)
        assert problem(response) == (404, "not_found"), (method, path)


def test_message_carries_an_etag(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    message = make_message(talk, bob)
    etag = api(ada).get(f"messages/{message.pk}")["ETag"]
    assert api(ada).get(f"messages/{message.pk}", **{"If-None-Match": etag}).status_code == 304


def test_messages_cost_the_same_however_many(api: Any, group: Conversation, ada: User, bob: User) -> None:
    def fill(number: int) -> None:
        first = make_message(group, make_user(f"sender{number}"))
        make_message(group, bob, reply_to_id=first.pk)
        MessageReaction.objects.create(message=first, user=ada, kind="like")

    client = api(ada)
    fill(1)
    one = cost_of(client, path_of(group))
    fill(2)
    fill(3)
    assert (one, cost_of(client, path_of(group))) == (6, 6)
    assert cost_of(client, f"{path_of(group)}?after_seq=1") == 6
    assert cost_of(client, f"conversations/{group.pk}/search?q=hello") == 6
    assert cost_of(client, "messages/search?q=hello") == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["direct", "group"])
def test_sending_costs_the_same_however_many_listen(api: Any, kind: str) -> None:
    sender, costs = make_user(), {}
    for count in (2,) if kind == "direct" else (2, 50, 500):
        conversation = make_conversation(kind, sender, *(make_user() for _ in range(count - 1)))
        with CaptureQueriesContext(connection) as queries:
            send_message(
                Viewer(sender.pk, uuid.uuid4()), conversation_id=conversation.pk, client_id="c", text="Hi"
            )
        statements = [query["sql"] for query in queries.captured_queries]
        costs[count] = sum(not sql.startswith(TRANSACTIONS) for sql in statements)

    assert set(costs.values()) == ({8} if kind == "direct" else {6})
