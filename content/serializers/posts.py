"""What clients send about posts and comments."""

import datetime as dt
import math
from typing import Any

from rest_framework import serializers

from content.actions.polls import Question
from content.enums import CommentSort, CommunityRole, DraftState, ReplyPolicy, SearchType, Visibility
from grover.core.moments import to_the_millisecond
from grover.core.serializers import FlagField, IdField, Input, Part, TextField, WholeNumberField
from messaging.enums import ReactionKind
from payments.serializers.money import MoneyField

LONGEST_POST = 10_000
LONGEST_WARNING = 200
LONGEST_PREVIEW = 280
LEAST_PRICE, LARGEST_PRICE = 100, 50_000
LONGEST_COMMENT = 2_000
LONGEST_OPTION = 100
LONGEST_PLACE = 100
LONGEST_CATEGORY = 40
LONGEST_TITLE = 100
LONGEST_QUERY = 200
LONGEST_DESCRIPTION = 500
LONGEST_COMMUNITY_NAME = 80
LONGEST_RULES = 5_000
MOST_MEDIA = 10


class MomentField(serializers.DateTimeField):
    """A moment, to the millisecond."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        return to_the_millisecond(super().to_internal_value(value))


class DegreesField(serializers.FloatField):
    """A finite number of degrees; in JSON a number, not a text of one."""

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool) or not math.isfinite(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class MediaIdsField(serializers.ListField):
    """The uploads of a post, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError("Each upload may be shown once", code="not_distinct")
        return ids


class PollOptionsField(serializers.ListField):
    """The answers of a poll, each once."""

    child = TextField(max_length=LONGEST_OPTION)

    def to_internal_value(self, data: Any) -> list[Any]:
        texts = super().to_internal_value(data)
        if len({text.casefold() for text in texts}) < len(texts):
            raise serializers.ValidationError("Each option may be there once", code="not_distinct")
        return texts


class PollInput(Part):
    """A poll with two to ten options; it closes a day after its post is published unless said otherwise."""

    options = PollOptionsField(min_length=2, max_length=10)
    allows_several = FlagField(required=False, default=False)
    closes_at = MomentField(required=False, allow_null=True, default=None)

    def to_internal_value(self, data: Any) -> Question:
        values = super().to_internal_value(data)
        return values if isinstance(values, Question) else Question(**values)


class LocationInput(Part):
    """Where a post is from: a name, and both coordinates or none."""

    name = TextField(max_length=LONGEST_PLACE)
    latitude = DegreesField(required=False, allow_null=True, default=None, min_value=-90, max_value=90)
    longitude = DegreesField(required=False, allow_null=True, default=None, min_value=-180, max_value=180)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["latitude"] is None) != (attrs["longitude"] is None):
            raise serializers.ValidationError({"longitude": ["Both coordinates or none"]}, code="required")
        return attrs


class PostInput(Input):
    """A new post: a text, uploads, a poll, or several of them; `publish_at` schedules it."""

    state = serializers.ChoiceField(
        [DraftState.DRAFT.value, DraftState.PUBLISHED.value],
        required=False,
        default=DraftState.PUBLISHED.value,
    )
    publish_at = MomentField(required=False, allow_null=True, default=None)
    text = TextField(required=False, allow_blank=True, max_length=LONGEST_POST, default="")
    media_ids = MediaIdsField(required=False, max_length=MOST_MEDIA, default=list)
    poll = PollInput(required=False, allow_null=True, default=None)
    quote_of = IdField(required=False, allow_null=True, default=None)
    community_id = IdField(required=False, allow_null=True, default=None)
    visibility = serializers.ChoiceField(Visibility.choices, required=False, default=Visibility.PUBLIC.value)
    content_warning = TextField(required=False, allow_blank=True, max_length=LONGEST_WARNING, default="")
    reply_policy = serializers.ChoiceField(
        ReplyPolicy.choices, required=False, default=ReplyPolicy.EVERYONE.value
    )
    category = TextField(required=False, allow_blank=True, max_length=LONGEST_CATEGORY, default="")
    location = LocationInput(required=False, allow_null=True, default=None)
    price = MoneyField(
        minimum=LEAST_PRICE, maximum=LARGEST_PRICE, required=False, allow_null=True, default=None
    )
    preview_text = TextField(required=False, allow_blank=True, max_length=LONGEST_PREVIEW, default="")


class PostChanges(Input):
    """What is to change in a post or draft.

    Uploads, poll, quote, time and state are changed of drafts and scheduled posts only.
    """

    state = serializers.ChoiceField([DraftState.DRAFT.value, DraftState.PUBLISHED.value], required=False)
    publish_at = MomentField(required=False, allow_null=True)
    text = TextField(required=False, allow_blank=True, max_length=LONGEST_POST)
    media_ids = MediaIdsField(required=False, max_length=MOST_MEDIA)
    poll = PollInput(required=False, allow_null=True)
    quote_of = IdField(required=False, allow_null=True)
    community_id = IdField(required=False, allow_null=True)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    content_warning = TextField(required=False, allow_blank=True, max_length=LONGEST_WARNING)
    reply_policy = serializers.ChoiceField(ReplyPolicy.choices, required=False)
    category = TextField(required=False, allow_blank=True, max_length=LONGEST_CATEGORY)
    location = LocationInput(required=False, allow_null=True)
    price = MoneyField(minimum=LEAST_PRICE, maximum=LARGEST_PRICE, required=False, allow_null=True)
    preview_text = TextField(required=False, allow_blank=True, max_length=LONGEST_PREVIEW)


class VoteInput(Input):
    """Which option one chooses, or which ones where the poll allows several; counted from 0."""

    option = WholeNumberField(required=False, min_value=0, max_value=9)
    options = serializers.ListField(
        child=WholeNumberField(min_value=0, max_value=9), required=False, min_length=1, max_length=10
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"option": ["Either `option` or `options`"]}, code="required")
        return {"options": attrs.get("options", [attrs.get("option")])}


class CommunityInput(Input):
    """A new community; whether it is private is settled for good."""

    name = TextField(max_length=LONGEST_COMMUNITY_NAME, min_length=3)
    description = TextField(required=False, allow_blank=True, max_length=1_000, default="")
    rules = TextField(required=False, allow_blank=True, max_length=LONGEST_RULES, default="")
    is_private = FlagField(required=False, default=False)


class CommunityChanges(Input):
    """What is to change in a community."""

    name = TextField(required=False, max_length=LONGEST_COMMUNITY_NAME, min_length=3)
    description = TextField(required=False, allow_blank=True, max_length=1_000)
    rules = TextField(required=False, allow_blank=True, max_length=LONGEST_RULES)


class CommunityRoleInput(Input):
    """What a member is to be; `owner` hands the community over."""

    role = serializers.ChoiceField(CommunityRole.choices)


class CommunityQuery(Input):
    """Which communities to read."""

    joined = FlagField(required=False, default=False, help_text="Only those one is a member of.")


class CollectionInput(Input):
    """A new collection."""

    title = TextField(max_length=LONGEST_TITLE)
    description = TextField(required=False, allow_blank=True, max_length=LONGEST_DESCRIPTION, default="")
    is_public = FlagField(required=False, default=False)


class CollectionChanges(Input):
    """What is to change in a collection."""

    title = TextField(required=False, max_length=LONGEST_TITLE)
    description = TextField(required=False, allow_blank=True, max_length=LONGEST_DESCRIPTION)
    is_public = FlagField(required=False)


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

    kind = serializers.ChoiceField(["image", "video", "audio"], required=False, default="image")


class SearchQuery(Input):
    """What is sought: its words, and of which kind it is to be."""

    q = TextField(max_length=LONGEST_QUERY)
    type = serializers.ChoiceField(
        SearchType.choices, source="kind", required=False, default=SearchType.ALL.value
    )
