"""Removing for good: what hung on stories that are gone, and the stories a person leaves.

These run in jobs, in small transactions, and may be run again from the start.
"""

import uuid
from typing import Any

from content.actions.batches import erase
from content.actions.counts import count_on_story, reaction_steps
from content.actions.highlights import remove_entry
from content.actions.stories import remove_story
from content.models import CloseFriend, HighlightStory, Story, StoryReaction, StoryView
from content.selectors.stories import STORY
from grover.core.batches import ids_of
from grover.core.db import atomic
from grover.core.races import LostRace, settled
from messaging.actions.withdrawals import withdraw_things


def erase_remains_of_story(story_id: uuid.UUID) -> None:
    """Remove all rows that hung on a story; nothing while the story is there."""
    if Story.objects.filter(pk=story_id).exists():
        return
    withdraw_things(STORY, [story_id])
    for entry_id in ids_of(HighlightStory.objects.filter(story_id=story_id)):
        _erase_entry(entry_id)
    for table in (StoryReaction, StoryView):
        erase(table._default_manager.filter(story_id=story_id))


def erase_storyteller(user_id: uuid.UUID) -> None:
    """Remove the stories of a person and what they did to those of others, whose counts stay exact."""
    for story_id in ids_of(Story.objects.filter(author_id=user_id)):
        _erase_story(story_id)
    for row_id in ids_of(StoryReaction.objects.filter(user_id=user_id)):
        _erase_reaction(row_id)
    for row_id in ids_of(StoryView.objects.filter(user_id=user_id)):
        _erase_view(row_id)
    erase(CloseFriend.objects.filter(friend_id=user_id))


@atomic
def _erase_story(story_id: uuid.UUID) -> None:
    rows = Story.objects.filter(pk=story_id)
    story = rows.first()
    if story is not None:
        remove_story(story, rows)


@settled
def _erase_entry(entry_id: uuid.UUID) -> None:
    entry = HighlightStory.objects.filter(pk=entry_id).first()
    if entry is not None:
        remove_entry(entry.highlight_id, entry.story_id)


@settled
@atomic
def _erase_reaction(row_id: uuid.UUID) -> None:
    row = StoryReaction.objects.filter(pk=row_id).first()
    if row is not None:
        _erase_counted(row, **reaction_steps(row.kind, None))


@settled
@atomic
def _erase_view(row_id: uuid.UUID) -> None:
    row = StoryView.objects.filter(pk=row_id).first()
    if row is not None:
        _erase_counted(row, view_count=-1)


def _erase_counted(row: StoryReaction | StoryView, **by: int) -> None:
    """Remove a row as it was read, and count it no more on a story that is still there."""
    if Story.objects.filter(pk=row.story_id).exists():
        count_on_story(row.story_id, **by)
    same: dict[str, Any] = {"kind": row.kind} if isinstance(row, StoryReaction) else {}
    if type(row)._default_manager.filter(pk=row.pk, **same).delete()[0] != 1:
        raise LostRace
