"""Publishing, editing and deleting posts."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.actions.counters import change_post_count
from accounts.selectors.people import get_person, people_by_id
from content.actions.notices import tell_of_mentions_in_post
from content.cards import PostCard
from content.enums import ReplyPolicy, Visibility
from content.errors import NotTheAuthor
from content.events import PostDeleted, PostEdited, PostPublished
from content.models import PinnedPost, Post, PostRevision
from content.policies import Audience
from content.selectors.posts import audience_of, cards_of, get_post, share
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from grover.media.actions import attach_media, delete_attached, set_restricted
from grover.media.enums import MediaKind

BATCH = 500
WORDING = frozenset({"text", "content_warning"})


def publish_post(
    actor: Viewer,
    *,
    text: str = "",
    media_ids: Sequence[uuid.UUID] = (),
    visibility: str = Visibility.PUBLIC,
    content_warning: str = "",
    reply_policy: str = ReplyPolicy.EVERYONE,
) -> PostCard:
    """Publish a text, uploads of one's own, or both."""
    post = Post(
        id=new_id(),
        author_id=actor.id,
        text=text,
        visibility=visibility,
        content_warning=content_warning,
        reply_policy=reply_policy,
    )
    _publish(actor, post, media_ids)
    return get_post(actor, post.pk)


@atomic
def _publish(actor: Viewer, post: Post, media_ids: Sequence[uuid.UUID]) -> None:
    _check_says_something(post.text, media_ids)
    change_post_count(actor.id, by=1)  # first: from here on nobody makes the account private meanwhile
    audience = Audience(actor.id, post.visibility, get_person(actor.id))
    media = attach_media(actor.id, media_ids=media_ids, to=_place(post.pk), restricted=audience.is_restricted)
    post.media_ids = [str(card.id) for card in media]
    post.has_image = any(card.kind == MediaKind.IMAGE.value for card in media)
    post.save(force_insert=True)
    tell_of_mentions_in_post(actor, post, audience)
    emit(
        PostPublished(post_id=post.pk, author_id=actor.id, visibility=post.visibility, media_count=len(media))
    )
    bump(f"user:{actor.id}")


def edit_post(
    actor: Viewer,
    *,
    post_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[PostCard], None] | None = None,
) -> PostCard:
    """Change one's own post, keeping what it said before.

    `precondition` may refuse on the post as it stands; the change is made to just that state or not
    at all.
    """
    _edit(actor, post_id, changes, precondition)
    return get_post(actor, post_id)


@settled
def _edit(
    actor: Viewer,
    post_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[PostCard], None] | None,
) -> None:
    post, audience = _own_post(actor, post_id)
    if precondition is not None:
        precondition(_card_now(actor, post))
    changed = {name: value for name, value in changes.items() if getattr(post, name) != value}
    if changed:
        _check_says_something(changed.get("text", post.text), post.media_ids)
        _write_if_unchanged(actor, post, audience, changed)


@atomic
def _write_if_unchanged(actor: Viewer, post: Post, audience: Audience, changed: dict[str, Any]) -> None:
    has_new_wording = not WORDING.isdisjoint(changed)
    edited_at = timezone.now() if has_new_wording else post.edited_at
    same = Post.objects.filter(pk=post.pk, version=post.version)
    if same.update(**changed, edited_at=edited_at, version=post.version + 1) != 1:
        raise LostRace
    if has_new_wording:
        _keep_wording(post)
    if "visibility" in changed:
        now_for = Audience(post.author_id, changed["visibility"], audience.author)
        set_restricted(to=_place(post.pk), restricted=now_for.is_restricted)
    _tell_of_new_mentions(actor, post, audience, changed)
    emit(PostEdited(post_id=post.pk, author_id=post.author_id, version=post.version + 1))
    bump(f"post:{post.pk}", f"user:{post.author_id}", f"comments:{post.pk}")


def _tell_of_new_mentions(actor: Viewer, post: Post, audience: Audience, changed: Mapping[str, Any]) -> None:
    """Tell whom an edited post mentions, and did not before."""
    if "text" not in changed:
        return
    now = Audience(post.author_id, changed.get("visibility", post.visibility), audience.author)
    edited = Post(
        id=post.pk, text=changed["text"], content_warning=changed.get("content_warning", post.content_warning)
    )
    tell_of_mentions_in_post(actor, edited, now, before=post.text)


def _card_now(actor: Viewer, post: Post) -> PostCard:
    """Show a post as this very row says."""
    return cards_of(list(share([post], read_since=0).values()), actor)[0]


def _keep_wording(post: Post) -> None:
    PostRevision.objects.create(
        post_id=post.pk, version=post.version, text=post.text, content_warning=post.content_warning
    )


@atomic
def delete_post(actor: Viewer, *, post_id: uuid.UUID) -> None:
    """Delete one's own post: it is gone at once, and what hangs on it goes in a job."""
    post, _ = _own_post(actor, post_id)
    remove_post(post.pk, post.author_id)


@atomic
def remove_post(post_id: uuid.UUID, author_id: uuid.UUID) -> None:
    """Remove a post, whoever asked for it; NotFound when it is gone already."""
    if not Post.objects.filter(pk=post_id).delete()[0]:
        raise NotFound
    PinnedPost.objects.filter(post_id=post_id).delete()
    change_post_count(author_id, by=-1)
    delete_attached(to=_place(post_id))
    enqueue_durable("content.tasks.erase_remains_of_post", post_id=post_id)
    emit(PostDeleted(post_id=post_id, author_id=author_id))
    bump(f"post:{post_id}", f"comments:{post_id}", f"user:{author_id}")


def follow_audience_of(author_id: uuid.UUID) -> None:
    """Hear that who may see somebody's posts has changed, and see to their files in a job."""
    enqueue_durable("content.tasks.restrict_media_of_author", author_id=author_id)


def restrict_media_of(author_id: uuid.UUID) -> None:
    """Fit who may fetch the files of somebody's posts to who may see the posts now."""
    rows = Post.objects.filter(author_id=author_id).exclude(media_ids=[]).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    while ids:
        for post_id in ids:
            _fit_media(post_id)
        ids = list(rows.filter(pk__gt=ids[-1]).values_list("pk", flat=True)[:BATCH])


@atomic
def _fit_media(post_id: uuid.UUID) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        author = people_by_id([post.author_id]).get(post.author_id)
        audience = Audience(post.author_id, post.visibility, author)
        set_restricted(to=_place(post_id), restricted=audience.is_restricted)


def _own_post(actor: Viewer, post_id: uuid.UUID) -> tuple[Post, Audience]:
    post, audience, _ = audience_of(actor, post_id)
    if post.author_id != actor.id:
        raise NotTheAuthor
    return post, audience


def _check_says_something(text: str, media: Sequence[Any]) -> None:
    if not text and not media:
        raise Invalid.at("/text", "required", "A post without uploads needs a text")


def _place(post_id: uuid.UUID) -> str:
    """Name a post for the uploads that hang on it."""
    return f"post:{post_id}"
