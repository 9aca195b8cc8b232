"""People by their names, the most followed first."""

import uuid
from collections.abc import Collection

from django.db.models import Case, Q, Value, When

from accounts.cards.people import Person, PersonCard
from accounts.models import NameWord, User
from accounts.selectors.people import NAME, first_people
from accounts.selectors.relations import card_of, relations_by_id
from grover.core.db import starting_with
from grover.core.pages import Page, PageRequest, cut_page
from grover.core.viewers import AnyViewer
from grover.core.words import words_of_name

MOST_FOUND = 200


def find_people(
    viewer: AnyViewer, q: str, request: PageRequest, *, without: Collection[uuid.UUID]
) -> Page[PersonCard]:
    """Read a page of people whose username begins with `q`, or whose name has words that begin with its.

    Whoever has just that username comes first; two hundred are found at most. In two queries.
    """
    username = q.removeprefix("@").lower()
    condition = _named(username, words_of_name(q))
    if condition is None:
        return Page([])
    rows = User.objects.filter(condition).exclude(pk__in=without)
    is_other = Case(When(username=username, then=Value(0)), default=Value(1))
    people = first_people(rows.order_by(is_other, "-follower_count", "-id"), MOST_FOUND)
    return cut_page(people, request).map(lambda found: _cards(viewer, found))


def _named(username: str, words: list[str]) -> Q | None:
    """Write out who is found; None when nobody can be."""
    called = starting_with("username", username) if NAME.fullmatch(username) else None
    if not words:
        return called
    named = Q()
    for word in words:
        having = NameWord.objects.filter(starting_with("word", word))
        named &= Q(pk__in=having.values("user_id"))
    return named if called is None else called | named


def _cards(viewer: AnyViewer, people: list[Person]) -> list[PersonCard]:
    relations = relations_by_id(viewer, [person.summary.id for person in people])
    return [
        PersonCard(user=person.summary, relation=card_of(relations[person.summary.id])) for person in people
    ]
