"""Publishing stories, taking them back, and letting them end."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from content.actions.counts import count_on_story
from content.cards.stories import StoryCard
from content.enums import StoryAudience
from content.errors import NotTheAuthor
from content.events.stories import StoryDeleted, StoryPublished, StoryViewed
from content.models import Story, StoryView
from content.models.stories import LIFETIME
from content.selectors.stories import STORY, get_story, visible_story
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.ids import created_at, new_id
from grover.core.jobs import enqueue_durable
from grover.core.races import settled, turn
from grover.core.viewers import Viewer
from grover.media.actions.attachments import attach_media, delete_attached

ERASED_AFTER = dt.timedelta(minutes=5)  # the clock of whoever runs the job may be behind


def publish_story(
    actor: Viewer,
    *,
    text: str = "",
    media_id: uuid.UUID | None = None,
    audience: str = StoryAudience.EVERYONE,
) -> StoryCard:
    """Show a text, an upload of one's own, or both, for a day."""
    if not text and media_id is None:
        raise Invalid.at("/text", "required", "A story without an upload needs a text")
    story_id = new_id()
    begins_at = created_at(story_id)  # to the millisecond, which is what every database keeps
    story = Story(
        id=story_id,
        author_id=actor.id,
        text=text,
        media_id=media_id,
        audience=audience,
        created_at=begins_at,
        expires_at=begins_at + LIFETIME,
    )
    _publish(story)
    return get_story(actor, story_id, now=begins_at)


@atomic
def _publish(story: Story) -> None:
    if story.media_id is not None:
        _hang(story.author_id, story.media_id, story.pk)
    story.save(force_insert=True)
    bump(f"stories:{story.author_id}")
    enqueue_durable(
        "content.tasks.erase_ended_stories", run_at=story.expires_at + ERASED_AFTER, story_ids=[story.pk]
    )
    emit(
        StoryPublished(
            story_id=story.pk,
            author_id=story.author_id,
            shown_to=story.audience,
            has_media=story.media_id is not None,
        )
    )


def _hang(author_id: uuid.UUID, media_id: uuid.UUID, story_id: uuid.UUID) -> None:
    """Hang an upload on a story; always restricted, so that each request asks whether it has ended."""
    try:
        attach_media(author_id, media_ids=[media_id], to=place_of_story(story_id), restricted=True)
    except Invalid as refusal:
        reason = refusal.errors[0]
        raise Invalid.at("/media_id", reason.code, reason.detail) from refusal


def delete_story(actor: Viewer, *, story_id: uuid.UUID, now: dt.datetime | None = None) -> None:
    """Delete one's own story, also from one's highlights: it is gone at once, what hangs on it in a job."""
    story = visible_story(actor, story_id, now=now or timezone.now()).story
    if story.author_id != actor.id:
        raise NotTheAuthor
    if not remove_story(story, Story.objects.filter(pk=story_id)):
        raise NotFound


def view_story(actor: Viewer, *, story_id: uuid.UUID, now: dt.datetime | None = None) -> None:
    """Count that somebody saw a story: once a person, and never its author."""
    _view(actor, story_id, now or timezone.now())


@settled
def _view(actor: Viewer, story_id: uuid.UUID, now: dt.datetime) -> None:
    story = visible_story(actor, story_id, now=now).story
    if story.author_id == actor.id:
        return
    if not StoryView.objects.filter(user_id=actor.id, story_id=story_id).exists():
        with turn(story_id):
            _write_view(actor, story_id)


@atomic
def _write_view(actor: Viewer, story_id: uuid.UUID) -> None:
    count_on_story(story_id, view_count=1)
    StoryView.objects.create(user_id=actor.id, story_id=story_id)
    emit(StoryViewed(story_id=story_id, user_id=actor.id))
    bump(f"stories_seen:{actor.id}")


def erase_ended_stories(story_ids: Sequence[uuid.UUID], *, now: dt.datetime) -> None:
    """Remove those of these stories whose day is over and that are in no highlight; the others stay."""
    for story_id in story_ids:
        ended = Story.objects.filter(pk=story_id, expires_at__lte=now, highlight_count=0)
        story = ended.first()
        if story is not None:
            remove_story(story, ended)


@atomic
def remove_story(story: Story, rows: QuerySet[Story]) -> bool:
    """Remove a story that is still among these rows, with its upload; tell whether it was."""
    if not rows.delete()[0]:
        return False
    bump(f"stories:{story.author_id}")
    delete_attached(to=place_of_story(story.pk))
    enqueue_durable("content.tasks.erase_remains_of_story", story_id=story.pk)
    emit(StoryDeleted(story_id=story.pk, author_id=story.author_id))
    return True


def place_of_story(story_id: uuid.UUID) -> str:
    """Name a story for the upload that hangs on it."""
    return f"{STORY}:{story_id}"
