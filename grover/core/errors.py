"""Refusals, and the one place that prints them as RFC 9457 problems.

A refusal is a class with a stable `code` and a `status`; raise it from anywhere and the client of
REST or of the socket gets the same document. Apps declare their own in their `errors.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import structlog
from django.core.exceptions import DisallowedHost, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions, status

from grover.core import encoding, logs
from grover.core.providers import ProviderUnavailable

PROBLEM_TYPE = "application/problem+json"

logger = structlog.get_logger(__name__)

_registry: dict[str, type["Problem"]] = {}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value of a request; `pointer` is a JSON pointer into it."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A refusal that reaches the client as it is."""

    status: ClassVar[int] = status.HTTP_400_BAD_REQUEST
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request cannot be understood"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        other = _registry.setdefault(cls.code, cls)
        if other.__qualname__ != cls.__qualname__ or other.__module__ != cls.__module__:
            raise TypeError(f"{cls!r} and {other!r} share the code {cls.code!r}")

    def __init__(
        self,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.headers = headers or {}


class BadRequest(Problem):
    code = "bad_request"


class MalformedBody(Problem):
    code = "malformed_body"
    title = "The body is not what its content type says"


class InvalidCursor(Problem):
    code = "invalid_cursor"
    title = "The cursor was not issued by this list"


class Invalid(Problem):
    status = status.HTTP_422_UNPROCESSABLE_ENTITY
    code = "invalid"
    title = "Some values are not acceptable"

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        """Refuse one value, named by its JSON pointer."""
        return cls(errors=(FieldError(pointer, code, detail),))


class NotSignedIn(Problem):
    status = status.HTTP_401_UNAUTHORIZED
    code = "not_signed_in"
    title = "Sign in first"

    def __init__(self, detail: str = "", **kwargs: Any) -> None:
        super().__init__(detail, **kwargs)
        self.headers.setdefault("WWW-Authenticate", 'Bearer realm="grover"')


class Forbidden(Problem):
    status = status.HTTP_403_FORBIDDEN
    code = "forbidden"
    title = "This is not yours to do"


class NotFound(Problem):
    status = status.HTTP_404_NOT_FOUND
    code = "not_found"
    title = "There is nothing here"


class MethodNotAllowed(Problem):
    status = status.HTTP_405_METHOD_NOT_ALLOWED
    code = "method_not_allowed"
    title = "This path does not take that method"


class NotAcceptable(Problem):
    status = status.HTTP_406_NOT_ACCEPTABLE
    code = "not_acceptable"
    title = "The answer cannot be given in the formats asked for"


class Conflict(Problem):
    status = status.HTTP_409_CONFLICT
    code = "conflict"
    title = "Something else changed this at the same time"


class PreconditionFailed(Problem):
    status = status.HTTP_412_PRECONDITION_FAILED
    code = "precondition_failed"
    title = "This has changed since it was read"


class TooLarge(Problem):
    status = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
    title = "The body is too large"


class UnsupportedMediaType(Problem):
    status = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"
    title = "The body has a content type this path does not take"


class RateLimited(Problem):
    status = status.HTTP_429_TOO_MANY_REQUESTS
    code = "rate_limited"
    title = "Too many requests"


class Internal(Problem):
    status = status.HTTP_500_INTERNAL_SERVER_ERROR
    code = "internal"
    title = "Something went wrong on our side"


class Unavailable(Problem):
    status = status.HTTP_503_SERVICE_UNAVAILABLE
    code = "unavailable"
    title = "A part of the service is down; try again soon"


def all_problems() -> list[type[Problem]]:
    """List every refusal that is declared, by code."""
    return [_registry[code] for code in sorted(_registry)]


def problem_document(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """Write a refusal as the RFC 9457 document that clients get, over REST and the socket alike."""
    document: dict[str, Any] = {
        "type": f"/docs/errors#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id,
    }
    if problem.errors:
        document["errors"] = list(problem.errors)
    return document


def problem_response(problem: Problem) -> HttpResponse:
    """Answer with a refusal."""
    return HttpResponse(
        encoding.dumps(problem_document(problem, logs.current_request_id())),
        status=problem.status,
        content_type=PROBLEM_TYPE,
        headers=problem.headers,
    )


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer an exception of a view; None lets it become a 500 that is logged and reported."""
    if isinstance(error, ProviderUnavailable):
        logger.warning("A provider is not available", error=str(error))
    problem = as_problem(error)
    return None if problem is None else problem_response(problem)


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], type[Problem]], ...] = (
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), NotSignedIn),
    ((exceptions.PermissionDenied, PermissionDenied), Forbidden),
    ((exceptions.NotFound, Http404), NotFound),
    ((exceptions.MethodNotAllowed,), MethodNotAllowed),
    ((exceptions.NotAcceptable,), NotAcceptable),
    ((exceptions.UnsupportedMediaType,), UnsupportedMediaType),
    ((RequestDataTooBig,), TooLarge),
    ((ProviderUnavailable,), Unavailable),
)


def as_problem(error: Exception) -> Problem | None:
    """Turn what libraries and providers raise into our refusals; None for anything unforeseen."""
    for kinds, problem in _MEANINGS:
        if isinstance(error, kinds):
            return problem()
    match error:
        case Problem():
            return error
        case exceptions.ValidationError():
            return Invalid(errors=tuple(field_errors(error.detail)))
        case DisallowedHost():
            return BadRequest("This server has another name")
        case exceptions.ParseError() | SuspiciousOperation():
            return MalformedBody(str(error))
    return None


def field_errors(detail: Any, pointer: str = "") -> Iterator[FieldError]:
    """Flatten the nested errors of a serializer into pointers."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            here = pointer if name == "non_field_errors" else f"{pointer}/{step}"
            yield from field_errors(inner, here)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_message = isinstance(inner, exceptions.ErrorDetail)
            yield from field_errors(inner, pointer if is_message else f"{pointer}/{index}")
    else:
        yield FieldError(pointer, getattr(detail, "code", "invalid"), str(detail))


def not_found_view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a path that no route matches."""
    return problem_response(NotFound())


def bad_request_view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself refuses."""
    problem = None if exception is None else as_problem(exception)
    return problem_response(problem or BadRequest())


def forbidden_view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself forbids."""
    return problem_response(Forbidden())


def server_error_view(request: HttpRequest) -> HttpResponse:
    """Answer after an unforeseen exception, telling nothing of it."""
    return problem_response(Internal())
