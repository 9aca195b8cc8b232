"""The routes of operations: probes, metrics, documentation."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView
from drf_spectacular.views import (
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)

from grover.operations.metrics import metrics_view
from grover.operations.views import ProbeViewSet, SchemaView, asyncapi, errors_page

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(url="/docs")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("api/live", ProbeViewSet.as_view({"get": "live"})),
    path("api/health", ProbeViewSet.as_view({"get": "health"})),
    path("api/ready", ProbeViewSet.as_view({"get": "ready"})),
    path("metrics", metrics_view),
    path("api/metrics", metrics_view),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/asyncapi", asyncapi),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema")),
    path("docs/errors", errors_page),
    path("redoc", SpectacularRedocView.as_view(url_name="schema")),
]
