"""What clients send about posts and comments."""

from typing import Any

from rest_framework import serializers

from content.enums import CommentSort, ReplyPolicy, Visibility
from grover.core.serializers import FlagField, IdField, Input, TextField
from messaging.enums import ReactionKind

LONGEST_POST = 10_000
LONGEST_WARNING = 200
LONGEST_COMMENT = 2_000
MOST_MEDIA = 10


class MediaIdsField(serializers.ListField):
    """The uploads of a post, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError("Each upload may be shown once", code="not_distinct")
        return ids


class PostInput(Input):
    """A new post: a text, uploads, or both."""

    text = TextField(required=False, allow_blank=True, max_length=LONGEST_POST, default="")
    media_ids = MediaIdsField(required=False, max_length=MOST_MEDIA, default=list)
    visibility = serializers.ChoiceField(Visibility.choices, required=False, default=Visibility.PUBLIC.value)
    content_warning = TextField(required=False, allow_blank=True, max_length=LONGEST_WARNING, default="")
    reply_policy = serializers.ChoiceField(
        ReplyPolicy.choices, required=False, default=ReplyPolicy.EVERYONE.value
    )


class PostChanges(Input):
    """What is to change in a post; its uploads stay as they are."""

    text = TextField(required=False, allow_blank=True, max_length=LONGEST_POST)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    content_warning = TextField(required=False, allow_blank=True, max_length=LONGEST_WARNING)
    reply_policy = serializers.ChoiceField(ReplyPolicy.choices, required=False)


class CommentInput(Input):
    """A new comment; with `parent_id` a reply to another one under the same post."""

    text = TextField(max_length=LONGEST_COMMENT)
    parent_id = IdField(required=False, allow_null=True, default=None)


class CommentChanges(Input):
    """What is to change in a comment."""

    text = TextField(max_length=LONGEST_COMMENT)


class ReactionInput(Input):
    """How to react."""

    kind = serializers.ChoiceField(ReactionKind.choices)


class CommentQuery(Input):
    """In which order to read comments; by `top`, one whose reactions change may move between pages."""

    sort = serializers.ChoiceField(CommentSort.choices, required=False, default=CommentSort.NEWEST.value)


class ReactionQuery(Input):
    """Which reactions to read."""

    kind = serializers.ChoiceField(ReactionKind.choices, required=False, default=None)


class PostQuery(Input):
    """Which posts of a person to read."""

    pinned = FlagField(required=False, default=False, help_text="Only those that are pinned.")


class MediaQuery(Input):
    """Which kind of media the posts must show."""

    kind = serializers.ChoiceField([("image", "image")], required=False, default="image")
