"""The base of every REST view: sign-in, limits, idempotency and answers, the same way everywhere.

A view parses with an input serializer, calls one action or selector, and answers a card.
"""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from grover.core import conditional, encoding, idempotency, logs, pages, throttles
from grover.core.errors import Invalid, MethodNotAllowed, NotAcceptable, NotFound, NotSignedIn
from grover.core.ids import new_id, parse_id
from grover.core.viewers import ANONYMOUS

JSON_TYPE = "application/json"


class JsonOnly(BaseContentNegotiation):
    """Answer JSON to everyone who takes it; a request for nothing but another format is refused."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        accept = request.META.get("HTTP_ACCEPT", "*/*")
        if "*/*" in accept or "json" in accept or "application/*" in accept or not accept.strip():
            return renderers[0], JSON_TYPE
        raise NotAcceptable

    def select_parser(self, request: Request, parsers: Any) -> Any:
        content_type = request.content_type or ""
        for parser in parsers:
            if content_type.partition(";")[0].strip().lower() == parser.media_type:
                return parser
        return None


class ApiViewSet(ViewSet):
    """A group of operations on one kind of thing.

    `public` names the methods open to people who are not signed in; `limits` names, per method, the
    rate limit that applies instead of the default one.
    """

    public: ClassVar[frozenset[str]] = frozenset()
    limits: ClassVar[dict[str, str]] = {}
    is_limited: ClassVar[bool] = True
    content_negotiation_class = JsonOnly

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.action in self.public else [IsAuthenticated()]

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> None:
        if not request.user.is_authenticated:
            raise NotSignedIn
        super().permission_denied(request, message, code)

    def _sign_in_and_count(self, request: Request) -> None:
        """Sign in, and count the request against a limit whatever comes of it."""
        try:
            self.perform_authentication(request)
        except NotSignedIn:
            request.user = ANONYMOUS  # type: ignore[assignment]
            self._spend_limit(request)
            raise
        logs.bind_user(request.user.id)
        self._spend_limit(request)

    def _spend_limit(self, request: Request) -> None:
        if not self.is_limited:
            return
        scope = self.limits.get(self.action or "", throttles.default_scope(request.method or "GET"))
        self._rate_limit = throttles.spend(request, scope)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        throttles.describe(response, getattr(self, "_rate_limit", None))
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self._sign_in_and_count(request)
        if self.action is None:
            raise MethodNotAllowed(headers={"Allow": ", ".join(self.allowed_methods)})
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and self.action is not None:
            handler = getattr(self, self.action)
            self.post = idempotency.wrap(handler)  # dispatch looks the handler up next

    @property
    def viewer(self) -> Any:
        """Who is asking: a Viewer, or ANONYMOUS where the operation is public."""
        return self.request.user

    @property
    def intent_id(self) -> uuid.UUID:
        """The id for what this request makes: the same whenever it comes again under its idempotency key."""
        identifier: uuid.UUID = getattr(self.request, "intent_id", None) or new_id()
        return identifier

    def read(self, serializer_class: type[Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """Read and check the body; Invalid when a value is wrong, missing or unknown."""
        serializer = serializer_class(
            data=self.request.data, partial=partial, context={"request": self.request}
        )
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def read_query(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """Read and check the query parameters, other than those of paging."""
        names = set(self.request.query_params) - {"cursor", "limit"}
        serializer = serializer_class(data={name: self.request.query_params[name] for name in names})
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def path_id(self, text: str) -> uuid.UUID:
        """Read an id of the path; NotFound when it is malformed."""
        identifier = parse_id(text)
        if identifier is None:
            raise NotFound
        return identifier

    def page_request(self) -> pages.PageRequest:
        """Read `limit` and `cursor`; the cursor must have been issued by this very list."""
        raw_limit = self.request.query_params.get("limit", str(pages.DEFAULT_LIMIT))
        if not (raw_limit.isascii() and raw_limit.isdecimal() and len(raw_limit) <= 3):
            raise Invalid.at("/limit", "invalid", "A whole number from 1 to 100")
        limit = int(raw_limit)
        if not 1 <= limit <= pages.LARGEST_LIMIT:
            raise Invalid.at("/limit", "out_of_range", "A whole number from 1 to 100")
        cursor = self.request.query_params.get("cursor")
        after = pages.decode_cursor(cursor, self._cursor_scope()) if cursor is not None else None
        return pages.PageRequest(limit, after)

    def _cursor_scope(self) -> str:
        others = sorted(
            (name, value)
            for name, value in self.request.query_params.items()
            if name not in ("cursor", "limit")
        )
        return f"{self.request.path}?{others}"

    def answer(self, card: Any, *, status: int = 200, location: str | None = None) -> HttpResponse:
        """Answer with a card."""
        response = HttpResponse(encoding.dumps(card), status=status, content_type=JSON_TYPE)
        if location is not None:
            response["Location"] = location
        return response

    def answer_resource(self, card: Any) -> HttpResponse:
        """Answer with a single resource: an `ETag`, and 304 when the client holds it already."""
        return conditional.respond(self.request, encoding.dumps(card))

    def answer_page(self, page: pages.Page[Any]) -> HttpResponse:
        """Answer with one page of a list of cards."""
        return self._answer_list(encoding.dumps(page.items), page.next)

    def answer_printed_page(
        self, items: Sequence[bytes], next_position: pages.Position | None
    ) -> HttpResponse:
        """Answer with one page of a list whose cards are printed already."""
        return self._answer_list(b"[%s]" % b",".join(items), next_position)

    def _answer_list(self, results: bytes, next_position: pages.Position | None) -> HttpResponse:
        document = {"results": encoding.Encoded(results), "next": self._next_url(next_position)}
        return HttpResponse(encoding.dumps(document), content_type=JSON_TYPE)

    def _next_url(self, position: pages.Position | None) -> str | None:
        if position is None:
            return None
        cursor = pages.encode_cursor(position, self._cursor_scope())
        parameters = urlencode({**self.request.query_params.dict(), "cursor": cursor})
        return f"{self.request.scheme}://{self.request.get_host()}{self.request.path}?{parameters}"

    def no_content(self) -> HttpResponse:
        """Answer that it is done and there is nothing to show."""
        return HttpResponse(status=204)
