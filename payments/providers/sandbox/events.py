"""Events of the sandbox: signed webhooks about all that changes, sent to our own endpoint.

An event is signed with a key that follows from SECRET_KEY, over the moment it happened at and its body.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import httpx
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from grover.core import encoding
from grover.core.db import atomic
from grover.core.jobs import enqueue_durable
from grover.core.moments import present
from grover.core.providers import ProviderUnavailable
from payments.providers.base import About, SeenEvent, SignatureInvalid
from payments.providers.sandbox.records import SandboxRecord, recall, write

KIND = "event"
TIME_HEADER = "sandbox-event-time"
SIGNATURE_HEADER = "sandbox-signature"
OLDEST = dt.timedelta(days=3)
FURTHEST_AHEAD = dt.timedelta(minutes=5)
SECONDS = 5.0

_PURPOSE = "payments.sandbox.event"


class SandboxEvents:
    """Knows its own webhooks."""

    def read_event(self, headers: Mapping[str, str], body: bytes) -> SeenEvent:
        moment = headers.get(TIME_HEADER, "")
        if not constant_time_compare(headers.get(SIGNATURE_HEADER, ""), sign(moment, body)):
            raise SignatureInvalid("The signature is wrong")
        said = encoding.loads(body)
        happened_at = dt.datetime.fromisoformat(moment)
        if not -FURTHEST_AHEAD <= present() - happened_at <= OLDEST:
            raise SignatureInvalid("It did not happen just now")
        return SeenEvent(
            id=said["id"],
            type=said["type"],
            about=About(said["about"]),
            thing_id=said["thing_id"],
            reference=said["reference"],
            happened_at=happened_at,
            body=said,
        )


@atomic
def tell(
    type: str,  # noqa: A002 - as events call it
    cause: SandboxRecord,
    *,
    about: About,
    thing_id: str,
    reference: str,
    at: dt.datetime | None = None,
    number: int = 0,
) -> None:
    """Make an event of what was changed just now; joins the caller's transaction, which must be `settled`.

    A `number` tells apart what changed of one thing at the same moment.
    """
    document = {
        "type": type,
        "about": about,
        "thing_id": thing_id,
        "reference": reference,
        "happened_at": (at or present()).isoformat(),
    }
    event = write(KIND, f"{cause.key}:{cause.version}:{type}:{number}", document, at=at)
    if settings.SANDBOX_WEBHOOK_URL:
        enqueue_durable("payments.tasks.send_sandbox_event", event_id=event.key)


def signed_event(event_id: str) -> tuple[dict[str, str], bytes]:
    """Give an event as it is sent, each time the same: its headers and its body."""
    document: dict[str, Any] = recall(KIND, event_id).document
    body = encoding.dumps({"id": event_id, **dict(sorted(document.items()))})
    moment = document["happened_at"]
    return {
        "content-type": "application/json",
        TIME_HEADER: moment,
        SIGNATURE_HEADER: sign(moment, body),
    }, body


def send_event(event_id: str) -> None:
    """Send an event; ProviderUnavailable when it was not taken, so that it is sent again."""
    if not settings.SANDBOX_WEBHOOK_URL:
        return
    headers, body = signed_event(event_id)
    try:
        with httpx.stream(
            "POST",
            settings.SANDBOX_WEBHOOK_URL,
            content=body,
            headers=headers,
            timeout=SECONDS,
            trust_env=False,
        ) as answer:
            status = answer.status_code
    except httpx.HTTPError as error:
        raise ProviderUnavailable(f"The webhook was not sent: {type(error).__name__}") from error
    if not answer.is_success:
        raise ProviderUnavailable(f"The webhook was answered {status}")


def sign(moment: str, body: bytes) -> str:
    """Sign a body that is said to be of a moment."""
    signed = moment.encode() + b"." + body
    return salted_hmac(_PURPOSE, signed, algorithm="sha256").hexdigest()
