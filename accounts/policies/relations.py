"""Who may follow, block and mute whom, and see who follows whom."""

import uuid

from accounts.cards.people import Person, Relation
from accounts.errors.people import AccountPrivate, FollowLimitReached, OwnAccount
from grover.core.errors import NotFound
from grover.core.viewers import AnyViewer, Viewer

MOST_FOLLOWED = 5_000


def check_is_other(actor: Viewer, target_id: uuid.UUID) -> None:
    """Refuse what nobody can do to themselves."""
    if actor.id == target_id:
        raise OwnAccount


def check_can_see_person(person: Person | None, relation: Relation) -> Person:
    """Give the person; NotFound when they are not active or a block stands between the two."""
    if person is None or relation.is_blocked:
        raise NotFound
    return person


def can_see_follows(viewer: AnyViewer, person: Person, relation: Relation) -> bool:
    """Tell whether the viewer may see who follows a person and whom they follow."""
    return not person.is_private or viewer.id == person.summary.id or relation.following


def check_can_see_follows(viewer: AnyViewer, person: Person, relation: Relation) -> None:
    """Refuse to list the follows of a private account to those it has not accepted."""
    if not can_see_follows(viewer, person, relation):
        raise AccountPrivate


def check_can_follow_more(following_count: int, requested_count: int) -> None:
    """Refuse one more follow; what is asked for counts as if it were accepted."""
    if following_count + requested_count >= MOST_FOLLOWED:
        raise FollowLimitReached(f"At most {MOST_FOLLOWED} people")
