"""Things at the sandbox, made without payments of ours."""

import datetime as dt
from typing import Any

from grover.core.ids import new_id
from payments.cards.money import Money
from payments.providers.base import NewOrder, NewPlan, NewSubscription, SeenOrder, SeenSubscription
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.records import SandboxRecord
from payments.providers.sandbox.subscriptions import decide_subscription

RETURN_URL = "https://app.grover.test/paid"
CANCEL_URL = "https://app.grover.test/cart"


def make_order(value: int = 1_000, *, reference: str = "our-payment", request_id: str = "") -> SeenOrder:
    """Ask for an order that its buyer has not decided yet."""
    order = NewOrder(
        reference=reference,
        amount=Money(value, "USD"),
        description="A song",
        return_url=RETURN_URL,
        cancel_url=CANCEL_URL,
    )
    return Sandbox().create_order(order, request_id=request_id or str(new_id()))


def make_captured_order(value: int = 1_000) -> SeenOrder:
    """Make an order that was approved and captured, whatever came of it."""
    order = make_order(value)
    decide(order.id, approves=True)
    return Sandbox().capture_order(order.id, request_id="capture")


def make_capture(value: int = 1_000) -> str:
    """Take money, and give the id of the capture."""
    capture = make_captured_order(value).capture
    assert capture is not None
    return capture.id


def make_subscription(value: int = 499) -> SeenSubscription:
    """Ask for a subscription that its buyer has not decided yet."""
    plan = NewPlan(reference="our-tier", name="Backstage", price=Money(value, "USD"))
    subscription = NewSubscription(
        reference="our-subscription",
        plan_id=Sandbox().create_plan(plan, request_id=str(new_id())),
        return_url=RETURN_URL,
        cancel_url=CANCEL_URL,
    )
    return Sandbox().create_subscription(subscription, request_id=str(new_id()))


def make_active_subscription(value: int = 499, *, at: dt.datetime | None = None) -> SeenSubscription:
    """Make a subscription that was approved at a moment, and charged for its first month."""
    return decide_subscription(make_subscription(value).id, approves=True, at=at)


def events() -> list[dict[str, Any]]:
    """Give what the sandbox told of, the earliest first."""
    rows = SandboxRecord.objects.filter(kind="event").order_by("created_at", "id")
    return [row.document for row in rows]


def event_types() -> list[str]:
    """Give the types of what the sandbox told of, sorted, for those of one moment have no order."""
    return sorted(event["type"] for event in events())
