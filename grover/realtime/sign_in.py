"""Who opens a socket: a native client by its header, a browser by a ticket and from an allowed place."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from grover.core.errors import NotSignedIn
from grover.core.tokens import bearer_token, viewer_until
from grover.core.viewers import Viewer
from messaging.actions.tickets import redeem_ticket

SUBPROTOCOL = "grover.v1"
TICKET_PREFIX = "ticket."

Headers = dict[str, str]


def headers_of(scope: dict[str, Any]) -> Headers:
    """Read the headers of a handshake, the last of each name."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def sign_in(headers: Headers, subprotocols: list[str]) -> tuple[Viewer, dt.datetime]:
    """Find who opens a socket and until when their token lives; NotSignedIn when nobody does."""
    if not _is_allowed_origin(headers.get("origin"), headers.get("host", "")):
        raise NotSignedIn("Sockets are not open to pages of this origin")
    if subprotocols and SUBPROTOCOL not in subprotocols:
        raise NotSignedIn(f"The subprotocol is {SUBPROTOCOL}")
    if "authorization" in headers:
        return viewer_until(bearer_token(headers["authorization"]))
    for offered in subprotocols:
        if offered.startswith(TICKET_PREFIX):
            return redeem_ticket(offered.removeprefix(TICKET_PREFIX))
    raise NotSignedIn


def _is_allowed_origin(origin: str | None, host: str) -> bool:
    """Tell whether a page may open sockets; clients that are no browser send no origin."""
    if origin is None or origin in settings.CORS_ALLOWED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()
