"""What hangs on the words of a text: its tags and mentions; and following tags."""

import uuid
from collections.abc import Collection

from django.db.models import F

from content.cards import TagCard
from content.events import TagFollowed, TagUnfollowed
from content.models import Mention, PostTag, Tag, TagFollow
from content.selectors.entities import tag_name
from content.selectors.tags import get_tag
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.events import emit
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer


def know_tags(names: Collection[str]) -> None:
    """Make sure that tags are known before a post bears them; a race for one is lost by IntegrityError."""
    known = Tag.objects.filter(name__in=list(names)).values_list("name", flat=True)
    for name in sorted(set(names) - set(known)) if names else ():
        _add(name)


@atomic
def _add(name: str) -> None:
    Tag.objects.create(name=name)
    bump("tags")


def retag(post_id: uuid.UUID, *, before: Collection[str], after: Collection[str]) -> None:
    """Put a post under other tags than before; joins the caller's transaction.

    All take the tags in the order of their names, so no two wait for each other.
    """
    added, removed = set(after) - set(before), set(before) - set(after)
    for name in sorted(added | removed):
        count_on_tag(name, post_count=1 if name in added else -1)
    if removed:
        PostTag.objects.filter(post_id=post_id, tag__in=list(removed)).delete()
    PostTag.objects.bulk_create([PostTag(post_id=post_id, tag=name) for name in sorted(added)])


def count_on_tag(name: str, **by: int) -> None:
    """Change counters of a tag; LostRace when it is not known."""
    changes = {field: F(field) + number for field, number in by.items()}
    if Tag.objects.filter(name=name).update(**changes) != 1:
        raise LostRace
    bump(f"tag:{name}")


def note_mentions(
    post_id: uuid.UUID,
    comment_id: uuid.UUID | None = None,
    *,
    before: Collection[uuid.UUID] = (),
    after: Collection[uuid.UUID],
) -> None:
    """Note whom a post, or a comment under it, mentions now; joins the caller's transaction."""
    gone = set(before) - set(after)
    if gone:
        noted = Mention.objects.filter(post_id=post_id, user_id__in=list(gone))
        here = noted.filter(comment__isnull=True) if comment_id is None else noted.filter(comment=comment_id)
        here.delete()
    new = sorted(set(after) - set(before))
    Mention.objects.bulk_create(
        [Mention(post_id=post_id, comment_id=comment_id, user_id=user_id) for user_id in new]
    )


def follow_tag(actor: Viewer, *, text: str) -> TagCard:
    """Follow a tag in any spelling; NotFound when no post ever bore it."""
    _follow(actor, _known(text))
    return get_tag(actor, text)


def unfollow_tag(actor: Viewer, *, text: str) -> TagCard:
    """Follow a tag no longer, if one did."""
    _unfollow(actor, _known(text))
    return get_tag(actor, text)


def _known(text: str) -> str:
    name = tag_name(text)
    if name is None or not Tag.objects.filter(name=name).exists():
        raise NotFound
    return name


@settled
def _follow(actor: Viewer, name: str) -> None:
    if not TagFollow.objects.filter(user_id=actor.id, tag=name).exists():
        _write_follow(actor, name)


@settled
def _unfollow(actor: Viewer, name: str) -> None:
    if TagFollow.objects.filter(user_id=actor.id, tag=name).exists():
        remove_tag_follow(actor.id, name)
        emit(TagUnfollowed(tag=name, user_id=actor.id))


@atomic
def _write_follow(actor: Viewer, name: str) -> None:
    count_on_tag(name, follower_count=1)
    TagFollow.objects.create(user_id=actor.id, tag=name)
    emit(TagFollowed(tag=name, user_id=actor.id))
    bump(f"marks:{actor.id}")


@atomic
def remove_tag_follow(user_id: uuid.UUID, name: str) -> None:
    """Remove that somebody follows a tag; LostRace when they do not."""
    count_on_tag(name, follower_count=-1)
    if TagFollow.objects.filter(user_id=user_id, tag=name).delete()[0] != 1:
        raise LostRace
    bump(f"marks:{user_id}")
