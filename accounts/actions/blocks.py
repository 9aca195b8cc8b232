"""Blocking, which hides each of two people from the other, and muting, which only one notices."""

import uuid

from accounts import ports
from accounts.actions.relations import (
    add_relation,
    bump_relations,
    count_follows,
    remove_relations,
    take_turns,
)
from accounts.cards.people import RelationCard
from accounts.enums import RelationKind
from accounts.events.people import UserBlocked, UserUnblocked
from accounts.policies.relations import check_is_other
from accounts.selectors.people import get_person
from accounts.selectors.relations import relation_card, relation_to, visible_person
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.viewers import Viewer


@atomic
def block_user(actor: Viewer, *, target_id: uuid.UUID) -> RelationCard:
    """Block somebody: follows and requests end both ways, and neither sees the other any more.

    It works also on somebody who blocks the actor: who wants to be safe must not depend on them.
    """
    check_is_other(actor, target_id)
    take_turns(actor.id, target_id)
    get_person(target_id)
    if not relation_to(actor, target_id).blocking:
        _part(actor.id, target_id)
        _part(target_id, actor.id)
        add_relation(actor.id, target_id, RelationKind.BLOCK)
        ports.person_blocked.call(actor.id, target_id)
        bump_relations(actor.id, target_id)
        emit(UserBlocked(actor.id, target_id))
    return relation_card(actor, target_id)


@atomic
def unblock_user(actor: Viewer, *, target_id: uuid.UUID) -> RelationCard:
    """Block somebody no more; what the block ended does not come back."""
    check_is_other(actor, target_id)
    take_turns(actor.id, target_id)
    get_person(target_id)
    if remove_relations(actor.id, target_id, RelationKind.BLOCK):
        bump_relations(actor.id, target_id)
        emit(UserUnblocked(actor.id, target_id))
    return relation_card(actor, target_id)


@atomic
def mute_user(actor: Viewer, *, target_id: uuid.UUID) -> RelationCard:
    """Keep somebody out of the actor's feed and notifications; they never learn of it."""
    check_is_other(actor, target_id)
    take_turns(actor.id)
    _, relation = visible_person(actor, target_id)
    if not relation.muting:
        add_relation(actor.id, target_id, RelationKind.MUTE)
        bump_relations(actor.id)
    return relation_card(actor, target_id)


@atomic
def unmute_user(actor: Viewer, *, target_id: uuid.UUID) -> RelationCard:
    """Mute somebody no more."""
    check_is_other(actor, target_id)
    take_turns(actor.id)
    visible_person(actor, target_id)
    if remove_relations(actor.id, target_id, RelationKind.MUTE):
        bump_relations(actor.id)
    return relation_card(actor, target_id)


def _part(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    removed = remove_relations(follower_id, target_id, RelationKind.FOLLOW, RelationKind.REQUEST)
    if RelationKind.FOLLOW in removed:
        count_follows([follower_id], target_id, by=-1)
