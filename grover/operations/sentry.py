"""Errors told to Sentry, with nothing of a person in them.

What an error says in words may quote anybody's data, so only its kind and the place in the code are
told, with the id of the request: the words stand, redacted, under that id in the server's own log.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

from grover.core import logs

SAFE_HEADERS = frozenset({"content-type", "content-length"})
KEPT = frozenset(
    {
        "event_id",
        "timestamp",
        "level",
        "platform",
        "logger",
        "environment",
        "release",
        "sdk",
        "transaction",
        "transaction_info",
        "exception",
        "logentry",
        "request",
    }
)


def start(dsn: str, *, environment: str, release: str) -> None:
    """Send unforeseen errors to Sentry from now on; without an address this does nothing."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=scrub,  # type: ignore[arg-type]
        shutdown_timeout=2,
        integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False)],
    )


def scrub(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Reduce an event to what went wrong and where: no person, no values, no words."""
    kept = {name: value for name, value in event.items() if name in KEPT}
    for error in (kept.get("exception") or {}).get("values") or []:
        error.pop("value", None)
        for frame in (error.get("stacktrace") or {}).get("frames") or []:
            frame.pop("vars", None)
        if error.get("mechanism"):
            error["mechanism"].pop("data", None)
    if "logentry" in kept:
        kept["logentry"] = {"message": _template(hint)}
    if kept.get("request"):
        kept["request"] = _safe_request(kept["request"])
    kept["tags"] = {"request_id": logs.current_request_id()}
    return kept


def _template(hint: dict[str, Any]) -> str:
    """Give the words of a log line without the values that were put into them."""
    record = hint.get("log_record")
    message = getattr(record, "msg", "")
    if isinstance(message, dict):  # structlog's
        message = message.get("event", "")
    return logs.redact_text(str(message))


def _safe_request(request: dict[str, Any]) -> dict[str, Any]:
    headers = request.get("headers") or {}
    return {
        "method": request.get("method"),
        "headers": {
            name: logs.redact_text(value) for name, value in headers.items() if name.lower() in SAFE_HEADERS
        },
    }
