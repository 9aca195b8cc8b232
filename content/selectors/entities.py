"""The mentions and hashtags in a text, with where they stand."""

import re
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.cards.people import Relation
from accounts.selectors.contacts import mentionable
from content.cards import EntityCard
from content.models import Post
from grover.core.viewers import Viewer

MOST_MENTIONS = 20
MOST_TAGS = 30
LONGEST_TAG = 50

MENTION = re.compile(
    r"(?<![\w@.])@([a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?)(?![a-z0-9_])", re.ASCII | re.IGNORECASE
)
HASH = re.compile(r"(?<![\w#&/])#")

Stored = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, in characters, and the name it stands for: of a person, or of a tag."""

    kind: str
    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Entities:
    """What a text speaks of: its tags, whom it mentions, and both as they are stored with it.

    `relations` is what the one who wrote it and each person mentioned are to each other.
    """

    stored: Stored
    tags: list[str]
    relations: dict[uuid.UUID, Relation]


def find_entities(actor: Viewer, text: str) -> Entities:
    """Find the tags of a text, and those whom the actor may mention: four queries if it names anybody."""
    mentions = list(_mentions(text))
    people = mentionable(actor, {span.name for span in mentions})
    tags = list(_tags(text))
    stored = [_store(span, span.name) for span in tags]
    stored += [_store(span, str(people[span.name].user_id)) for span in mentions if span.name in people]
    return Entities(
        stored=sorted(stored, key=lambda entity: int(entity["start"])),
        tags=list(dict.fromkeys(span.name for span in tags)),
        relations={person.user_id: person.relation for person in people.values()},
    )


def cards_of_entities(stored: Stored) -> list[EntityCard]:
    """Show what was stored with a text."""
    return [
        EntityCard(
            kind=entity["kind"],
            start=entity["start"],
            end=entity["end"],
            tag=entity["name"] if entity["kind"] == "tag" else None,
            user_id=uuid.UUID(entity["name"]) if entity["kind"] == "mention" else None,
        )
        for entity in stored
    ]


def mentioned_in(stored: Stored) -> set[uuid.UUID]:
    """Name the people whom a stored text mentions."""
    return {uuid.UUID(entity["name"]) for entity in stored if entity["kind"] == "mention"}


def tags_in(stored: Stored) -> set[str]:
    """Name the tags of a stored text."""
    return {entity["name"] for entity in stored if entity["kind"] == "tag"}


def tags_listed(post: Post) -> set[str]:
    """Name the tags under which a post is found: that everybody may see, and read."""
    return tags_in(post.entities) if post.is_listed and not post.is_for_payers else set()


def names_in(text: str) -> list[str]:
    """Find whom a text mentions, the first twenty, each once."""
    return list(dict.fromkeys(span.name for span in _mentions(text)))


def tag_name(text: str) -> str | None:
    """Give the one name under which all spellings of a tag are known; None when it is no tag.

    Spellings that differ in case, width or composition are one (NFKC, case folded). A tag has letters,
    digits and underscores, and not only digits.
    """
    name = unicodedata.normalize("NFKC", text).casefold()
    is_tag = 0 < len(name) <= LONGEST_TAG and all(map(_is_of_tag, name)) and not name.isdecimal()
    return name if is_tag else None


def _mentions(text: str) -> Iterator[Span]:
    """Find the mentions of the first twenty people that a text names."""
    names: set[str] = set()
    for match in MENTION.finditer(text):
        name = match[1].lower()
        if name in names or len(names) < MOST_MENTIONS:
            names.add(name)
            yield Span("mention", match.start(), match.end(), name)


def _tags(text: str) -> Iterator[Span]:
    """Find the first thirty hashtags of a text."""
    found = 0
    for match in HASH.finditer(text):
        end = match.end()
        while end < len(text) and _is_of_tag(text[end]):
            end += 1
        name = tag_name(text[match.end() : end])
        if name is not None and found < MOST_TAGS:
            found += 1
            yield Span("tag", match.start(), end, name)


def _is_of_tag(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LNM"


def _store(span: Span, name: str) -> dict[str, Any]:
    return {"kind": span.kind, "start": span.start, "end": span.end, "name": name}
