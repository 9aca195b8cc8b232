"""Which posts have certain words, newest first: asked of the index that each database has."""

import importlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from django.db import connection

from accounts.cards.people import STRANGERS, Relation


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom posts are sought: what the visibility of a post is decided by, inside the query."""

    id: uuid.UUID | None = None
    follows: Collection[uuid.UUID] = ()
    member_of: Collection[uuid.UUID] = ()
    mutes: Collection[uuid.UUID] = ()
    blocked: Collection[uuid.UUID] = ()

    @property
    def shuns(self) -> list[uuid.UUID]:
        """List the people whose posts they must not or do not want to find."""
        return [*self.mutes, *self.blocked]

    def relation_to(self, author_id: uuid.UUID) -> Relation:
        """Tell what they and an author are to each other, as far as it decides what they find."""
        if author_id == self.id:
            return STRANGERS
        return Relation(
            following=author_id in self.follows,
            muting=author_id in self.mutes,
            blocking=author_id in self.blocked,
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A post that was found, its words, and what people did with it."""

    post_id: uuid.UUID
    words: Sequence[str]
    reactions: int
    dislikes: int
    comments: int
    saves: int
    reposts: int
    quotes: int


COUNTERS = ("reaction_count", "dislike_count", "comment_count", "save_count", "repost_count", "quote_count")


class PostIndex(Protocol):
    """Finds posts by words, one adapter a database."""

    def newest(
        self, words: Sequence[str], reader: Reader, *, before: uuid.UUID | None, limit: int
    ) -> list[Match]:
        """Find the newest posts that have all the words and that the reader may see, as it was indexed."""


@cache
def post_index() -> PostIndex:
    """Give the adapter of the database in use."""
    module = importlib.import_module(f"content.selectors.matches_{connection.vendor}")
    return cast("PostIndex", module.Index())
