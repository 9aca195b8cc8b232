"""What clients send to media."""

from rest_framework import serializers

from grover.core.serializers import Input
from grover.media.actions.stored import LARGEST_BYTES
from grover.media.providers.direct import ANNOUNCED

LONGEST_ALT_TEXT = 1_000


class UploadInput(Input):
    """A file to take in."""

    file = serializers.FileField(allow_empty_file=False)
    alt_text = serializers.CharField(
        max_length=LONGEST_ALT_TEXT, required=False, allow_blank=True, default=""
    )


class DirectUploadInput(Input):
    """A file that is to be sent straight to the storage."""

    content_type = serializers.ChoiceField(list(ANNOUNCED))
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_BYTES, help_text="In bytes.")
    alt_text = serializers.CharField(
        max_length=LONGEST_ALT_TEXT, required=False, allow_blank=True, default=""
    )


class MediaChanges(Input):
    """What can be changed of an upload."""

    alt_text = serializers.CharField(max_length=LONGEST_ALT_TEXT, allow_blank=True)
