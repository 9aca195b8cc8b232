"""Keeping the index of posts, by jobs that read what is true when they run."""

import uuid
from collections.abc import Iterable, Sequence

from django.db import IntegrityError
from django.db.models import F

from content.enums import Visibility
from content.models import IndexedPost, Post
from grover.core.batches import batches_of_ids
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.jobs import enqueue_durable
from grover.core.races import settled
from grover.core.words import words_of


def index_soon(post_id: uuid.UUID) -> None:
    """Have a post indexed, as it will be once the caller's transaction has committed."""
    enqueue_durable("content.tasks.index_post", post_id=post_id)


@settled
def index_post(post_id: uuid.UUID) -> None:
    """Write down what a post is found by; nothing is kept of one that is gone."""
    _index([post_id])
    _forget_the_gone([post_id])  # one deleted meanwhile may have been cleaned up after too early


def reindex() -> int:
    """Index all posts anew, give their number; what is in the index is found meanwhile.

    May be stopped and run again at any time.
    """
    for ids in batches_of_ids(IndexedPost.objects.all()):
        _forget_the_gone(ids)
    number = 0
    for ids in batches_of_ids(Post.objects.all()):
        _index_together(ids)
        number += len(ids)
    return number


def _index_together(ids: Sequence[uuid.UUID]) -> None:
    try:
        _index(ids)
    except IntegrityError:
        for post_id in ids:  # a job indexed one of them at this very moment
            index_post(post_id)


@atomic
def _index(ids: Sequence[uuid.UUID]) -> None:
    """Replace the entries of posts.

    The old entries are taken first: who indexes the same post waits or starts again, and then reads it
    as it is by now, so what was read last is written last.
    """
    before = IndexedPost.objects.filter(post_id__in=ids)
    before.update(is_private=F("is_private"))
    stamps = _stamps(row.words for row in before)
    before.delete()
    entries = [_entry(post) for post in Post.objects.filter(pk__in=ids)]
    IndexedPost.objects.bulk_create(entries)
    bump(*(stamps | _stamps(entry.words for entry in entries)))


def _entry(post: Post) -> IndexedPost:
    return IndexedPost(
        post_id=post.pk,
        author_id=post.author_id,
        members_of=post.community_id if post.members_only else None,
        is_listed=post.is_listed,
        is_private=post.visibility == Visibility.PRIVATE,
        words=words_of(_found_by(post)),
    )


def _found_by(post: Post) -> str:
    """Give what a post is found by: of one for payers the preview, which is all that others may know."""
    return post.preview_text if post.is_for_payers else f"{post.content_warning} {post.text}"


def _stamps(texts: Iterable[Sequence[str]]) -> set[str]:
    """Name what pages of what was found by these words depend on."""
    return {f"word:{word}" for words in texts for word in words}


@atomic
def _forget_the_gone(ids: Sequence[uuid.UUID]) -> None:
    gone = set(ids) - set(Post.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if gone:
        IndexedPost.objects.filter(post_id__in=gone).delete()
