"""Messages are numbered without a hole and sent once, however many send at the same time."""

import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from grover.core.viewers import Viewer
from messaging.actions.messages import edit_message, post_message, send_message, unsend_message
from messaging.actions.reactions import react_to_message, unreact_to_message
from messaging.actions.reads import read_conversation
from messaging.enums import ReactionKind
from messaging.errors.messages import MessageWasUnsent
from messaging.models import Conversation, Message, MessageReaction, MessageRevision
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat
from tests.messaging.frames import published
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

IS_SQLITE = connection.vendor == "sqlite"
SENDERS = 50
EACH = 2 if IS_SQLITE else 10
RESENDS = 20
KINDS = [kind.value for kind in ReactionKind]


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


def raised(results: list[Any]) -> list[Any]:
    """Give what was raised."""
    return [result for result in results if isinstance(result, BaseException)]


def test_messages_of_many_are_numbered_densely() -> None:
    people = [make_user() for _ in range(SENDERS)]
    group = make_conversation("group", *people)

    def send(number: int) -> list[int]:
        viewer, seqs = viewer_of(people[number]), []
        for turn in range(EACH):
            card = send_message(
                viewer, conversation_id=group.pk, client_id=f"c{turn}", text=f"{number} {turn}"
            )
            seqs.append(card.seq)
            connection.close()  # as at the end of a request, for whoever waits for one
        return seqs

    with published() as frames:
        results = run_parallel(SENDERS, send)

    assert raised(results) == []
    everything = list(range(1, SENDERS * EACH + 1))
    assert sorted(seq for seqs in results for seq in seqs) == everything
    assert all(seqs == sorted(seqs) for seqs in results)
    stored = Message.objects.order_by("seq").values_list("seq", "text")
    assert [seq for seq, _ in stored] == everything
    assert len({text for _, text in stored}) == SENDERS * EACH
    group.refresh_from_db()
    assert group.last_seq == everything[-1]
    assert sorted(frame.data["message"]["seq"] for frame in frames) == everything
    assert [seat(group, person).read_seq for person in people] == [seqs[-1] for seqs in results]


def test_message_sent_many_times_at_once_is_sent_once() -> None:
    ada, bob = make_user(), make_user()
    talk = make_conversation("direct", ada, bob)

    def send(number: int) -> Any:
        return post_message(
            viewer_of(ada), conversation_id=talk.pk, client_id="the same", text=f"from {number}"
        )

    with published() as frames:
        results = run_parallel(RESENDS, send)

    assert raised(results) == []
    assert Counter(is_new for _, is_new in results) == {True: 1, False: RESENDS - 1}
    assert len({(card.id, card.seq, card.text) for card, _ in results}) == 1
    assert (Message.objects.count(), Conversation.objects.get().last_seq, len(frames)) == (1, 1, 1)


def test_resends_among_other_messages_leave_no_hole() -> None:
    people = [make_user() for _ in range(4)]
    group = make_conversation("group", *people)

    def send(number: int) -> list[Any]:
        viewer = viewer_of(people[number % 4])
        return [
            send_message(viewer, conversation_id=group.pk, client_id=f"c{turn}", text="Hi")
            for turn in range(5)
            for _ in range(2)
        ]

    results = run_parallel(12, send)

    assert raised(results) == []
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 21))
    answers = {(card.sender.id, card.client_id, card.id, card.seq) for cards in results for card in cards}
    assert len(answers) == 20


def test_edits_at_once_are_all_kept() -> None:
    ada = make_user()
    message = make_message(make_conversation("group", ada), ada, "first")
    texts = [f"text {number}" for number in range(8)]

    results = run_parallel(
        8, lambda number: edit_message(viewer_of(ada), message_id=message.pk, text=texts[number])
    )

    assert raised(results) == []
    message.refresh_from_db()
    said = [*MessageRevision.objects.order_by("version").values_list("text", flat=True), message.text]
    assert said[0] == "first"
    assert sorted(said[1:]) == texts


def test_reactions_at_once_leave_one_of_each_person() -> None:
    people = [make_user() for _ in range(3)]
    message = make_message(make_conversation("group", *people), people[0])

    def react(number: int) -> None:
        viewer = viewer_of(people[number % 3])
        for turn in range(3):
            kind = KINDS[(number + turn) % 8]
            react_to_message(viewer, message_id=message.pk, kind=kind)
            if (number + turn) % 4 == 0:
                unreact_to_message(viewer, message_id=message.pk)

    results = run_parallel(12, react)

    assert raised(results) == []
    counts = Counter(MessageReaction.objects.values_list("user_id", flat=True))
    assert set(counts.values()) <= {1}


def test_nothing_stays_on_a_message_unsent_meanwhile() -> None:
    people = [make_user() for _ in range(9)]
    group = make_conversation("group", *people)
    message = make_message(group, people[0], "secret")

    def act(number: int) -> Any:
        viewer = viewer_of(people[number])
        if number == 0:
            return unsend_message(viewer, message_id=message.pk)
        if number == 1:
            return edit_message(viewer_of(people[0]), message_id=message.pk, text="secret too")
        return react_to_message(viewer, message_id=message.pk, kind="like")

    results = run_parallel(9, act)

    assert all(isinstance(error, MessageWasUnsent) for error in raised(results))
    message.refresh_from_db()
    assert (message.text, message.unsent_at is None) == ("", False)
    assert (MessageReaction.objects.count(), MessageRevision.objects.count()) == (0, 0)


def test_readings_at_once_never_go_backwards() -> None:
    ada, bob = make_user(), make_user()
    talk = make_conversation("direct", ada, bob)
    for _ in range(12):
        make_message(talk, ada)

    with published() as frames:
        results = run_parallel(
            12, lambda number: read_conversation(viewer_of(bob), conversation_id=talk.pk, seq=number + 1)
        )

    assert raised(results) == []
    assert seat(talk, bob).read_seq == 12
    assert max(frame.data["read_seq"] for frame in frames) == 12


def test_message_is_sent_once_whatever_the_key_of_the_request(api: Any) -> None:
    ada = make_user()
    group = make_conversation("group", ada)
    client, path = api(ada), f"conversations/{group.pk}/messages"

    def post(client_id: str, key: str) -> tuple[int, int]:
        body = {"client_id": client_id, "text": "Hi"}
        response = client.post(path, json=body, **{"Idempotency-Key": key})
        return response.status_code, response.json()["seq"]

    asked = [("a", "1"), ("a", "1"), ("a", "2"), ("a", "2"), ("b", "3"), ("a", "4")]
    assert [post(*each) for each in asked] == [(201, 1), (201, 1), (200, 1), (200, 1), (201, 2), (200, 1)]
    assert list(Message.objects.order_by("seq").values_list("client_id", flat=True)) == ["a", "b"]


def test_messages_of_people_who_are_gone_may_have_the_same_client_id() -> None:
    people = [make_user() for _ in range(2)]
    group = make_conversation("group", *people)
    for person in people:
        make_message(group, person, client_id="1")

    assert Message.objects.update(sender_id=None) == 2
