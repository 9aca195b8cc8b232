"""What the simulator remembers as a whole, and the small things that all its parts share."""

import datetime as dt
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.payments.paypal.authority import SentEvent
from tests.payments.paypal.faults import Fault

Json = dict[str, Any]

MERCHANT_ID = "MERCHANT0GROVER"
WEBHOOK_ID = "WH0TEST0GROVER"
WITHOUT_DECIMALS = ("HUF", "JPY", "TWD")


class Refusal(Exception):
    """An answer that is no success, in the form of PayPal's errors."""

    def __init__(self, status: int, name: str, issue: str = "", **detail: Any) -> None:
        super().__init__(name, issue)
        self.status = status
        details = [{"issue": issue, **detail}] if issue else []
        self.body = {"name": name, "message": name, "debug_id": "f5c2d1b0a9e87", "details": details}


@dataclass(frozen=True)
class Asked:
    """A request, as its handler sees it."""

    operation: str
    ids: tuple[str, ...]
    params: dict[str, str]
    body: Json
    request_id: str = ""
    fault: Fault | None = None


@dataclass(frozen=True)
class Reply:
    """An answer; what is asked for again under one id is viewed anew."""

    status: int
    view: Callable[[], Json] = field(default=dict)


Handler = Callable[[Asked], Reply]


class State:
    """Ids, events and the books."""

    url = ""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._numbers = 0
        self.events: list[SentEvent] = []
        self.lines: list[Json] = []
        self.replies: dict[tuple[str, str], tuple[Json, Reply]] = {}

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        """List what can be asked: the method, the path and who answers, by name."""
        return {}

    def new_id(self, prefix: str) -> str:
        """Make an id that tells what it is for, the same in each run."""
        self._numbers += 1
        return f"{prefix}{self._numbers:0{17 - len(prefix)}d}"

    def tell(self, event_type: str, resource: Json) -> None:
        """Send a webhook, that is, put it down with the resource as it is now."""
        event_id = self.new_id("WH-")
        body = {
            "id": event_id,
            "event_version": "1.0",
            "create_time": moment(now()),
            "resource_type": event_type.rpartition(".")[0].lower(),
            "event_type": event_type,
            "summary": event_type.replace(".", " ").lower(),
            "resource": resource,
            "links": [],
        }
        self.events.append(
            SentEvent(
                type=event_type,
                id=event_id,
                body=json.dumps(body).encode(),
                sent_at=now(),
                webhook_id=WEBHOOK_ID,
                certificate_url=f"{self.url}/v1/notifications/certs/CERT-{now():%Y%m%d}",
            )
        )

    def write_line(
        self, code: str, line_id: str, amount: Json, *, reference: str = "", of: str = "", at: Any = None
    ) -> None:
        """Put a line into the books."""
        happened_at = moment(at or now())
        line = {
            "transaction_id": line_id,
            "transaction_event_code": code,
            "transaction_initiation_date": happened_at,
            "transaction_updated_date": happened_at,
            "transaction_amount": amount,
            "transaction_status": "S",
        }
        line |= {"custom_field": reference, "invoice_id": reference} if reference else {}
        self.lines.append(
            line | ({"paypal_reference_id": of, "paypal_reference_id_type": "TXN"} if of else {})
        )

    def link(self, rel: str, path: str, method: str = "GET") -> Json:
        """Make a link to somewhere on this server."""
        return {"href": f"{self.url}{path}", "rel": rel, "method": method}


def now() -> dt.datetime:
    """Give the present moment."""
    return dt.datetime.now(dt.UTC)


def moment(value: dt.datetime) -> str:
    """Write a moment as PayPal does."""
    return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def amount_of(said: Json, currency: str = "currency_code") -> Json:
    """Check an amount that came in."""
    value, code = said.get("value"), said.get(currency)
    if not isinstance(value, str) or not re.fullmatch(r"\d+(\.\d+)?", value) or not isinstance(code, str):
        raise Refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX")
    if code in WITHOUT_DECIMALS and "." in value:
        raise Refusal(422, "UNPROCESSABLE_ENTITY", "DECIMALS_NOT_SUPPORTED")
    if code not in WITHOUT_DECIMALS and not re.fullmatch(r"\d+\.\d\d", value):
        raise Refusal(422, "UNPROCESSABLE_ENTITY", "DECIMAL_PRECISION")
    return {"currency_code": code, "value": value}


def negative(amount: Json) -> Json:
    """Turn the sign of an amount."""
    return {**amount, "value": f"-{amount['value']}"}


def total(amounts: list[Json]) -> Decimal:
    """Add amounts of one currency."""
    return sum((Decimal(amount["value"]) for amount in amounts), Decimal(0))


def find(things: dict[str, Json], key: str) -> Json:
    """Look a thing up; 404 when there is none."""
    if key not in things:
        raise Refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
    return things[key]
