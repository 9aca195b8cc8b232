"""Conditional requests: `ETag`, `If-None-Match` and `If-Match`, after RFC 9110."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from grover.core import encoding
from grover.core.errors import PreconditionFailed

ETAG_BYTES = 16


def etag_of(body: bytes) -> str:
    """Name what a body says, as a strong entity tag."""
    return f'"{hashlib.blake2b(body, digest_size=ETAG_BYTES).hexdigest()}"'


def respond(request: Request | HttpRequest, body: bytes) -> HttpResponse:
    """Answer with a JSON body and its `ETag`; with 304 and no body when the client holds it already."""
    etag = etag_of(body)
    if _matches(request.META.get("HTTP_IF_NONE_MATCH"), etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def check_if_match(request: Request | HttpRequest, body_or_card: Any) -> None:
    """Refuse to go on when the client asks for a state that is not this one.

    Our own tag matches also in its weak form, which is what a client holds of a compressed answer.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is None:
        return
    body = body_or_card if isinstance(body_or_card, bytes) else encoding.dumps(body_or_card)
    if not _matches(header, etag_of(body)):
        raise PreconditionFailed


def _matches(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    tags = parse_etags(header)
    return "*" in tags or etag in {tag.removeprefix("W/") for tag in tags}
