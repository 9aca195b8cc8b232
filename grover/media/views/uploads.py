"""Uploads over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.conditional import check_if_match
from grover.core.errors import Forbidden, Unavailable
from grover.core.parsing import GuardedJSONParser, GuardedMultiPartParser
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from grover.media.actions import uploads
from grover.media.cards import MediaCard
from grover.media.errors import (
    BrokenFile,
    ClipTooLarge,
    FileTooLarge,
    ImageTooLarge,
    MediaInUse,
    QuotaExceeded,
    UnsupportedFile,
)
from grover.media.selectors import get_media
from grover.media.serializers import MediaChanges, UploadInput


class UploadViewSet(ApiViewSet):
    """Taking files in."""

    parser_classes = [GuardedMultiPartParser]
    limits = {"create": "upload"}
    idempotency_in_steps = frozenset({"create"})

    @operation(
        "Upload a file",
        description="JPEG, PNG, WebP, GIF or HEIC of at most 50 megapixels; MP4, WebM or MOV of at most an "
        "hour and 4,096 pixels a side; MP3, M4A, WAV or Ogg of at most an hour; each at most 50 MB. It is "
        "written anew, without metadata; smaller copies, a poster and what every player plays follow, told "
        "by `media.progress`, `media.ready` and `media.failed` on the socket.",
        body=UploadInput,
        card=MediaCard,
        status=201,
        errors=(
            UnsupportedFile,
            BrokenFile,
            FileTooLarge,
            ImageTooLarge,
            ClipTooLarge,
            QuotaExceeded,
            Unavailable,
        ),
        multipart=True,
    )
    def create(self, request: Request) -> HttpResponse:
        values = self.read(UploadInput)
        file = values["file"]
        card = uploads.upload_media(self.viewer, file=file.file, size=file.size, alt_text=values["alt_text"])
        return self.answer(card, status=201, location=f"/api/v1/media/{card.id}")


class MediaViewSet(ApiViewSet):
    """Uploads that were taken in."""

    parser_classes = [GuardedJSONParser]

    @operation("Read an upload", card=MediaCard, conditional=True)
    def retrieve(self, request: Request, media_id: str) -> HttpResponse:
        return self.answer_resource(get_media(self.viewer, self.path_id(media_id)))

    @operation("Describe an upload", body=MediaChanges, card=MediaCard, errors=(Forbidden,), conditional=True)
    def partial_update(self, request: Request, media_id: str) -> HttpResponse:
        card = uploads.describe_media(
            self.viewer,
            media_id=self.path_id(media_id),
            precondition=functools.partial(check_if_match, request),
            **self.read(MediaChanges),
        )
        return self.answer(card)

    @operation("Delete an upload", errors=(Forbidden, MediaInUse))
    def destroy(self, request: Request, media_id: str) -> HttpResponse:
        uploads.delete_media(self.viewer, media_id=self.path_id(media_id))
        return self.no_content()
