"""Uploads that clients send straight to the storage, over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import Unavailable
from grover.core.parsing import GuardedJSONParser
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from grover.media.actions import direct
from grover.media.cards import DirectUploadCard, MediaCard
from grover.media.errors import DirectUploadUnavailable, QuotaExceeded, UploadMismatch, UploadNotReceived
from grover.media.serializers import DirectUploadInput


class DirectUploadViewSet(ApiViewSet):
    """Files that do not pass through here."""

    parser_classes = [GuardedJSONParser]
    limits = {"create": "upload"}
    idempotency_in_steps = frozenset({"complete"})

    @operation(
        "Announce a file for the storage",
        description="Send it to `url` as a form with all of `fields` and the file as `file`, then complete "
        "it. The storage writes it anew, without metadata. Only where files are stored at a provider.",
        body=DirectUploadInput,
        card=DirectUploadCard,
        status=201,
        errors=(DirectUploadUnavailable, QuotaExceeded),
    )
    def create(self, request: Request) -> HttpResponse:
        card = direct.announce_upload(self.viewer, **self.read(DirectUploadInput))
        return self.answer(card, status=201)

    @operation(
        "Complete a file that was sent to the storage",
        description="The storage is asked whether it has what was announced; it is an upload from then on.",
        card=MediaCard,
        errors=(DirectUploadUnavailable, UploadNotReceived, UploadMismatch, QuotaExceeded, Unavailable),
    )
    def complete(self, request: Request, media_id: str) -> HttpResponse:
        return self.answer(direct.complete_upload(self.viewer, media_id=self.path_id(media_id)))
