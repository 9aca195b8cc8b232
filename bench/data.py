"""The people and posts to measure with; random, but the same at each run.

The counters are exact. Media have rows but no files: no file is fetched here.
"""

import datetime as dt
import itertools
import random
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.db.models import Model

from bench.copying import copy_rows
from grover.core.ids import new_id_at
from grover.core.words import words_of

KINDS = ("like", "love", "haha", "wow", "care", "sad", "angry", "dislike")
KIND_WEIGHTS = (60, 15, 10, 5, 4, 3, 2, 1)
SENTENCES = (
    "morning light on the harbour again and nobody awake but the gulls",
    "a new batch of bread is out",
    "first sketch of the mural, what do you think about the colours",
    "rain all week so we built a boat",
    "finally finished the second chapter, thank you for the kind words",
    "this recipe needs more lemon",
)
_SYLLABLES = [first + last for first in "bdfglmnprst" for last in "aeiou"]
WORDS = tuple(f"{one}{other}{last}" for one in _SYLLABLES for other in _SYLLABLES for last in "nrst")
WORD_WEIGHTS = tuple(itertools.accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))  # Zipf's law
WORDS_A_TEXT = 4
YEAR_SECONDS = 365 * 24 * 3600
WITH_MEDIA = 0.5
MEDIA_WIDTHS = (200, 640, 1280)
MOST_REACTIONS = 6
MOST_COMMENTS = 3
TAGS = tuple(f"tag{number}" for number in range(200))
COMMON_TAGS = TAGS[:20]  # which are used among a few thousand posts too
WITH_TAG = 0.5

Connection = psycopg.Connection[Any]
Pair = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    people: int
    follows: int
    posts: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    id: uuid.UUID
    session_id: uuid.UUID
    is_private: bool


class World:
    """What is in one database; grows, and never shrinks."""

    def __init__(self, connection: Connection, *, seed: int = 1, names: str = "person") -> None:
        self._connection = connection
        self._names = names
        self._random = random.Random(seed)
        self._now = dt.datetime.now(dt.UTC)
        self.people: list[Person] = []
        self.open_post_ids: list[uuid.UUID] = []  # those that everybody may see
        self._tagged: Counter[str] = Counter()

    def add_people(self, number: int) -> list[Person]:
        """Register people, each with a session; a few of them private."""
        pick = self._random
        first = len(self.people)
        moment = self._now - dt.timedelta(days=400)
        new = [Person(new_id_at(moment), new_id_at(moment), pick.random() < 0.03) for _ in range(number)]
        rows = (
            (person.id, moment, f"{self._names}{first + place}", f"{self._names}{first + place}",
             f"{self._names}{first + place}@grover.example", f"{self._names.title()} {first + place}",
             new_id_at(moment) if pick.random() < 0.8 else None, person.is_private)
            for place, person in enumerate(new)
        )  # fmt: skip
        self._copy(
            "accounts.User",
            "id created_at username username_skeleton email display_name avatar_id is_private",
            rows,
        )
        expires_at = self._now + dt.timedelta(days=30)
        sessions = ((person.session_id, moment, person.id, self._now, expires_at) for person in new)
        self._copy("accounts.Session", "id created_at user_id last_seen_at expires_at", sessions)
        self.people += new
        return new

    def follow_at_random(self, follows: int) -> None:
        """Let everybody follow this many others, drawn at random."""
        ids = [person.id for person in self.people]
        self.follow(
            (source, target)
            for source in ids
            for target in [one for one in self._random.sample(ids, follows + 1) if one != source][:follows]
        )

    def follow(self, pairs: Iterator[Pair]) -> None:
        """Let people follow others: (who, whom)."""
        moment = self._now - dt.timedelta(days=380)
        rows = ((new_id_at(moment), moment, source, target, "follow") for source, target in pairs)
        self._copy("accounts.Relation", "id created_at source_id target_id kind", rows)
        self._connection.execute(
            """
            UPDATE accounts_user SET
                following_count = (SELECT count(*) FROM accounts_relation WHERE source_id = accounts_user.id),
                follower_count = (SELECT count(*) FROM accounts_relation WHERE target_id = accounts_user.id)
            """
        )

    def add_posts(self, number: int, *, talk: bool, authors: Sequence[Person] | None = None) -> None:
        """Publish posts by random authors over the last year, half of them with an image or under a tag.

        With `talk`, people react to, comment on and save them.
        """
        drafts = sorted(
            (self._draft(authors or self.people) for _ in range(number)), key=lambda draft: draft.moment
        )
        self._copy_media(drafts)
        if talk:
            self._react(drafts)
            self._comment(drafts)
            self._save(drafts)
        kinds = [f"{kind}_count" for kind in KINDS]
        self._copy(
            "content.Post",
            " ".join(
                ["id created_at author_id text visibility media_ids has_image is_listed", "reaction_count",
                 *kinds, "comment_count save_count"]
            ),
            (draft.row() for draft in drafts),
        )  # fmt: skip
        self._tag(drafts)
        self._index(drafts)
        self._connection.execute(
            """
            UPDATE accounts_user SET post_count = counted.number
            FROM (SELECT author_id, count(*) AS number FROM content_post GROUP BY author_id) AS counted
            WHERE counted.author_id = accounts_user.id
            """
        )
        self.open_post_ids += [draft.id for draft in drafts if draft.is_open]

    def add_stories(self, number: int) -> None:
        """Let random people tell stories within the last day."""
        pick = self._random

        def rows() -> Iterator[tuple[Any, ...]]:
            for _ in range(number):
                moment = self._now - dt.timedelta(hours=20 * pick.random())
                author = pick.choice(self.people)
                yield new_id_at(moment), moment, author.id, self.text(), moment + dt.timedelta(days=1)

        self._copy("content.Story", "id created_at author_id text expires_at", rows())

    def add_conversation(self, members: Sequence[Person], *, is_direct: bool = False) -> uuid.UUID:
        """Let people talk: a pair, or a group of the first one's, which may be larger than people make it."""
        moment, found_id = self._now - dt.timedelta(days=1), new_id_at(self._now - dt.timedelta(days=1))
        ids = [member.id for member in members]
        pair = ":".join(sorted(map(str, ids))) if is_direct else None
        kind, title = ("direct", "") if pair else ("group", "Harbour")
        self._copy(
            "messaging.Conversation",
            "id created_at kind pair title active_at member_count",
            iter([(found_id, moment, kind, pair, title, moment, len(ids))]),
        )
        roles = ["member"] * len(ids) if pair else ["owner", *["member"] * (len(ids) - 1)]
        rows = ((new_id_at(moment), moment, found_id, *seat) for seat in zip(ids, roles, strict=True))
        self._copy("messaging.Membership", "id created_at conversation_id user_id role", rows)
        return found_id

    def settle(self) -> None:
        """Let the database learn what it holds, as it would in time by itself."""
        self._connection.execute("VACUUM (ANALYZE)")
        self._connection.execute("CHECKPOINT")

    def text(self, pick: random.Random | None = None) -> str:
        """Make up something to say, of one to four sentences and a few words that are common or rare."""
        pick = pick or self._random
        return ". ".join([*pick.choices(SENTENCES, k=pick.randint(1, 4)), self.words(WORDS_A_TEXT, pick)])

    def words(self, number: int, pick: random.Random) -> str:
        """Draw words as often as people use them."""
        return " ".join(pick.choices(WORDS, cum_weights=WORD_WEIGHTS, k=number))

    def _draft(self, authors: Sequence[Person]) -> "_Draft":
        pick = self._random
        author = pick.choice(authors)
        moment = self._now - dt.timedelta(seconds=60 + pick.random() * YEAR_SECONDS)
        luck = pick.random()
        visibility = "public" if luck < 0.94 else "followers" if luck < 0.99 else "private"
        is_open = visibility == "public" and not author.is_private
        has_image = is_open and pick.random() < WITH_MEDIA
        media_id = new_id_at(moment) if has_image else None
        return _Draft(new_id_at(moment), moment, author.id, self.text(), visibility, is_open, media_id)

    def _copy_media(self, drafts: Sequence["_Draft"]) -> None:
        rows = (
            (draft.media_id, draft.moment, draft.author_id, "image", "ready", "public",
             f"post:{draft.id}", "image/jpeg", f"{draft.media_id}/original.jpg", 412_345, 1600, 1200,
             "LEHV6nWB2yk8pyo0adR*.7kCMdnj", "A photo", _variants(draft.media_id))
            for draft in drafts
            if draft.media_id is not None
        )  # fmt: skip
        self._copy(
            "media.Media",
            "id created_at owner_id kind state access attached_to content_type file_name size width "
            "height blurhash alt_text variants",
            rows,
        )

    def _react(self, drafts: Sequence["_Draft"]) -> None:
        pick = self._random

        def rows() -> Iterator[tuple[Any, ...]]:
            for draft in drafts:
                people = pick.sample(self.people, pick.randint(0, MOST_REACTIONS))
                kinds = pick.choices(KINDS, KIND_WEIGHTS, k=len(people))
                draft.kinds = Counter(kinds)
                for person, kind in zip(people, kinds, strict=True):
                    yield new_id_at(draft.moment), draft.moment, draft.id, person.id, kind

        self._copy("content.PostReaction", "id created_at post_id user_id kind", rows())

    def _comment(self, drafts: Sequence["_Draft"]) -> None:
        pick = self._random

        def rows() -> Iterator[tuple[Any, ...]]:
            for draft in drafts:
                for _ in range(pick.randint(0, MOST_COMMENTS)):
                    replies = int(pick.random() < 0.2)
                    comment_id = new_id_at(draft.moment)
                    for place in range(1 + replies):
                        yield (
                            new_id_at(draft.moment) if place else comment_id,
                            draft.moment,
                            draft.id,
                            pick.choice(self.people).id,
                            comment_id if place else None,
                            self.text(),
                            0 if place else replies,
                        )
                        draft.comments += 1

        self._copy("content.Comment", "id created_at post_id author_id parent_id text reply_count", rows())

    def _save(self, drafts: Sequence["_Draft"]) -> None:
        pick = self._random

        def rows() -> Iterator[tuple[Any, ...]]:
            for draft in drafts:
                if pick.random() < 0.3:
                    draft.saves = 1
                    yield new_id_at(draft.moment), draft.moment, draft.id, pick.choice(self.people).id

        self._copy("content.SavedPost", "id created_at post_id user_id", rows())

    def _tag(self, drafts: Sequence["_Draft"]) -> None:
        """Put every other post that everybody may see under a tag; some are used much more than others."""
        pick = self._random
        weights = [1 / (rank + 1) for rank in range(len(TAGS))]
        tagged = [draft for draft in drafts if draft.is_open and pick.random() < WITH_TAG]
        chosen = list(zip(tagged, pick.choices(TAGS, weights, k=len(tagged)), strict=True))
        self._copy(
            "content.PostTag",
            "id created_at post_id tag",
            ((new_id_at(draft.moment), draft.moment, draft.id, tag) for draft, tag in chosen),
        )
        self._tagged.update(tag for _, tag in chosen)
        self._connection.execute("DELETE FROM content_tag")
        self._copy(
            "content.Tag",
            "id created_at name post_count",
            ((new_id_at(self._now), self._now, tag, count) for tag, count in self._tagged.items()),
        )

    def _index(self, drafts: Sequence["_Draft"]) -> None:
        rows = (
            (draft.id, draft.author_id, draft.is_open, draft.visibility == "private",
             " ".join(words_of(draft.text)))
            for draft in drafts
        )  # fmt: skip
        self._copy("content.IndexedPost", "post_id author_id is_listed is_private words", rows)

    def _copy(self, model: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
        found: type[Model] = apps.get_model(model)
        copy_rows(self._connection, found, columns.split(), rows)


@dataclass(slots=True)
class _Draft:
    """A post about to be written, and what others did to it."""

    id: uuid.UUID
    moment: dt.datetime
    author_id: uuid.UUID
    text: str
    visibility: str
    is_open: bool
    media_id: uuid.UUID | None
    kinds: Counter[str] | None = None
    comments: int = 0
    saves: int = 0

    def row(self) -> tuple[Any, ...]:
        """Give the row, as `World.add_posts` lists its columns."""
        counts = [0] * len(KINDS) if self.kinds is None else [self.kinds[kind] for kind in KINDS]
        media = [] if self.media_id is None else [str(self.media_id)]
        has_image = bool(media)
        return (
            *(self.id, self.moment, self.author_id, self.text, self.visibility, media, has_image),
            self.is_open,
            *(sum(counts), *counts, self.comments, self.saves),
        )


def _variants(media_id: uuid.UUID) -> dict[str, Any]:
    return {
        str(width): {
            "name": f"{media_id}/{width}.webp",
            "width": width,
            "height": width * 3 // 4,
            "size": width * 90,
        }
        for width in MEDIA_WIDTHS
    }
