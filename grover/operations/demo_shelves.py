"""What makes the posts of the demo findable and passed on: tags, categories, polls, reposts, collections."""

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Model

from accounts.models import User
from content.enums import CommunityRole, Visibility
from content.models import (
    Collection,
    CollectionItem,
    Community,
    CommunityMember,
    Poll,
    PollOption,
    PollVote,
    Post,
    PostTag,
    Repost,
    Story,
    StoryView,
    Tag,
)
from content.models.stories import LIFETIME
from content.selectors.entities import find_entities, tags_in
from grover.core.ids import new_id_at
from grover.core.viewers import on_behalf_of

TAGGED = 0.5
SHELVED = 0.5
ASKED = 0.04
VOTED = 0.5
PASSED_ON = 0.03
SHELF = 12
SEEN = 0.4
STORIES = (
    "Up before the sun.",
    "Look at this light!",
    "New in the workshop.",
    "Long way home.",
    "Guess where I am.",
)
MEMBERS = 25
PLACES = (("Slow mornings", False), ("Makers of small things", False), ("Behind the scenes", True))

TAGS = ("SmallJoys", "HandMade", "Sunday", "WorkInProgress", "Outdoors", "Learning", "Kitchen", "OnTheRoad")
SHELVES = ("art", "food", "photography", "science", "travel", "writing")
QUESTIONS = (
    ("Coffee or tea?", ("Coffee", "Tea", "Neither")),
    ("What shall I try next?", ("Bread", "Pottery", "Chess", "A long walk")),
    ("When do you get the most done?", ("Early", "Late")),
)

Readers = Mapping[uuid.UUID, Sequence[User]]


class Shelves:
    """Draws what posts bear and what people do with them, and counts it on the posts."""

    def __init__(self, chance: random.Random, now: dt.datetime) -> None:
        self._chance = chance
        self._now = now
        self._tags: dict[str, Tag] = {}
        self._rows: dict[type[Model], list[Model]] = defaultdict(list)

    def rows(self, posts: Sequence[Post], people: Sequence[User], readers: Readers) -> list[Sequence[Model]]:
        """Give the rows of each table; the posts themselves are changed and not among them."""
        for post in posts:
            post.is_listed = post.visibility == Visibility.PUBLIC
            if self._chance.random() < ASKED:
                self._ask(post, readers[post.author_id])
            else:
                self._tag(post)
            if post.is_listed:
                self._pass_on(post, readers[post.author_id])
        listed = [post for post in posts if post.is_listed]
        self._collect(people[0], listed)
        self._tell(people)
        for name, is_private in PLACES:
            self._found(name, is_private, people, listed)
        return [list(self._tags.values()), *self._rows.values()]

    def _add(self, *rows: Model) -> None:
        for row in rows:
            self._rows[type(row)].append(row)

    def _ask(self, post: Post, readers: Sequence[User]) -> None:
        post.text, texts = self._chance.choice(QUESTIONS)
        post.has_poll = True
        poll = Poll(post=post, closes_at=self._now + dt.timedelta(days=self._chance.randint(1, 7)))
        options = [PollOption(post=post, position=place, text=text) for place, text in enumerate(texts)]
        self._add(poll, *options)
        for reader in readers:
            if self._chance.random() < VOTED:
                option = self._chance.choice(options)
                option.vote_count += 1
                poll.voter_count += 1
                self._add(PollVote(post=post, user=reader, options=[option.position]))

    def _tag(self, post: Post) -> None:
        if self._chance.random() < SHELVED:
            post.category = self._chance.choice(SHELVES)
        if self._chance.random() < TAGGED:
            post.text += f" #{self._chance.choice(TAGS)}"
            post.entities = find_entities(on_behalf_of(post.author_id), post.text).stored
        for name in tags_in(post.entities) if post.is_listed else ():
            tag = self._tags.setdefault(name, Tag(name=name))
            tag.post_count += 1
            self._add(PostTag(post=post, tag=name, created_at=post.created_at))

    def _pass_on(self, post: Post, readers: Sequence[User]) -> None:
        for reader in readers:
            if self._chance.random() < PASSED_ON:
                moment = min(self._now, post.created_at + dt.timedelta(minutes=self._chance.randint(1, 600)))
                self._add(Repost(id=new_id_at(moment), created_at=moment, post=post, user=reader))
                post.repost_count += 1

    def _found(self, name: str, is_private: bool, people: Sequence[User], posts: Sequence[Post]) -> None:
        """Found a community with the first person in it, and move some posts of its members there."""
        others = self._chance.sample(list(people[1:]), min(MEMBERS, len(people) - 1))
        members = [people[0], *others]
        community = Community(name=name, is_private=is_private, member_count=len(members))
        self._add(community)
        for number, person in enumerate(members):
            role = CommunityRole.OWNER if number == len(members) - 1 else CommunityRole.MEMBER
            self._add(CommunityMember(community=community, user=person, role=role))
        ids = {person.pk for person in members}
        for post in [post for post in posts if post.author_id in ids and not post.community_id][:SHELF]:
            if not is_private:
                post.community_id = community.pk

    def _tell(self, people: Sequence[User]) -> None:
        """Let half of the people tell of their day, and the first one see some of it."""
        for person in people[2::2]:
            moment = self._now - dt.timedelta(minutes=self._chance.randint(5, 1_300))
            story = Story(
                id=new_id_at(moment),
                created_at=moment,
                author=person,
                text=self._chance.choice(STORIES),
                expires_at=moment + LIFETIME,
            )
            self._add(story)
            if self._chance.random() < SEEN:
                story.view_count = 1
                self._add(StoryView(story=story, user=people[0]))

    def _collect(self, owner: User, posts: Sequence[Post]) -> None:
        for title, is_public in (("To read again", False), ("Made by hand", True)):
            collection = Collection(owner=owner, title=title, is_public=is_public)
            self._add(collection)
            for post in self._chance.sample(list(posts), min(SHELF, len(posts))):
                self._add(CollectionItem(collection=collection, post=post))
