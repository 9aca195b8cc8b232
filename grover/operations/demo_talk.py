"""What the people of the demo say to each other: direct conversations, groups and requests."""

import datetime as dt
import random
from collections.abc import Sequence

from django.db.models import Model

from accounts.enums import RelationKind
from accounts.models import Relation, User
from grover.core.ids import new_id_at
from grover.operations.words import PLACES, TALK, THINGS
from messaging.enums import ConversationKind, Folder, Role
from messaging.models import Conversation, Membership, Message

FRIENDS = 8
STRANGERS = 2
GROUP_SIZES = (5, 12, 30)
DAYS = 14


class Talk:
    """The conversations of one person of a demo; the same chance gives the same ones, but for their ids."""

    def __init__(self, chance: random.Random, now: dt.datetime) -> None:
        self._chance, self._now = chance, now
        self._conversations: list[Conversation] = []
        self._seats: list[Membership] = []
        self._messages: list[Message] = []

    def rows(
        self, person: User, people: Sequence[User], follows: Sequence[Relation]
    ) -> list[Sequence[Model]]:
        """Draw the conversations of a person with those they follow, and with some strangers."""
        followed = {
            relation.target_id
            for relation in follows
            if relation.source_id == person.pk and relation.kind == RelationKind.FOLLOW
        }
        friends = [other for other in people if other.pk in followed]
        strangers = [other for other in people if other.pk not in followed and other is not person]
        for number, friend in enumerate(self._some(friends, FRIENDS)):
            self._direct(person, friend, Folder.ARCHIVED if number == 0 else Folder.INBOX)
        for stranger in self._some(strangers, STRANGERS):
            self._request(stranger, person)
        for size in GROUP_SIZES:
            self._group([person, *self._some(friends, size - 1)])
        return [self._conversations, self._seats, self._messages]

    def _some(self, people: Sequence[User], count: int) -> list[User]:
        return self._chance.sample(people, min(count, len(people)))

    def _direct(self, person: User, friend: User, folder: Folder) -> None:
        seats = self._begin(ConversationKind.DIRECT, [person, friend])
        self._talk(seats, [person, friend], self._chance.randint(3, 25))
        seats[0].folder = folder

    def _request(self, stranger: User, person: User) -> None:
        seats = self._begin(ConversationKind.DIRECT, [stranger, person])
        self._talk(seats, [stranger], 1)
        seats[1].folder, seats[1].invited_by_id = Folder.REQUESTS, stranger.pk

    def _group(self, members: Sequence[User]) -> None:
        title = f"{self._chance.choice(THINGS).capitalize()} in {self._chance.choice(PLACES)}"
        shuffled = self._some(members, len(members))
        seats = self._begin(ConversationKind.GROUP, shuffled, title)
        seats[0].role = Role.OWNER
        for seat in seats[1:3]:
            seat.role = Role.ADMIN
        self._talk(seats, members, self._chance.randint(15, 60))

    def _begin(self, kind: ConversationKind, people: Sequence[User], title: str = "") -> list[Membership]:
        moment = self._now - dt.timedelta(days=DAYS)
        conversation = Conversation(
            id=new_id_at(moment), created_at=moment, kind=kind, title=title, member_count=len(people)
        )
        if kind == ConversationKind.DIRECT:
            conversation.pair = ":".join(sorted(str(person.pk) for person in people))
        self._conversations.append(conversation)
        seats = [
            Membership(id=new_id_at(moment), created_at=moment, conversation=conversation, user=person)
            for person in people
        ]
        self._seats += seats
        return seats

    def _talk(self, seats: Sequence[Membership], speakers: Sequence[User], count: int) -> None:
        """Let people say so many things, of which each member has read up to some point."""
        conversation = seats[0].conversation
        moments = sorted(
            self._now - dt.timedelta(minutes=self._chance.uniform(5, DAYS * 1_440)) for _ in range(count)
        )
        for seq, moment in enumerate(moments, start=1):
            speaker = self._chance.choice(speakers)
            self._messages.append(
                Message(
                    id=new_id_at(moment),
                    created_at=moment,
                    conversation=conversation,
                    seq=seq,
                    sender_id=speaker.pk,
                    client_id=f"demo-{seq}",
                    text=self._sentence(),
                )
            )
            for seat in seats:
                if seat.user_id == speaker.pk:
                    seat.read_seq, seat.read_at = seq, moment
        conversation.last_seq, conversation.active_at = count, moments[-1]

    def _sentence(self) -> str:
        thing, other = self._chance.sample(THINGS, 2)
        pattern = self._chance.choice(TALK)
        text = pattern.format(thing=thing, other=other, place=self._chance.choice(PLACES))
        return text[0].upper() + text[1:]
