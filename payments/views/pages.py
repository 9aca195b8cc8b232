"""The pages of paying that a browser is sent to."""

import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View


class DoneView(View):
    """Where buyers come back to once they decided, whoever takes the money."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return show_page(request, "payments/done.html", {})


def show_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, leads_to: Iterable[str] = ()
) -> HttpResponse:
    """Answer with a page that runs no script and loads nothing, and that no cache keeps.

    A form may send the browser on to the addresses it `leads_to`: browsers hold redirects to the policy too.
    """
    nonce = secrets.token_urlsafe(16)
    response = render(request, template, {**context, "nonce": nonce})
    targets = " ".join(sorted({"'self'", *map(_source, leads_to)})) if leads_to else "'none'"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action {targets}; "
        "frame-ancestors 'none'"
    )
    response["Cache-Control"] = "no-store"
    return response


def _source(url: str) -> str:
    """Name the origin of an address as a policy does; an app's own scheme has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
