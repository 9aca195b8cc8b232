"""The jobs of content; each is thin and safe to run twice."""

import uuid

from celery import shared_task
from django.utils import timezone

from content.actions import erasure, posts, stories, story_erasure


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


@shared_task(name="content.tasks.erase_ended_stories")
def erase_ended_stories(*, story_ids: list[str]) -> None:
    """Remove the stories among these whose day is over."""
    stories.erase_ended_stories([uuid.UUID(key) for key in story_ids], now=timezone.now())


@shared_task(name="content.tasks.erase_remains_of_story")
def erase_remains_of_story(*, story_id: str) -> None:
    """Remove what hung on a story that is gone."""
    story_erasure.erase_remains_of_story(uuid.UUID(story_id))
