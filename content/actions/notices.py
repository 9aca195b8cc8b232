"""Telling people of what others did to what they published; all join the transaction of what they tell of.

Boxes of notifications are taken in the order of their people's ids, so no two actions wait for each
other.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from functools import partial

from accounts.cards.people import Relation
from accounts.enums import NotificationKind
from accounts.selectors.relations import relations_by_id
from content.models import Comment, Post
from content.policies.visibility import Audience, can_see_post
from content.selectors.excerpts import COMMENT, POST, excerpt_for_others, excerpt_of, excerpt_of_post
from content.selectors.locks import readers_among
from content.selectors.memberships import members_among
from grover.core.viewers import Viewer, on_behalf_of
from messaging.actions.notifications import notify, withdraw, withdraw_from_all

Notices = dict[uuid.UUID, Callable[..., None]]
Relations = Mapping[uuid.UUID, Relation]


def tell_of_reaction(actor: Viewer, post: Post, relation: Relation) -> None:
    """Tell the author of a post that somebody reacts to it; `relation` is what the two are to each other."""
    notify(
        post.author_id,
        kind=NotificationKind.REACTION,
        actor_id=actor.id,
        source=_reaction_source(POST, post.pk, actor),
        thing_kind=POST,
        thing_id=post.pk,
        excerpt=excerpt_of_post(post),
        relation=relation,
    )


def take_back_reaction(actor: Viewer, post: Post) -> None:
    """Take back that somebody reacts to a post."""
    if post.author_id != actor.id:
        withdraw(post.author_id, source=_reaction_source(POST, post.pk, actor))


def tell_of_comment_reaction(actor: Viewer, comment: Comment, relation: Relation) -> None:
    """Tell the author of a comment of a reaction to it; `relation` is what the two are to each other."""
    notify(
        comment.author_id,
        kind=NotificationKind.COMMENT_REACTION,
        actor_id=actor.id,
        source=_reaction_source(COMMENT, comment.pk, actor),
        thing_kind=COMMENT,
        thing_id=comment.pk,
        excerpt=excerpt_of(comment.text),
        relation=relation,
    )


def take_back_comment_reaction(actor: Viewer, comment: Comment) -> None:
    """Take back that somebody reacts to a comment."""
    if comment.author_id != actor.id:
        withdraw(comment.author_id, source=_reaction_source(COMMENT, comment.pk, actor))


def tell_of_repost(actor: Viewer, post: Post, relation: Relation) -> None:
    """Tell the author of a post that somebody passed it on; `relation` is what the two are to each other."""
    notify(
        post.author_id,
        kind=NotificationKind.REPOST,
        actor_id=actor.id,
        source=_repost_source(post, actor),
        thing_kind=POST,
        thing_id=post.pk,
        excerpt=excerpt_of_post(post),
        relation=relation,
    )


def take_back_repost(actor: Viewer, post: Post) -> None:
    """Take back that somebody passed a post on."""
    if post.author_id != actor.id:
        withdraw(post.author_id, source=_repost_source(post, actor))


def tell_of_post(actor: Viewer, post: Post, audience: Audience, mentioned: Relations) -> None:
    """Tell of a new post: whose post it quotes, and whom it mentions."""
    notices: Notices = {}
    if post.quoted_author_id is not None:
        notices[post.quoted_author_id] = partial(
            notify,
            kind=NotificationKind.QUOTE,
            actor_id=actor.id,
            source=_source(POST, post.pk),
            thing_kind=POST,
            thing_id=post.pk,
            excerpt=excerpt_for_others(post),
        )
    for user_id in _who_sees(actor, mentioned, audience):
        notices.setdefault(user_id, _mention(actor, POST, post.pk, excerpt_for_others(post)))
    _tell(notices)


def tell_of_comment(
    actor: Viewer,
    comment: Comment,
    *,
    post: Post,
    audience: Audience,
    answered: Comment | None,
    mentioned: Relations,
) -> None:
    """Tell of a new comment: whose comment it answers, the author of the post, and whom it mentions.

    Under a post for payers only those are told who read it.
    """
    notices: Notices = {}
    if answered is not None and readers_among([answered.author_id], audience):
        notices[answered.author_id] = _about(actor, comment, NotificationKind.REPLY, COMMENT, answered.pk)
    if post.author_id not in notices:
        notices[post.author_id] = _about(actor, comment, NotificationKind.COMMENT, POST, post.pk)
    for user_id in readers_among(_who_sees(actor, mentioned, audience), audience):
        notices.setdefault(user_id, _mention(actor, COMMENT, comment.pk, excerpt_of(comment.text)))
    _tell(notices)


def take_back_comment(comment_id: uuid.UUID) -> None:
    """Take back what people were told of a comment that is deleted."""
    withdraw_from_all(source=_source(COMMENT, comment_id))
    withdraw_from_all(source=_mention_source(COMMENT, comment_id))


def tell_of_changed_mentions(
    actor: Viewer,
    thing: Post | Comment,
    audience: Audience,
    *,
    before: Collection[uuid.UUID],
    mentioned: Relations,
) -> None:
    """Tell whom an edited text mentions now, and take it back from whom it mentions no more."""
    kind = POST if isinstance(thing, Post) else COMMENT
    excerpt = excerpt_for_others(thing) if isinstance(thing, Post) else excerpt_of(thing.text)
    new = {user_id: relation for user_id, relation in mentioned.items() if user_id not in before}
    people: Collection[uuid.UUID] = _who_sees(actor, new, audience)
    if isinstance(thing, Comment):
        people = readers_among(people, audience)
    told = {user_id: _mention(actor, kind, thing.pk, excerpt) for user_id in people}
    gone = {
        user_id: partial(withdraw, source=_mention_source(kind, thing.pk))
        for user_id in set(before) - mentioned.keys()
    }
    _tell(told | gone)


def _about(
    actor: Viewer, comment: Comment, kind: str, thing_kind: str, thing_id: uuid.UUID
) -> Callable[..., None]:
    return partial(
        notify,
        kind=kind,
        actor_id=actor.id,
        source=_source(COMMENT, comment.pk),
        thing_kind=thing_kind,
        thing_id=thing_id,
        data={"comment_id": str(comment.pk)},
        excerpt=excerpt_of(comment.text),
    )


def _mention(actor: Viewer, thing_kind: str, thing_id: uuid.UUID, excerpt: str) -> Callable[..., None]:
    return partial(
        notify,
        kind=NotificationKind.MENTION,
        actor_id=actor.id,
        source=_mention_source(thing_kind, thing_id),
        thing_kind=thing_kind,
        thing_id=thing_id,
        excerpt=excerpt,
    )


def _tell(notices: Notices) -> None:
    for user_id in sorted(notices):
        notices[user_id](user_id)


def _who_sees(actor: Viewer, mentioned: Relations, audience: Audience) -> list[uuid.UUID]:
    """Find who of those mentioned sees what they are mentioned under; `mentioned` is theirs to the actor."""
    if not mentioned:
        return []
    found = mentioned
    if audience.author_id != actor.id:
        found = relations_by_id(on_behalf_of(audience.author_id), list(mentioned))
    place = audience.members_of
    members = set() if place is None else members_among(place, found)
    return [
        user_id
        for user_id, relation in found.items()
        if can_see_post(
            on_behalf_of(user_id),
            audience,
            _turned_round(relation),
            member_of={place} if place is not None and user_id in members else (),
        )
    ]


def _turned_round(relation: Relation) -> Relation:
    """See what an author and a reader are to each other from the reader's side."""
    return Relation(
        following=relation.followed_by,
        followed_by=relation.following,
        blocking=relation.blocked_by,
        blocked_by=relation.blocking,
    )


def _source(thing_kind: str, thing_id: uuid.UUID) -> str:
    return f"{thing_kind}:{thing_id}"


def _reaction_source(thing_kind: str, thing_id: uuid.UUID, actor: Viewer) -> str:
    return f"reaction:{thing_kind}:{thing_id}:{actor.id}"


def _repost_source(post: Post, actor: Viewer) -> str:
    return f"repost:{post.pk}:{actor.id}"


def _mention_source(thing_kind: str, thing_id: uuid.UUID) -> str:
    return f"mention:{thing_kind}:{thing_id}"
