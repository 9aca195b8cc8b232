"""What surrounds every request: its id, its line in the log, its headers, and what staff pages need.

Nothing here reads a body or asks a database, so that a request of the API pays microseconds for it.
"""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

from grover.core import errors, logs
from grover.core.viewers import Viewer

GetResponse = Callable[[HttpRequest], HttpResponseBase]

STAFF_PAGES = "/admin/"
DOCUMENTATION = ("/docs", "/redoc")

logger = structlog.get_logger("grover.access")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_ENCODED_NUL = re.compile(r"%00|\0")


class RequestIdMiddleware:
    """Gives each request an id, the client's own if it has one, and writes one line about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        offered = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        token = logs.begin_request(request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            _write_line(request, response, started)
            return response
        finally:
            logs.end_request(token)


def _write_line(request: HttpRequest, response: HttpResponseBase, started: float) -> None:
    """Log a request by its route, never by what stands in its path, query or body."""
    match = request.resolver_match
    logger.info(
        "request",
        method=request.method,
        route=f"/{match.route}" if match is not None else "",
        status=response.status_code,
        ms=round((time.perf_counter() - started) * 1000, 1),
        user_id=_user_id(request),
    )


def _user_id(request: HttpRequest) -> str | None:
    """Name who was signed in, without loading a row to find out."""
    user = getattr(request, "user", None)
    if isinstance(user, Viewer):
        return str(user.id)
    staff = getattr(request, "_cached_user", None)
    return str(staff.pk) if staff is not None and staff.pk else None


class NullCharactersMiddleware:
    """Refuses paths and queries with a NUL, which no database takes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info or _ENCODED_NUL.search(request.META.get("QUERY_STRING", "")):
            return errors.problem_response(errors.BadRequest("NUL characters are not allowed"))
        return self.get_response(request)


API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STAFF_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
DOCUMENTATION_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeadersMiddleware:
    """Tells browsers to trust an answer with as little as it needs; a view may have said so itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in COMMON_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_policy(request.path_info))
        return response


def content_policy(path: str) -> str:
    """Give the content security policy of a path: no scripts but our own files, anywhere."""
    if path.startswith(STAFF_PAGES):
        return STAFF_POLICY
    return DOCUMENTATION_POLICY if path.startswith(DOCUMENTATION) else API_POLICY


class _StaffPagesOnly:
    """Leaves a request alone unless it is for the pages of staff."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(STAFF_PAGES):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class StaffSessionMiddleware(_StaffPagesOnly, SessionMiddleware):
    """Sessions of staff."""


class StaffCsrfMiddleware(_StaffPagesOnly, CsrfViewMiddleware):
    """Guards the forms of staff; the API has no cookies to abuse."""

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if not request.path_info.startswith(STAFF_PAGES):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class StaffAuthenticationMiddleware(_StaffPagesOnly, AuthenticationMiddleware):
    """Signs staff in by their session."""


class StaffMessageMiddleware(_StaffPagesOnly, MessageMiddleware):
    """Notices on the pages of staff."""
