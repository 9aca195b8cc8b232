"""The OpenAPI document: what `@operation` says of a method, and what holds for all of them."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Literal, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework_dataclasses.serializers import DataclassSerializer

from grover.core import errors, examples, pages

F = TypeVar("F", bound=Callable[..., Any])

Errors = tuple[type[errors.Problem], ...]
Direction = Literal["request", "response"]


class FieldErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one value of the request."""

    pointer = serializers.CharField(help_text="A JSON pointer into the request.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal, as RFC 9457 problem details; `code` is stable and listed in docs/errors.md."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField(allow_null=True)
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]


@functools.cache
def card_serializer(card_type: type) -> type[serializers.Serializer[Any]]:
    """Describe a card for the document; it is never used to print one."""
    meta = type("Meta", (), {"dataclass": card_type})
    return type(f"{card_type.__name__}Serializer", (DataclassSerializer,), {"Meta": meta})


@functools.cache
def page_serializer(card_type: type) -> serializers.Serializer[Any]:
    """Describe one page of a list of cards."""
    return inline_serializer(
        f"{card_type.__name__}Page",
        {
            "results": card_serializer(card_type)(many=True),
            "next": serializers.CharField(allow_null=True, help_text="The URL of the next page."),
        },
    )


PAGE_PARAMETERS = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": pages.LARGEST_LIMIT, "default": pages.DEFAULT_LIMIT},
        description="How many items at most.",
    ),
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From the `next` of the page before."),
]
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    OpenApiParameter.HEADER,
    description="The same key and body gives the first answer again, for 24 hours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="Change it only if it has this `ETag`."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="304 if it still has this `ETag`."
)


def operation(
    summary: str,
    *,
    description: str = "",
    body: type[serializers.Serializer[Any]] | None = None,
    query: type[serializers.Serializer[Any]] | None = None,
    card: type | None = None,
    page_of: type | None = None,
    status: int | None = None,
    other: dict[int, type | None] | None = None,
    errors: Errors = (),
    conditional: bool = False,
    multipart: bool = False,
    example: Any = None,
) -> Callable[[F], F]:
    """Describe a method of a view.

    `card` or `page_of` is what it answers (nothing at all: 204); `other` gives further successful
    statuses with their cards; `errors` the refusals of its own, beside those every operation can
    give; `conditional` says that it honours `If-None-Match` (GET) or `If-Match` (PATCH); `example`
    replaces the example of the body that is made from its serializer.
    """
    answer = page_serializer(page_of) if page_of else card_serializer(card) if card else None
    success = status or (200 if answer is not None else 204)
    answers = {success: answer, **{code: _describe(other_card) for code, other_card in (other or {}).items()}}

    def decorate(method: F) -> F:
        method.operation = {"errors": errors, "conditional": conditional, "body": body}  # type: ignore[attr-defined]
        return extend_schema(
            summary=summary,
            description=(description + _list_errors(errors)).strip(),
            request=({"multipart/form-data": body} if multipart else body),
            responses=answers,
            parameters=[*([query] if query else []), *(PAGE_PARAMETERS if page_of else [])],
            examples=[
                *_examples_of_body(body, example, multipart=multipart),
                *_examples_of_answers(page_of, {success: card, **(other or {})}),
            ],
        )(method)

    return decorate


def _describe(card: type | None) -> Any:
    return None if card is None else card_serializer(card)


def _list_errors(problems: Errors) -> str:
    if not problems:
        return ""
    lines = [f"- `{problem.code}` ({problem.status}): {problem.title}." for problem in problems]
    return "\n\nRefusals:\n\n" + "\n".join(lines)


def _examples_of_body(body: Any, example: Any, *, multipart: bool) -> list[OpenApiExample]:
    if body is None:
        return []
    value = examples.of_serializer(body) if example is None else example
    media_type = "multipart/form-data" if multipart else "application/json"
    return [OpenApiExample("Request", value=value, request_only=True, media_type=media_type)]


def _examples_of_answers(page_of: type | None, cards: dict[int, type | None]) -> list[OpenApiExample]:
    return [
        OpenApiExample("Answer", value=value, response_only=True, status_codes=[str(status)])
        for status, card in cards.items()
        if (value := _example_of_answer(page_of, card)) is not None
    ]


def _example_of_answer(page_of: type | None, card: type | None) -> Any:
    if page_of is not None:
        return {"results": [examples.of_card(page_of)], "next": None}
    return None if card is None else examples.of_card(card)


class OperationSchema(AutoSchema):
    """Adds to each operation the answers that any of its kind can give."""

    def get_tags(self) -> list[str]:
        app, _, _ = type(self.view).__module__.removeprefix("grover.").partition(".")
        return [app]

    def get_operation_id(self) -> str:
        noun = type(self.view).__name__.removesuffix("ViewSet")
        return f"{noun[:1].lower()}{noun[1:]}_{self._action()}"

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Describe a page of a list as what it is, an object, whatever the method is called."""
        return False

    def get_auth(self) -> list[dict[str, list[str]]]:
        if not self.view.authentication_classes:
            return [{}]
        super().get_auth()  # which declares the scheme, once
        return [{}, {"bearer": []}] if self._is_public() else [{"bearer": []}]

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        said = self._said()
        if self.method == "POST":
            parameters.append(IDEMPOTENCY_KEY)
        if said.get("conditional"):
            parameters.append(IF_NONE_MATCH if self.method == "GET" else IF_MATCH)
        return parameters

    def _get_request_body(self, direction: Direction = "request") -> Any:
        """Describe a body also where a DELETE takes one, such as a password."""
        if self.method != "DELETE" or self._said().get("body") is None:
            return super()._get_request_body(direction)
        self.method = "POST"
        try:
            return super()._get_request_body(direction)
        finally:
            self.method = "DELETE"

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in sorted(self._problem_statuses()):
            if str(status) not in bodies:
                bodies[str(status)] = self._get_response_for_code(
                    ProblemSerializer, str(status), [errors.PROBLEM_TYPE]
                )
        if self.method == "GET" and self._said().get("conditional"):
            bodies["304"] = {"description": "It still has this `ETag`"}
        for code, body in bodies.items():
            body["description"] = body.get("description") or HTTPStatus(int(code)).phrase
        return bodies

    def _problem_statuses(self) -> set[int]:
        said = self._said()
        statuses = {400, 401, 406, 429, *(problem.status for problem in said.get("errors", ()))}
        if "{" in self.path:
            statuses.add(404)
        if self.method in ("POST", "PUT", "PATCH") or said.get("body") is not None:
            statuses |= {413, 415, 422}
        if self.method == "GET":
            statuses.add(422)
        if self.method == "POST":
            statuses.add(409)
        if self.method == "PATCH":
            statuses |= {409, 412}
        return statuses

    def _said(self) -> dict[str, Any]:
        said: dict[str, Any] = getattr(getattr(self.view, self._action(), None), "operation", {})
        return said

    def _is_public(self) -> bool:
        return self._action() in getattr(self.view, "public", ())

    def _action(self) -> str:
        return getattr(self.view, "action", None) or ""


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a request is signed in."""

    target_class = "grover.core.tokens.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
