"""Keeping stories on one's profile, in highlights.

All take the shelf before a highlight before its stories, so no two wait for each other.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.enums import Moderation
from content.cards.stories import HighlightCard
from content.errors import HighlightFull, NotTheAuthor, TooManyHighlights
from content.events.stories import (
    HighlightChanged,
    HighlightCreated,
    HighlightDeleted,
    StoryHighlighted,
    StoryUnhighlighted,
)
from content.models import Highlight, HighlightShelf, HighlightStory, Story
from content.policies.visibility import MOST_HIGHLIGHTS, MOST_STORIES
from content.selectors.highlights import Shelf, get_highlight, shelf_of, visible_highlight
from content.selectors.stories import shown_at, visible_story
from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.jobs import enqueue_durable
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer


def create_highlight(
    actor: Viewer,
    *,
    title: str,
    story_ids: Sequence[uuid.UUID] = (),
    cover_story_id: uuid.UUID | None = None,
    now: dt.datetime | None = None,
) -> HighlightCard:
    """Begin a highlight with stories of one's own; it stands after the others.

    TooManyHighlights when one has as many as one can.
    """
    if cover_story_id is not None and cover_story_id not in story_ids:
        raise _not_in_it()
    highlight = Highlight(
        id=new_id(),
        owner_id=actor.id,
        title=title,
        cover_story_id=cover_story_id,
        story_count=len(story_ids),
    )
    _create(highlight, story_ids, now or timezone.now())
    return get_highlight(actor, highlight.pk)


@settled
def _create(highlight: Highlight, story_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    _check_own(highlight.owner_id, story_ids, now)
    shelf = shelf_of(highlight.owner_id)
    if len(shelf.ids) >= MOST_HIGHLIGHTS:
        raise TooManyHighlights
    _write(highlight, shelf, story_ids, now)


@atomic
def _write(highlight: Highlight, shelf: Shelf, story_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    _arrange(highlight.owner_id, shelf, [*shelf.ids, highlight.pk])
    highlight.save(force_insert=True)
    _put(highlight.pk, story_ids, now)
    emit(HighlightCreated(highlight_id=highlight.pk, owner_id=highlight.owner_id))


def change_highlight(
    actor: Viewer,
    *,
    highlight_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[HighlightCard], None] | None = None,
) -> HighlightCard:
    """Change the title, the cover or the position of one's own highlight.

    `precondition` may refuse on the highlight as it stands; the change is made to just that state or not
    at all.
    """
    _change(actor, highlight_id, changes, precondition)
    return get_highlight(actor, highlight_id)


@settled
def _change(
    actor: Viewer,
    highlight_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[HighlightCard], None] | None,
) -> None:
    shelf = shelf_of(actor.id)
    highlight, card = _own_highlight(actor, highlight_id)
    if precondition is not None:
        precondition(card)
    changed = {name: value for name, value in changes.items() if getattr(card, name) != value}
    if not changed:
        return
    _check_cover(highlight_id, changed.get("cover_story_id"))
    if changed.get("position", 0) >= len(shelf.ids):
        raise Invalid.at("/position", "out_of_range", "There are not so many highlights")
    _write_if_unchanged(highlight, shelf, changed)


@atomic
def _write_if_unchanged(highlight: Highlight, shelf: Shelf, changed: dict[str, Any]) -> None:
    values = dict(changed)
    position = values.pop("position", None)
    if position is not None:
        others = [key for key in shelf.ids if key != highlight.pk]
        _arrange(highlight.owner_id, shelf, [*others[:position], highlight.pk, *others[position:]])
    same = Highlight.objects.filter(pk=highlight.pk, version=highlight.version)
    if same.update(**values, version=highlight.version + 1) != 1:
        raise LostRace
    cover_id = values.get("cover_story_id")
    if cover_id is not None and not _is_in(highlight.pk, cover_id):
        raise LostRace
    emit(HighlightChanged(highlight_id=highlight.pk, owner_id=highlight.owner_id))


@settled
def delete_highlight(actor: Viewer, *, highlight_id: uuid.UUID) -> None:
    """Delete one's own highlight; of its stories, those past their day that are in no other one go, too."""
    shelf = shelf_of(actor.id)
    highlight, _ = _own_highlight(actor, highlight_id)
    _remove(highlight, shelf)


@atomic
def _remove(highlight: Highlight, shelf: Shelf) -> None:
    _arrange(highlight.owner_id, shelf, [key for key in shelf.ids if key != highlight.pk])
    if not Highlight.objects.filter(pk=highlight.pk).delete()[0]:
        raise LostRace
    entries = HighlightStory.objects.filter(highlight_id=highlight.pk)
    story_ids = list(entries.values_list("story_id", flat=True))
    entries.delete()
    _let_go(story_ids)
    emit(HighlightDeleted(highlight_id=highlight.pk, owner_id=highlight.owner_id))


def add_to_highlight(
    actor: Viewer, *, highlight_id: uuid.UUID, story_id: uuid.UUID, now: dt.datetime | None = None
) -> HighlightCard:
    """Put a story of one's own at the end of one's own highlight; HighlightFull when there is no room.

    Doing it again changes nothing.
    """
    _add(actor, highlight_id, story_id, now or timezone.now())
    return get_highlight(actor, highlight_id)


@settled
def _add(actor: Viewer, highlight_id: uuid.UUID, story_id: uuid.UUID, now: dt.datetime) -> None:
    highlight, _ = _own_highlight(actor, highlight_id)
    if visible_story(actor, story_id, now=now).story.author_id != actor.id:
        raise NotTheAuthor
    if _is_in(highlight_id, story_id):
        return
    if highlight.story_count >= MOST_STORIES:
        raise HighlightFull
    _write_entry(highlight_id, story_id, now)


@atomic
def _write_entry(highlight_id: uuid.UUID, story_id: uuid.UUID, now: dt.datetime) -> None:
    with_room = Highlight.objects.filter(pk=highlight_id, story_count__lt=MOST_STORIES)
    if with_room.update(story_count=F("story_count") + 1) != 1:
        raise LostRace
    _put(highlight_id, [story_id], now)
    emit(StoryHighlighted(story_id=story_id, highlight_id=highlight_id))


def take_from_highlight(actor: Viewer, *, highlight_id: uuid.UUID, story_id: uuid.UUID) -> HighlightCard:
    """Take a story out of one's own highlight, if it is there; past its day and in no other, it goes."""
    _take(actor, highlight_id, story_id)
    return get_highlight(actor, highlight_id)


@settled
def _take(actor: Viewer, highlight_id: uuid.UUID, story_id: uuid.UUID) -> None:
    _own_highlight(actor, highlight_id)
    if _is_in(highlight_id, story_id):
        remove_entry(highlight_id, story_id)


@atomic
def remove_entry(highlight_id: uuid.UUID, story_id: uuid.UUID) -> None:
    """Take a story out of a highlight, whoever asked for it; LostRace when it is not there any more."""
    this = Highlight.objects.filter(pk=highlight_id)
    this.update(story_count=F("story_count") - 1)
    this.filter(cover_story_id=story_id).update(cover_story_id=None)
    if HighlightStory.objects.filter(highlight_id=highlight_id, story_id=story_id).delete()[0] != 1:
        raise LostRace
    _let_go([story_id])
    emit(StoryUnhighlighted(story_id=story_id, highlight_id=highlight_id))


def _arrange(owner_id: uuid.UUID, shelf: Shelf, ids: Sequence[uuid.UUID]) -> None:
    """Put somebody's highlights in order; LostRace when they are not as they were read."""
    keys = [str(key) for key in ids]
    if shelf.version == 0:
        HighlightShelf.objects.create(owner_id=owner_id, highlight_ids=keys)
        return
    same = HighlightShelf.objects.filter(pk=owner_id, version=shelf.version)
    if same.update(highlight_ids=keys, version=shelf.version + 1) != 1:
        raise LostRace


def _put(highlight_id: uuid.UUID, story_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """Put stories into a highlight that has counted them; LostRace when one has ended or is gone."""
    there = Story.objects.filter(shown_at(now), pk__in=list(story_ids))
    if there.update(highlight_count=F("highlight_count") + 1) != len(story_ids):
        raise LostRace
    HighlightStory.objects.bulk_create(
        HighlightStory(highlight_id=highlight_id, story_id=story_id) for story_id in story_ids
    )


def _let_go(story_ids: Sequence[uuid.UUID]) -> None:
    """Count that stories are in one highlight less, and see in a job to those whose day is over."""
    Story.objects.filter(pk__in=list(story_ids)).update(highlight_count=F("highlight_count") - 1)
    if story_ids:
        enqueue_durable("content.tasks.erase_ended_stories", story_ids=list(story_ids))


def _own_highlight(actor: Viewer, highlight_id: uuid.UUID) -> tuple[Highlight, HighlightCard]:
    seen = visible_highlight(actor, highlight_id)
    if seen.row.owner_id != actor.id:
        raise NotTheAuthor
    return seen.row, seen.card


def _check_own(owner_id: uuid.UUID, story_ids: Sequence[uuid.UUID], now: dt.datetime) -> None:
    rows = Story.objects.filter(shown_at(now), pk__in=list(story_ids), author_id=owner_id)
    own = set(rows.exclude(moderation=Moderation.REMOVED).values_list("pk", flat=True))
    for index, story_id in enumerate(story_ids):
        if story_id not in own:
            raise Invalid.at(f"/story_ids/{index}", "unknown", "There is no such story of yours")


def _check_cover(highlight_id: uuid.UUID, story_id: uuid.UUID | None) -> None:
    if story_id is not None and not _is_in(highlight_id, story_id):
        raise _not_in_it()


def _is_in(highlight_id: uuid.UUID, story_id: uuid.UUID) -> bool:
    return HighlightStory.objects.filter(highlight_id=highlight_id, story_id=story_id).exists()


def _not_in_it() -> Invalid:
    return Invalid.at("/cover_story_id", "unknown", "The cover is a story of the highlight")
