"""All routes of the product, and some that wait, fail and ask for jobs."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request

from grover.core.jobs import enqueue, enqueue_durable, sweep_outbox
from grover.core.views import ApiViewSet
from grover.urls import handler400, handler403, handler404, handler500
from grover.urls import urlpatterns as product
from tests.operations.probes import files

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def wait(request: HttpRequest, name: str) -> HttpResponse:
    files.work(name)
    return HttpResponse("waited")


def ask_for_job(request: HttpRequest, name: str) -> HttpResponse:
    enqueue("probes.tasks.work", file=name)
    return HttpResponse("asked")


def ask_for_durable_job(request: HttpRequest, name: str) -> HttpResponse:
    enqueue_durable("probes.tasks.work", file=name)
    return HttpResponse("asked")


def sweep(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(sweep_outbox(timezone.now())))


class FaultyViewSet(ApiViewSet):
    public: ClassVar[frozenset[str]] = frozenset({"create"})
    authentication_classes: ClassVar[list[type]] = []

    def create(self, request: Request, owner: str) -> HttpResponse:
        innocent_name = request.data["card"]
        owner_address = request.META["REMOTE_ADDR"]
        raise RuntimeError(f"{innocent_name} of {owner} at {owner_address} is refused: {request.data}")


urlpatterns: list[Any] = [
    *product,
    path("probes/wait/<str:name>", wait),
    path("probes/job/<str:name>", ask_for_job),
    path("probes/durable/<str:name>", ask_for_durable_job),
    path("probes/sweep", sweep),
    path("probes/faulty/<str:owner>", FaultyViewSet.as_view({"post": "create"})),
]
