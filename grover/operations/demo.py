"""The demo: people who post pictures, follow each other, comment and react.

All rows are made in memory with the counts they add up to, and written in one transaction after the
files, so that a demo is there whole or not at all.
"""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from accounts.enums import RelationKind, ReportReason
from accounts.models import Case, NameWord, Relation, Report, User
from accounts.policies.usernames import skeleton_of
from content.enums import Visibility
from content.models import Comment, Post, PostReaction, SavedPost
from grover.core.db import atomic
from grover.core.ids import new_id_at
from grover.core.words import words_of_name
from grover.media.enums import MediaAccess, MediaKind, MediaState
from grover.media.models import Media, StorageUse
from grover.operations.demo_money import make_money
from grover.operations.demo_shelves import Shelves
from grover.operations.demo_talk import Talk
from grover.operations.pictures import Picture, face, landscape
from grover.operations.words import COMMENTS, FIRST_NAMES, LAST_NAMES, PLACES, POSTS, THINGS
from messaging.enums import ReactionKind

PASSWORDS = {"demo": "demo-of-grover", "staff": "staff-of-grover"}

DISTINCT_PICTURES = 120
WITH_PICTURE = 0.6
REPORTERS = 3
DAYS = 30
BATCH = 1_000


def is_seeded() -> bool:
    """Tell whether the demo is there."""
    return User.objects.filter(username__in=list(PASSWORDS)).exists()


class Demo:
    """A demo of so many people and posts; the same numbers give the same one, but for its ids."""

    def __init__(self, people: int, posts: int) -> None:
        self._chance = random.Random(people * 100_003 + posts)  # noqa: S311
        self._now = timezone.now()
        self._people_wanted, self._posts_wanted = people, posts
        self._people: list[User] = []
        self._media: list[Media] = []
        self._posts: list[Post] = []
        self._relations: list[Relation] = []
        self._comments: list[Comment] = []
        self._reactions: list[PostReaction] = []
        self._saves: list[SavedPost] = []
        self._shelves: list[Sequence[Model]] = []
        self._talk: list[Sequence[Model]] = []
        self._reported: list[Sequence[Model]] = []

    def make(self) -> None:
        """Draw, count and write everything."""
        self._make_people()
        self._make_posts()
        self._make_relations()
        readers = self._readers()
        self._make_responses(readers)
        self._shelves = Shelves(self._chance, self._now).rows(self._posts, self._people, readers)
        demo = self._people[0]
        self._talk = Talk(self._chance, self._now).rows(demo, self._people, self._relations)
        self._report(self._posts[-1])
        self._write()
        make_money(demo, self._people[1:])

    def _make_people(self) -> None:
        names = [(name, name.title(), password) for name, password in PASSWORDS.items()]
        taken = set(PASSWORDS)
        while len(names) < self._people_wanted:
            first, last = self._chance.choice(FIRST_NAMES), self._chance.choice(LAST_NAMES)
            username = f"{first}.{last}".lower()
            while skeleton_of(username) in taken:
                username = f"{first}.{last}{self._chance.randint(2, 999)}".lower()
            taken.add(skeleton_of(username))
            names.append((username, f"{first} {last}", ""))
        for number, (username, display_name, password) in enumerate(names):
            self._people.append(self._make_person(number, username, display_name, password))

    def _make_person(self, number: int, username: str, display_name: str, password: str) -> User:
        email = f"{username}@example.com"
        person = User(
            username=username,
            username_skeleton=skeleton_of(username),
            display_name=display_name,
            email=email,
            verified_email=email,
            email_verified_at=self._now,
            password=make_password(password or None),
            bio=f"{self._chance.choice(THINGS).capitalize()} and {self._chance.choice(THINGS)}.",
            location=self._chance.choice(PLACES),
            birth_date=dt.date(self._chance.randint(1960, 2008), self._chance.randint(1, 12), 15),
            is_verified=self._chance.random() < 0.1 or username == "demo",
            is_staff=username == "staff",
            is_superuser=username == "staff",
        )
        person.avatar_id = self._upload(person, face(number), f"user:{person.pk}:avatar", self._now).pk
        return person

    def _make_posts(self) -> None:
        pictures = [landscape(number) for number in range(min(DISTINCT_PICTURES, self._posts_wanted))]
        moments = sorted(
            self._now - dt.timedelta(seconds=self._chance.uniform(60, DAYS * 86_400))
            for _ in range(self._posts_wanted)
        )
        for moment in moments:
            author = self._chance.choice(self._people)
            post = Post(
                id=new_id_at(moment),
                created_at=moment,
                author=author,
                text=self._sentence(POSTS),
                visibility=Visibility.FOLLOWERS if self._chance.random() < 0.1 else Visibility.PUBLIC,
            )
            if self._chance.random() < WITH_PICTURE:
                picture = self._chance.choice(pictures)
                media = self._upload(author, picture, f"post:{post.pk}", moment)
                media.access = MediaAccess(
                    MediaAccess.PUBLIC if post.visibility == Visibility.PUBLIC else MediaAccess.RESTRICTED
                )
                post.media_ids, post.has_image = [str(media.pk)], True
            author.post_count += 1
            self._posts.append(post)

    def _upload(self, owner: User, picture: Picture, place: str, moment: dt.datetime) -> Media:
        media_id = new_id_at(moment)
        original = default_storage.save(f"{media_id}/original.jpg", ContentFile(picture.original))
        variants = {}
        for width, content in picture.copies.items():
            name = default_storage.save(f"{media_id}/{width}.webp", ContentFile(content))
            shown = min(width, picture.width)
            height = round(picture.height * shown / picture.width)
            variants[str(width)] = {"name": name, "width": shown, "height": height, "size": len(content)}
        media = Media(
            id=media_id,
            created_at=moment,
            owner_id=owner.pk,
            kind=MediaKind.IMAGE,
            state=MediaState.READY,
            access=MediaAccess.PUBLIC,
            attached_to=place,
            content_type="image/jpeg",
            file_name=original,
            size=len(picture.original),
            width=picture.width,
            height=picture.height,
            blurhash=picture.blurhash,
            alt_text=f"A picture of {self._chance.choice(THINGS)}",
            variants=variants,
        )
        self._media.append(media)
        return media

    def _make_relations(self) -> None:
        for person in self._people:
            others = [other for other in self._people if other is not person]
            wanted = 60 if person.username in PASSWORDS else self._chance.randint(5, 40)
            for other in self._chance.sample(others, min(wanted, len(others))):
                self._relations.append(Relation(source=person, target=other, kind=RelationKind.FOLLOW))
                person.following_count += 1
                other.follower_count += 1

    def _readers(self) -> dict[uuid.UUID, list[User]]:
        readers: dict[uuid.UUID, list[User]] = {person.pk: [] for person in self._people}
        for relation in self._relations:
            readers[relation.target_id].append(relation.source)
        return readers

    def _make_responses(self, readers: Mapping[uuid.UUID, Sequence[User]]) -> None:
        kinds, weights = list(ReactionKind), [10, 6, 3, 1, 1, 2, 3, 1]
        for post in self._posts:
            for reader in readers[post.author_id]:
                if self._chance.random() < 0.25:
                    self._react(post, reader, self._chance.choices(kinds, weights)[0])
                if self._chance.random() < 0.06:
                    self._comment(post, reader)
                if self._chance.random() < 0.02:
                    self._saves.append(SavedPost(post=post, user=reader))
                    post.save_count += 1

    def _react(self, post: Post, reader: User, kind: ReactionKind) -> None:
        self._reactions.append(PostReaction(post=post, user=reader, kind=kind))
        post.reaction_count += 1
        setattr(post, f"{kind.value}_count", getattr(post, f"{kind.value}_count") + 1)

    def _comment(self, post: Post, reader: User) -> None:
        moment = min(self._now, post.created_at + dt.timedelta(minutes=self._chance.randint(1, 2_000)))
        comment = Comment(
            id=new_id_at(moment),
            created_at=moment,
            post=post,
            author=reader,
            text=self._sentence(COMMENTS),
        )
        self._comments.append(comment)
        post.comment_count += 1

    def _report(self, post: Post) -> None:
        """Have some people report a post, which waits for the staff to decide."""
        thing = {"target_kind": "post", "target_id": post.pk}
        reporters = [person for person in self._people if person.pk != post.author_id][:REPORTERS]
        self._reported.append(
            [
                Report(reporter=person, reason=ReportReason.SPAM, note="Always the same.", **thing)
                for person in reporters
            ]
        )
        case = Case(
            owner_id=post.author_id,
            report_count=len(reporters),
            reasons={ReportReason.SPAM.value: len(reporters)},
            last_reported_at=self._now,
            **thing,
        )
        self._reported.append([case])

    def _sentence(self, patterns: Sequence[str]) -> str:
        thing, other = self._chance.sample(THINGS, 2)
        pattern = self._chance.choice(patterns)
        return pattern.format(thing=thing, other=other, place=self._chance.choice(PLACES))

    @atomic
    def _write(self) -> None:
        used = Counter[uuid.UUID]()
        for media in self._media:
            used[media.owner_id] += media.size
        names = [
            NameWord(user=person, word=word)
            for person in self._people
            for word in words_of_name(person.display_name)
        ]
        storage = [StorageUse(owner_id=owner_id, used=size) for owner_id, size in used.items()]
        tables: list[Sequence[Model]] = [
            self._people,
            names,
            self._media,
            storage,
            self._posts,
            self._relations,
            self._comments,
            self._reactions,
            self._saves,
            *self._shelves,
            *self._talk,
            *self._reported,
        ]
        for rows in tables:
            if rows:
                type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)  # type: ignore[arg-type]
