"""What probes and operators ask over HTTP."""

import functools
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from grover.core import encoding
from grover.core.errors import all_problems
from grover.core.schema import operation
from grover.core.views import JSON_TYPE, ApiViewSet
from grover.operations.cards import HealthCard, LiveCard, ReadinessCard
from grover.operations.health import check_health, check_readiness
from grover.realtime.asyncapi import document


class ProbeViewSet(ApiViewSet):
    """How the server is. Nobody is signed in and nothing is limited here, so that it answers in any case."""

    public: ClassVar[frozenset[str]] = frozenset({"live", "health", "ready"})
    authentication_classes: ClassVar[list[type]] = []
    is_limited = False

    def answer(self, card: Any, *, status: int = 200, location: str | None = None) -> HttpResponse:
        response = super().answer(card, status=status, location=location)
        response["Cache-Control"] = "no-store"
        return response

    @operation("Tell that the process answers", description="Touches nothing.", card=LiveCard)
    def live(self, request: Request) -> HttpResponse:
        return self.answer(LiveCard(status="live"))

    @operation(
        "Tell how the server and what it depends on are",
        description="503 only when it cannot work at all.",
        card=HealthCard,
        other={503: HealthCard},
    )
    def health(self, request: Request) -> HttpResponse:
        card = check_health()
        return self.answer(card, status=503 if card.status == "unhealthy" else 200)

    @operation(
        "Tell whether requests may be sent here",
        description="503 while the database, its migrations or a required broker stands in the way.",
        card=ReadinessCard,
        other={503: ReadinessCard},
    )
    def ready(self, request: Request) -> HttpResponse:
        card = check_readiness()
        return self.answer(card, status=503 if card.blocked_by else 200)


def asyncapi(request: HttpRequest) -> HttpResponse:
    """Describe the socket, as AsyncAPI 3."""
    return HttpResponse(encoding.dumps(document()), content_type=JSON_TYPE)


def errors_page(request: HttpRequest) -> HttpResponse:
    """Explain every refusal; the `type` of a problem leads here."""
    return render(request, "operations/errors.html", {"problems": all_problems()})


class SchemaView(SpectacularAPIView):
    """The OpenAPI document as YAML or JSON; each process makes it once, for that takes seconds."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        return HttpResponse(
            _printed_schema(type(renderer)),
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="grover.{renderer.format}"'},
        )


@functools.cache
def _printed_schema(renderer_class: type[BaseRenderer]) -> bytes:
    printed: bytes = renderer_class().render(_schema())
    return printed


@functools.cache
def _schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)
