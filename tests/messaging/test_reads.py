"""How far people have read, and who is told."""

from typing import Any

import pytest

from accounts.models import User
from messaging.models import Conversation
from tests.content.people import block
from tests.content.test_posts import problem, refused_at
from tests.factories.messaging import make_message, seat
from tests.messaging.frames import Frame, published


def read(client: Any, conversation: Conversation, seq: int) -> tuple[int, int]:
    """Read up to a message; give how far that is and what is unread."""
    response = client.put(f"conversations/{conversation.pk}/read", json={"seq": seq})
    assert response.status_code == 200
    card = response.json()
    return card["read_seq"], card["unread"]


def test_reading_goes_forwards_only(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    for _ in range(5):
        make_message(talk, ada)
    client = api(bob)

    assert client.get(f"conversations/{talk.pk}").json()["unread"] == 5
    assert [read(client, talk, seq) for seq in (0, 2, 4, 3, 4, 5)] == [
        (0, 5),
        (2, 3),
        (4, 1),
        (4, 1),
        (4, 1),
        (5, 0),
    ]
    assert seat(talk, bob).read_at is not None


def test_unread_counts_from_where_one_may_read(api: Any, group: Conversation, ada: User, bob: User) -> None:
    for _ in range(5):
        make_message(group, ada)
    seat(group, bob, first_seq=3)

    client = api(bob)
    assert client.get(f"conversations/{group.pk}").json()["unread"] == 2
    assert [read(client, group, seq) for seq in (2, 4)] == [(3, 2), (4, 1)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/seq", "required")]),
        ({"seq": 2}, [("/seq", "out_of_range")]),
        ({"seq": 2**63 - 1}, [("/seq", "out_of_range")]),
        ({"seq": -1}, [("/seq", "min_value")]),
        ({"seq": "1"}, [("/seq", "invalid")]),
        ({"seq": 1.0}, [("/seq", "invalid")]),
        ({"seq": True}, [("/seq", "invalid")]),
        ({"seq": None}, [("/seq", "null")]),
        ({"seq": 1, "at": "now"}, [("/at", "unknown")]),
    ],
)
def test_reading_with_a_wrong_value_is_refused(
    api: Any, talk: Conversation, ada: User, bob: User, body: Any, expected: Any
) -> None:
    make_message(talk, ada)
    assert refused_at(api(bob).put(f"conversations/{talk.pk}/read", json=body)) == expected
    assert seat(talk, bob).read_seq == 0


def test_reading_is_for_members(api: Any, talk: Conversation, ada: User, bob: User, eve: User) -> None:
    make_message(talk, ada)
    path = f"conversations/{talk.pk}/read"
    assert problem(api(eve).put(path, json={"seq": 1})) == (404, "not_found")
    assert problem(api().put(path, json={"seq": 1})) == (401, "not_signed_in")
    block(ada, bob)
    assert problem(api(bob).put(path, json={"seq": 1})) == (404, "not_found")


def test_members_are_told_how_far_one_has_read(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    for _ in range(3):
        make_message(group, ada)
    block(bob, eve)

    with published() as frames:
        for seq in (2, 2, 1):
            read(api(bob), group, seq)

    data = {"conversation_id": str(group.pk), "user_id": str(bob.pk), "read_seq": 2}
    hidden_from = frozenset({str(eve.pk)})
    assert frames == [Frame(f"conversation.{group.pk}", hidden_from, "conversation.read", data)]
