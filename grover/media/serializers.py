"""What clients send to media."""

from rest_framework import serializers

from grover.core.serializers import Input

LONGEST_ALT_TEXT = 1_000


class UploadInput(Input):
    """A file to take in."""

    file = serializers.FileField(allow_empty_file=False)
    alt_text = serializers.CharField(
        max_length=LONGEST_ALT_TEXT, required=False, allow_blank=True, default=""
    )


class MediaChanges(Input):
    """What can be changed of an upload."""

    alt_text = serializers.CharField(max_length=LONGEST_ALT_TEXT, allow_blank=True)
