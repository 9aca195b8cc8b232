"""How requests are counted for Prometheus."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django_prometheus.conf import NAMESPACE, PROMETHEUS_LATENCY_BUCKETS
from prometheus_client import Counter, Histogram

NO_ROUTE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "other"

_responses = Counter(
    "django_http_responses_total_by_status_view_method",
    "Answers, by status, route and method",
    ["status", "view", "method"],
    namespace=NAMESPACE,
)
_latency = Histogram(
    "django_http_requests_latency_seconds_by_view_method",
    "How long requests took, middlewares included, by route and method",
    ["view", "method"],
    buckets=PROMETHEUS_LATENCY_BUCKETS,
    namespace=NAMESPACE,
)


class RouteMetricsMiddleware:
    """Counts requests by their route, of which there are few, never by their path.

    It stands for the pair of middlewares of django-prometheus, with their names and a fifth of their
    cost: theirs keep fifteen metrics, and one of them by whatever method a client makes up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        view = f"/{match.route}" if match is not None else NO_ROUTE
        method = request.method if request.method in METHODS else OTHER_METHOD
        _responses.labels(response.status_code, view, method).inc()
        _latency.labels(view, method).observe(seconds)
        return response
