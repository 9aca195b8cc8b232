"""Stories, highlights and what people do to them, as rows whose counters agree."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from content.models import (
    CloseFriend,
    Highlight,
    HighlightShelf,
    HighlightStory,
    Story,
    StoryReaction,
    StoryView,
)
from content.models.stories import LIFETIME
from grover.core.ids import created_at, new_id, new_id_at
from grover.media.models import Media

NEW = dt.timedelta(0)
ENDED = LIFETIME


def make_story(author: User, *, age: dt.timedelta = NEW, media: Media | None = None, **fields: Any) -> Story:
    """Make a story that was published so long ago; `media` is an upload of its author that it shows."""
    fields.setdefault("text", "Good morning.")
    story_id = new_id_at(timezone.now() - age) if age else new_id()
    begins_at = created_at(story_id)
    story = Story.objects.create(
        id=story_id,
        author=author,
        media_id=media and media.pk,
        created_at=begins_at,
        expires_at=begins_at + LIFETIME,
        **fields,
    )
    if media is not None:
        Media.objects.filter(pk=media.pk).update(attached_to=f"story:{story.pk}")
    return story


def see(story: Story, user: User) -> StoryView:
    """Make somebody see a story."""
    _count(story, view_count=1)
    return StoryView.objects.create(story=story, user=user)


def react_to(story: Story, user: User, kind: str = "like") -> StoryReaction:
    """Make somebody react to a story."""
    _count(story, **{"reaction_count": 1, f"{kind}_count": 1})
    return StoryReaction.objects.create(story=story, user=user, kind=kind)


def make_close(user: User, friend: User) -> CloseFriend:
    """Put somebody on the list of a person's close friends."""
    return CloseFriend.objects.create(user=user, friend=friend)


def make_highlight(owner: User, *stories: Story, **fields: Any) -> Highlight:
    """Make a highlight of these stories, after the owner's others."""
    fields.setdefault("title", "Lisbon")
    highlight = Highlight.objects.create(owner=owner, story_count=len(stories), **fields)
    shelf, _ = HighlightShelf.objects.get_or_create(owner=owner)
    ids = [*shelf.highlight_ids, str(highlight.pk)]
    HighlightShelf.objects.filter(pk=owner.pk).update(highlight_ids=ids, version=F("version") + 1)
    for story in stories:
        HighlightStory.objects.create(highlight=highlight, story=story)
        _count(story, highlight_count=1)
    return highlight


def _count(story: Story, **by: int) -> None:
    Story.objects.filter(pk=story.pk).update(**{name: F(name) + number for name, number in by.items()})
    story.refresh_from_db()
