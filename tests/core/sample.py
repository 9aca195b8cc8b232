"""A tiny API on the core alone: each note that is written is an entry of the audit log."""

import uuid
from typing import Any, ClassVar

from django.db import IntegrityError
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from grover.core import audit, parsing, serializers
from grover.core.db import atomic
from grover.core.errors import Conflict, Forbidden, RateLimited, Unavailable
from grover.core.models import AuditEntry, OutboxJob
from grover.core.views import ApiViewSet

handler400 = "grover.core.errors.bad_request_view"
handler404 = "grover.core.errors.not_found_view"
handler500 = "grover.core.errors.server_error_view"

UNIQUE_ID = uuid.UUID("01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e")


class NoteInput(serializers.Input):
    text = serializers.TextField()


class Duplicate(Conflict):
    code = "sample_duplicate"
    title = "There is one already"


@atomic
def write_note(text: str) -> None:
    audit.record(actor_id=None, actor_label="test", action=text, target_kind="note", target_id="1")


@atomic
def write_unique() -> None:
    OutboxJob.objects.create(id=UNIQUE_ID, name="unique")


@atomic
def write_then_refuse(text: str) -> None:
    write_note(text)
    raise Forbidden("after writing")


class NoteViewSet(ApiViewSet):
    """Each method behaves as its text says."""

    public = frozenset({"create", "list", "pay", "step", "upload", "echo"})
    idempotency_required: ClassVar[frozenset[str]] = frozenset({"pay"})
    idempotency_in_steps: ClassVar[frozenset[str]] = frozenset({"step"})
    parser_classes = (parsing.GuardedJSONParser, parsing.GuardedMultiPartParser)

    def list(self, request: Request) -> HttpResponse:
        return self.answer_resource({"count": AuditEntry.objects.count(), "q": request.query_params.get("q")})

    def create(self, request: Request) -> HttpResponse:
        text = self.read(NoteInput)["text"]
        return getattr(self, f"_{text}", self._plain)(text)  # type: ignore[no-any-return]

    pay = step = create

    def secret(self, request: Request) -> HttpResponse:
        return self.answer({"viewer": str(self.viewer.id)})

    def echo(self, request: Request) -> HttpResponse:
        return self.answer(request.data)

    def upload(self, request: Request) -> HttpResponse:
        write_note("upload")
        return self.answer({"size": request.data["file"].size})

    def _plain(self, text: str) -> HttpResponse:
        write_note(text)
        return self.answer({"count": AuditEntry.objects.count()}, status=201, location="/notes/1")

    def _refuse(self, text: str) -> Any:
        write_then_refuse(text)

    def _refuse_late(self, text: str) -> Any:
        """What stays of it without a key is the first note."""
        write_note(text)
        write_then_refuse(text)

    def _refuse_outside(self, text: str) -> Any:
        """As when a stolen token ends its session and is then refused."""
        write_note(text)
        raise Forbidden("outside of any action")

    def _limited(self, text: str) -> Any:
        raise RateLimited

    def _down(self, text: str) -> Any:
        raise Unavailable

    def _crash(self, text: str) -> Any:
        write_note(text)
        raise ZeroDivisionError

    def _unique(self, text: str) -> HttpResponse:
        """Goes on after a violation, as it may outside of a transaction."""
        try:
            write_unique()
        except IntegrityError:
            write_note("found")
            return self.answer({"found": OutboxJob.objects.filter(pk=UNIQUE_ID).count()})
        return self._plain(text)

    def _unique_or_refuse(self, text: str) -> HttpResponse:
        try:
            write_unique()
        except IntegrityError as error:
            raise Duplicate from error
        return self._plain(text)


urlpatterns = [
    path("notes", NoteViewSet.as_view({"get": "list", "post": "create"})),
    path("payments", NoteViewSet.as_view({"post": "pay"})),
    path("steps", NoteViewSet.as_view({"post": "step"})),
    path("uploads", NoteViewSet.as_view({"post": "upload"})),
    path("secret", NoteViewSet.as_view({"get": "secret"})),
    path("echo", NoteViewSet.as_view({"post": "echo"})),
]
