"""The jobs of content; each is thin and safe to run twice."""

import uuid

from celery import shared_task

from content.actions import erasure, posts


@shared_task(name="content.tasks.erase_remains_of_post")
def erase_remains_of_post(*, post_id: str) -> None:
    """Remove what hung on a deleted post."""
    erasure.erase_remains_of_post(uuid.UUID(post_id))


@shared_task(name="content.tasks.erase_remains_of_comment")
def erase_remains_of_comment(*, comment_id: str) -> None:
    """Remove what hung on a deleted comment."""
    erasure.erase_remains_of_comment(uuid.UUID(comment_id))


@shared_task(name="content.tasks.restrict_media_of_author")
def restrict_media_of_author(*, author_id: str) -> None:
    """Fit who may fetch the files of somebody's posts to who may see the posts."""
    posts.restrict_media_of(uuid.UUID(author_id))
