"""Following: at once where the account is public, by request where it is private."""

import uuid

from accounts import ports
from accounts.actions.relations import (
    add_relation,
    bump_relations,
    count_follows,
    remove_relations,
    take_turns,
)
from accounts.cards.people import PersonCard, RelationCard
from accounts.enums import RelationKind
from accounts.events.people import (
    FollowAccepted,
    FollowRejected,
    FollowRequested,
    UserFollowed,
    UserUnfollowed,
)
from accounts.models import Relation, User
from accounts.policies.relations import check_can_follow_more, check_is_other
from accounts.selectors.relations import person_card, relation_card, visible_person
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.viewers import Viewer


@atomic
def follow_user(actor: Viewer, *, target_id: uuid.UUID) -> RelationCard:
    """Follow somebody, or ask to where their account is private; a second call changes nothing."""
    check_is_other(actor, target_id)
    take_turns(actor.id, target_id)
    person, relation = visible_person(actor, target_id)
    if not relation.following and not relation.requested:
        _check_limit(actor)
        if person.is_private:
            _request(actor.id, target_id)
        else:
            _begin(actor.id, target_id)
        bump_relations(actor.id, target_id)
    return relation_card(actor, target_id)


@atomic
def unfollow_user(actor: Viewer, *, target_id: uuid.UUID) -> RelationCard:
    """Follow somebody no more, or take a request back; a second call changes nothing."""
    check_is_other(actor, target_id)
    take_turns(actor.id, target_id)
    visible_person(actor, target_id)
    removed = remove_relations(actor.id, target_id, RelationKind.FOLLOW, RelationKind.REQUEST)
    if RelationKind.FOLLOW in removed:
        count_follows([actor.id], target_id, by=-1)
        emit(UserUnfollowed(actor.id, target_id))
    if removed:
        ports.follow_ended.call(actor.id, target_id)
        bump_relations(actor.id, target_id)
    return relation_card(actor, target_id)


@atomic
def accept_follow_request(actor: Viewer, *, request_id: uuid.UUID) -> PersonCard:
    """Let somebody who asked follow; NotFound when the request is not there any more."""
    follower_id = _take_request(actor, request_id)
    add_relation(follower_id, actor.id, RelationKind.FOLLOW)
    count_follows([follower_id], actor.id, by=1)
    ports.follow_accepted.call(follower_id, actor.id)
    bump_relations(follower_id, actor.id)
    emit(FollowAccepted(follower_id, actor.id))
    return person_card(actor, follower_id)


@atomic
def reject_follow_request(actor: Viewer, *, request_id: uuid.UUID) -> None:
    """Turn down somebody who asked to follow; they are not told and may ask again."""
    follower_id = _take_request(actor, request_id)
    ports.follow_ended.call(follower_id, actor.id)
    bump_relations(follower_id, actor.id)
    emit(FollowRejected(follower_id, actor.id))


def accept_all_requests(user_id: uuid.UUID) -> int:
    """Let all who asked follow an account that becomes public; give how many.

    Joins the transaction of the change, which has taken the account's turn before, so that no request
    is added meanwhile.
    """
    requests = Relation.objects.filter(target_id=user_id, kind=RelationKind.REQUEST).order_by("id")
    follower_ids = list(requests.values_list("source_id", flat=True))
    requests.delete()
    Relation.objects.bulk_create(
        [
            Relation(source_id=follower_id, target_id=user_id, kind=RelationKind.FOLLOW)
            for follower_id in follower_ids
        ],
        batch_size=500,
    )
    count_follows(follower_ids, user_id, by=1)
    for follower_id in follower_ids:
        emit(FollowAccepted(follower_id, user_id))
    if follower_ids:
        ports.follows_accepted.call(follower_ids, user_id)
        bump_relations(user_id, *follower_ids)
    return len(follower_ids)


def _check_limit(actor: Viewer) -> None:
    requested = Relation.objects.filter(source_id=actor.id, kind=RelationKind.REQUEST).count()
    following = User.objects.values_list("following_count", flat=True).get(pk=actor.id)
    check_can_follow_more(following, requested)


def _request(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    add_relation(follower_id, target_id, RelationKind.REQUEST)
    ports.follow_requested.call(follower_id, target_id)
    emit(FollowRequested(follower_id, target_id))


def _begin(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    add_relation(follower_id, target_id, RelationKind.FOLLOW)
    count_follows([follower_id], target_id, by=1)
    ports.person_followed.call(follower_id, target_id)
    emit(UserFollowed(follower_id, target_id))


def _take_request(actor: Viewer, request_id: uuid.UUID) -> uuid.UUID:
    """Remove a request to the actor and give who asked."""
    requests = Relation.objects.filter(pk=request_id, target_id=actor.id, kind=RelationKind.REQUEST)
    follower_id = requests.values_list("source_id", flat=True).first()
    if follower_id is None:
        raise NotFound
    take_turns(follower_id, actor.id)
    visible_person(actor, follower_id)
    if not remove_relations(follower_id, actor.id, RelationKind.REQUEST):
        raise NotFound
    return follower_id
