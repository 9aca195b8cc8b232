"""Passing posts on to one's followers."""

import uuid

from accounts.cards.people import Relation
from content.actions.counts import count_on_post
from content.actions.notices import take_back_repost, tell_of_repost
from content.cards import PostCard
from content.errors import NotForAll
from content.events import PostReposted, PostUnreposted
from content.models import Post, Repost
from content.policies.visibility import may_pass_on
from content.selectors.posts import audience_of, get_post, visible_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer


def repost(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Pass a post on that everybody may see; doing it again changes nothing."""
    _repost(actor, post_id)
    return get_post(actor, post_id)


def unrepost(actor: Viewer, *, post_id: uuid.UUID) -> PostCard:
    """Pass a post on no longer, if one did."""
    _unrepost(actor, post_id)
    return get_post(actor, post_id)


@settled
def _repost(actor: Viewer, post_id: uuid.UUID) -> None:
    post, audience, relation = audience_of(actor, post_id)
    if _did(actor, post_id):
        return
    if not may_pass_on(actor, audience):
        raise NotForAll
    with turn(post_id):
        _write(actor, post, relation)


@settled
def _unrepost(actor: Viewer, post_id: uuid.UUID) -> None:
    post = visible_post(actor, post_id)
    if _did(actor, post_id):
        with turn(post_id):
            _remove(actor, post)


def _did(actor: Viewer, post_id: uuid.UUID) -> bool:
    return Repost.objects.filter(user_id=actor.id, post_id=post_id).exists()


@atomic
def _write(actor: Viewer, post: Post, relation: Relation) -> None:
    count_on_post(post.pk, repost_count=1)
    Repost.objects.create(user_id=actor.id, post_id=post.pk)
    tell_of_repost(actor, post, relation)
    emit(PostReposted(post_id=post.pk, author_id=post.author_id, user_id=actor.id))
    bump(f"post:{post.pk}", f"marks:{actor.id}", f"user:{actor.id}")


@atomic
def _remove(actor: Viewer, post: Post) -> None:
    count_on_post(post.pk, repost_count=-1)
    if Repost.objects.filter(user_id=actor.id, post_id=post.pk).delete()[0] != 1:
        raise LostRace
    take_back_repost(actor, post)
    emit(PostUnreposted(post_id=post.pk, user_id=actor.id))
    bump(f"post:{post.pk}", f"marks:{actor.id}", f"user:{actor.id}")
