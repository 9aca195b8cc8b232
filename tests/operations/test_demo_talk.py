"""The conversations of the demo: as its person would find them, with counters that agree."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from accounts.models import Relation, User
from grover.core.pages import PageRequest
from grover.core.viewers import Viewer
from grover.operations.demo_talk import FRIENDS, GROUP_SIZES, STRANGERS, Talk
from messaging.models import Conversation, Membership, Message
from messaging.selectors.inbox import conversations_of
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def write(person: User, people: list[User], follows: list[Relation]) -> None:
    for rows in Talk(random.Random(7), timezone.now()).rows(person, people, follows):
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)


def folders(person: User) -> dict[str, int]:
    viewer = Viewer(person.pk, person.pk)
    names = ("inbox", "requests", "archived")
    return {name: len(conversations_of(viewer, name, PageRequest(100)).items) for name in names}


def test_person_of_the_demo_has_conversations_of_each_kind() -> None:
    person, *others = people = [make_user() for _ in range(20)]
    follows = [Relation(source=person, target=other, kind="follow") for other in others[:15]]
    write(person, people, follows)

    groups = len(GROUP_SIZES)
    assert folders(person) == {"inbox": FRIENDS - 1 + groups, "requests": STRANGERS, "archived": 1}
    for conversation in Conversation.objects.all():
        seats = Membership.objects.filter(conversation=conversation)
        seqs = Message.objects.filter(conversation=conversation).order_by("seq").values_list("seq", flat=True)
        assert conversation.member_count == seats.count()
        assert list(seqs) == list(range(1, conversation.last_seq + 1))
        assert seats.filter(role="owner").count() == int(conversation.kind == "group")
        assert max(seats.values_list("read_seq", flat=True)) <= conversation.last_seq
        assert conversation.active_at > timezone.now() - dt.timedelta(days=15)


def test_demo_of_one_person_has_nobody_to_talk_to() -> None:
    person = make_user()
    write(person, [person], [])

    assert folders(person) == {"inbox": len(GROUP_SIZES), "requests": 0, "archived": 0}
