"""Plans and subscriptions (Catalog Products v1, Subscriptions v1).

A charge is called a sale, or a transaction of the subscription, and can be refunded as a capture is. What
was given back of it, PayPal tells in its books alone.
"""

import datetime as dt
import uuid

from payments.cards.money import Money
from payments.providers.base import (
    NewPlan,
    NewSubscription,
    RefundState,
    SeenCharge,
    SeenRefund,
    SeenSubscription,
    SubscriptionState,
)
from payments.providers.paypal.amounts import as_amount, read_amount
from payments.providers.paypal.answers import (
    Json,
    PayPalRefused,
    as_moment,
    find_link,
    in_path,
    read_moment,
    reads,
)
from payments.providers.paypal.client import Client
from payments.providers.paypal.orders import CAPTURE_STATES, LONGEST_TEXT
from payments.providers.paypal.reporting import refunds_between

FAILURES_BEFORE_SUSPENSION = 2
REFUNDABLE_FOR = dt.timedelta(days=180)

_SUBSCRIPTIONS = "/v1/billing/subscriptions"
_STATES = {
    "APPROVAL_PENDING": SubscriptionState.PENDING,
    "APPROVED": SubscriptionState.PENDING,
    "ACTIVE": SubscriptionState.ACTIVE,
    "SUSPENDED": SubscriptionState.SUSPENDED,
    "CANCELLED": SubscriptionState.CANCELLED,
    "EXPIRED": SubscriptionState.EXPIRED,
}
_ENDED = (SubscriptionState.CANCELLED, SubscriptionState.EXPIRED)
_GIVEN_BACK = ("PARTIALLY_REFUNDED", "REFUNDED")
_MOMENT_OF_LAST_CHARGE = dt.timedelta(minutes=1)


def create_plan(client: Client, plan: NewPlan, *, request_id: str) -> str:
    """Make a product and its plan, under two request ids that follow from the one."""
    name = plan.name[:LONGEST_TEXT]
    product = client.post(
        "/v1/catalogs/products", {"name": name, "type": "SERVICE"}, request_id=f"{request_id}/product"
    )
    cycle = {
        "frequency": {"interval_unit": "MONTH", "interval_count": 1},
        "tenure_type": "REGULAR",
        "sequence": 1,
        "total_cycles": 0,
        "pricing_scheme": {"fixed_price": as_amount(plan.price)},
    }
    body = {
        "product_id": _read_id(product),
        "name": name,
        "description": plan.reference,
        "billing_cycles": [cycle],
        "payment_preferences": {
            "auto_bill_outstanding": True,
            "payment_failure_threshold": FAILURES_BEFORE_SUSPENSION,
        },
    }
    return _read_id(client.post("/v1/billing/plans", body, request_id=request_id))


def create_subscription(
    client: Client, subscription: NewSubscription, *, request_id: str
) -> SeenSubscription:
    """Ask for a subscription."""
    body = {
        "plan_id": subscription.plan_id,
        "custom_id": subscription.reference,
        "application_context": {
            "return_url": subscription.return_url,
            "cancel_url": subscription.cancel_url,
            "shipping_preference": "NO_SHIPPING",
            "user_action": "SUBSCRIBE_NOW",
        },
    }
    return _read_subscription(client.post(_SUBSCRIPTIONS, body, request_id=request_id), ())


def get_subscription(client: Client, subscription_id: str) -> SeenSubscription:
    """Read a subscription, with all its charges unless nobody approved it yet."""
    said = client.get(f"{_SUBSCRIPTIONS}/{in_path(subscription_id)}")
    if said.get("status") == "APPROVAL_PENDING":
        return _read_subscription(said, ())
    return _read_subscription(said, _charges(client, subscription_id, _read_start(said)))


def cancel_subscription(client: Client, subscription_id: str, *, reason: str) -> None:
    """End a subscription; one that has ended stays as it is."""
    path = f"{_SUBSCRIPTIONS}/{in_path(subscription_id)}/cancel"
    try:
        client.post(path, {"reason": reason[:LONGEST_TEXT] or "-"}, request_id=str(uuid.uuid4()))
    except PayPalRefused:
        if _read_subscription(client.get(f"{_SUBSCRIPTIONS}/{subscription_id}"), ()).state not in _ENDED:
            raise


def _charges(client: Client, subscription_id: str, since: dt.datetime) -> tuple[SeenCharge, ...]:
    until = dt.datetime.now(dt.UTC) + _MOMENT_OF_LAST_CHARGE
    found: dict[str, Json] = {}
    path = f"{_SUBSCRIPTIONS}/{subscription_id}/transactions"
    for page in client.pages(path, start_time=as_moment(since), end_time=as_moment(until)):
        found |= _read_transactions(page)
    refunds = _refunds_of(client, [said for said in found.values() if said.get("status") in _GIVEN_BACK])
    charges = (_read_charge(said, refunds.get(key, {})) for key, said in found.items())
    return tuple(sorted(charges, key=lambda charge: charge.charged_at))


def _refunds_of(client: Client, charges: list[Json]) -> dict[str, dict[str, SeenRefund]]:
    """Look up in PayPal's books what was given back of charges, by the id of the charge and the refund."""
    if not charges:
        return {}
    moments = [_read_time(said) for said in charges]
    until = min(max(moments) + REFUNDABLE_FOR, dt.datetime.now(dt.UTC) + _MOMENT_OF_LAST_CHARGE)
    found: dict[str, dict[str, SeenRefund]] = {}
    for charge_id, line in refunds_between(client, min(moments), until):
        given_back = Money(-line.amount.value, line.amount.currency)
        found.setdefault(charge_id, {})[line.id] = SeenRefund(
            id=line.id, state=RefundState.COMPLETED, amount=given_back, reference=line.reference
        )
    return found


@reads
def _read_id(said: Json) -> str:
    return str(said["id"])


@reads
def _read_start(said: Json) -> dt.datetime:
    return min(read_moment(said[name]) for name in ("create_time", "start_time") if said.get(name))


@reads
def _read_transactions(page: Json) -> dict[str, Json]:
    return {said["id"]: said for said in page.get("transactions", [])}


@reads
def _read_time(said: Json) -> dt.datetime:
    return read_moment(said["time"])


@reads
def _read_charge(said: Json, refunds: dict[str, SeenRefund]) -> SeenCharge:
    return SeenCharge(
        id=said["id"],
        state=CAPTURE_STATES[said["status"]],
        amount=read_amount(said["amount_with_breakdown"]["gross_amount"]),
        charged_at=read_moment(said["time"]),
        refunds=tuple(refunds.values()),
    )


@reads
def _read_subscription(said: Json, charges: tuple[SeenCharge, ...]) -> SeenSubscription:
    state = _STATES[said["status"]]
    next_charge_at = said.get("billing_info", {}).get("next_billing_time")
    return SeenSubscription(
        id=said["id"],
        state=state,
        reference=said.get("custom_id") or "",
        plan_id=said.get("plan_id") or "",
        approve_url=find_link(said.get("links", []), "approve") if state == SubscriptionState.PENDING else "",
        charges=charges,
        next_charge_at=read_moment(next_charge_at) if next_charge_at and state not in _ENDED else None,
    )
