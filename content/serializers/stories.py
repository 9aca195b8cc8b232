"""What clients send about stories and highlights."""

from typing import Any

from rest_framework import serializers

from content.enums import StoryAudience
from content.policies.visibility import MOST_HIGHLIGHTS, MOST_STORIES
from grover.core.serializers import ClientIdField, IdField, Input, TextField, WholeNumberField

LONGEST_STORY = 500
LONGEST_REPLY = 5_000
LONGEST_TITLE = 50


class StoryIdsField(serializers.ListField):
    """Stories, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError("Each story is there once", code="not_distinct")
        return ids


class StoryInput(Input):
    """A new story: a text, an upload, or both."""

    text = TextField(required=False, allow_blank=True, max_length=LONGEST_STORY, default="")
    media_id = IdField(required=False, allow_null=True, default=None)
    audience = serializers.ChoiceField(
        StoryAudience.choices, required=False, default=StoryAudience.EVERYONE.value
    )


class StoryReplyInput(Input):
    """What to write to the author of a story; a second reply of the same `client_id` is the first one."""

    text = TextField(max_length=LONGEST_REPLY)
    client_id = ClientIdField(required=False)


class HighlightInput(Input):
    """A new highlight, with stories of one's own; the cover is one of these."""

    title = TextField(max_length=LONGEST_TITLE)
    story_ids = StoryIdsField(required=False, max_length=MOST_STORIES, default=list)
    cover_story_id = IdField(required=False, allow_null=True, default=None)


class HighlightChanges(Input):
    """What is to change in a highlight; `position` counts from 0."""

    title = TextField(required=False, max_length=LONGEST_TITLE)
    cover_story_id = IdField(required=False, allow_null=True)
    position = WholeNumberField(required=False, min_value=0, max_value=MOST_HIGHLIGHTS - 1)
