"""The jobs of content; each is thin and safe to run twice."""

import uuid

from celery import shared_task
from django.utils import timezone

from content.actions import drafts, erasure, indexing, moderation, posts, stories, story_erasure, trends


@shared_task(name="content.tasks.erase_remains_of_post")
def erase_remains_of_post(*, post_id: str) -> None:
    """Remove what hung on a deleted post."""
    erasure.erase_remains_of_post(uuid.UUID(post_id))


@shared_task(name="content.tasks.erase_remains_of_comment")
def erase_remains_of_comment(*, comment_id: str) -> None:
    """Remove what hung on a deleted comment."""
    erasure.erase_remains_of_comment(uuid.UUID(comment_id))


@shared_task(name="content.tasks.erase_remains_of_community")
def erase_remains_of_community(*, community_id: str) -> None:
    """Remove what hung on a closed community, and give its posts back to their authors."""
    erasure.erase_remains_of_community(uuid.UUID(community_id))


@shared_task(name="content.tasks.fit_posts_of_author")
def fit_posts_of_author(*, author_id: str) -> None:
    """Fit who finds somebody's posts, and may fetch their files, to who may see the posts."""
    posts.fit_posts_of(uuid.UUID(author_id))


@shared_task(name="content.tasks.publish_scheduled")
def publish_scheduled(*, draft_id: str) -> None:
    """Publish a scheduled post if its time has come."""
    drafts.publish_due(uuid.UUID(draft_id), now=timezone.now())


@shared_task(name="content.tasks.roll_up_trends")
def roll_up_trends() -> None:
    """Compute anew what is rising."""
    trends.roll_up_trends(timezone.now())


@shared_task(name="content.tasks.erase_ended_stories")
def erase_ended_stories(*, story_ids: list[str]) -> None:
    """Remove the stories among these whose day is over."""
    stories.erase_ended_stories([uuid.UUID(key) for key in story_ids], now=timezone.now())


@shared_task(name="content.tasks.erase_remains_of_story")
def erase_remains_of_story(*, story_id: str) -> None:
    """Remove what hung on a story that is gone."""
    story_erasure.erase_remains_of_story(uuid.UUID(story_id))


@shared_task(name="content.tasks.index_post")
def index_post(*, post_id: str) -> None:
    """Write down what a post is found by."""
    indexing.index_post(uuid.UUID(post_id))


@shared_task(name="content.tasks.withdraw_removed")
def withdraw_removed(*, kind: str, thing_id: str) -> None:
    """Take back what people were told of a thing that the staff removed."""
    moderation.withdraw_removed(kind, uuid.UUID(thing_id))
