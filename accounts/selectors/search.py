"""People by their names, the most followed first."""

import uuid

from django.db.models import Q

from accounts.cards.people import PersonCard
from accounts.enums import AccountStatus
from accounts.models import NameWord, User
from accounts.selectors.people import NAME, people_by_id
from accounts.selectors.relations import blocked_ids, card_of, relations_by_id
from grover.core.db import starting_with
from grover.core.pages import Page, PageRequest, cut_page
from grover.core.viewers import AnyViewer
from grover.core.words import words_of_name

MOST_FOUND = 200


def find_people(viewer: AnyViewer, q: str, request: PageRequest) -> Page[PersonCard]:
    """Read a page of people whose username begins with `q`, or whose name has words that begin with its.

    Whoever has just that username comes first; two hundred are found at most, and nobody where a block
    stands between.
    """
    username = q.removeprefix("@").lower()
    condition = _named(username, words_of_name(q))
    if condition is None:
        return Page([])
    rows = User.objects.filter(status=AccountStatus.ACTIVE).order_by("-follower_count", "-id")
    if viewer.id is not None:
        rows = rows.exclude(pk__in=blocked_ids(viewer.id))
    namesakes = rows.filter(username=username).values_list("pk", flat=True)
    others = rows.filter(condition).exclude(username=username).values_list("pk", flat=True)[:MOST_FOUND]
    return cut_page([*namesakes, *others], request).map(lambda ids: _cards(viewer, ids))


def _named(username: str, words: list[str]) -> Q | None:
    condition = None
    if words:
        condition = Q()
        for word in words:
            named = NameWord.objects.filter(starting_with("word", word))
            condition &= Q(pk__in=named.values("user_id"))
    if NAME.fullmatch(username):
        called = starting_with("username", username)
        return called if condition is None else called | condition
    return condition


def _cards(viewer: AnyViewer, ids: list[uuid.UUID]) -> list[PersonCard]:
    people, relations = people_by_id(ids), relations_by_id(viewer, ids)
    return [
        PersonCard(user=people[key].summary, relation=card_of(relations[key])) for key in ids if key in people
    ]
