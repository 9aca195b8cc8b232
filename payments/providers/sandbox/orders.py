"""Orders of the sandbox: approved on its page, captured by us."""

from django.conf import settings

from grover.core.db import atomic
from grover.core.providers import ProviderRefused
from grover.core.races import settled
from payments.providers.base import About, NewOrder, OrderState, SeenOrder
from payments.providers.sandbox import captures
from payments.providers.sandbox.captures import money_of, outcome_for, take
from payments.providers.sandbox.events import tell
from payments.providers.sandbox.records import SandboxRecord, change, recall, record

KIND = "order"
PAYEE = "sandbox-platform"


class SandboxOrders:
    """Takes money once."""

    def create_order(self, order: NewOrder, *, request_id: str) -> SeenOrder:
        document = {
            "state": OrderState.CREATED,
            "reference": order.reference,
            "value": order.amount.value,
            "currency": order.amount.currency,
            "description": order.description,
            "return_url": order.return_url,
            "cancel_url": order.cancel_url,
            "capture_id": None,
        }
        return seen(record(KIND, request_id, document))

    def get_order(self, order_id: str) -> SeenOrder:
        return seen(recall(KIND, order_id))

    @settled
    @atomic
    def capture_order(self, order_id: str, *, request_id: str) -> SeenOrder:
        known = recall(KIND, order_id)
        if known.document["state"] == OrderState.COMPLETED:
            return seen(known)
        if known.document["state"] != OrderState.APPROVED:
            raise ProviderRefused("The buyer has not approved this order")
        amount = money_of(known)
        capture = take(known, About.ORDER, amount, outcome_for(amount))
        return seen(change(known, state=OrderState.COMPLETED, capture_id=capture.key))


@settled
@atomic
def decide(order_id: str, *, approves: bool) -> SeenOrder:
    """Approve or decline an order, as its buyer; it is decided once."""
    known = recall(KIND, order_id)
    if known.document["state"] == OrderState.CREATED:
        state = OrderState.APPROVED if approves else OrderState.VOIDED
        change(known, state=state)
        reference = known.document["reference"]
        tell(f"order.{state}", known, about=About.ORDER, thing_id=order_id, reference=reference)
    return seen(known)


def seen(known: SandboxRecord) -> SeenOrder:
    """Say of an order what the sandbox knows."""
    document = known.document
    waits = document["state"] == OrderState.CREATED
    capture_id = document["capture_id"]
    return SeenOrder(
        id=known.key,
        state=OrderState(document["state"]),
        reference=document["reference"],
        amount=money_of(known),
        payee=PAYEE,
        approve_url=f"{settings.PUBLIC_URL}/sandbox/orders/{known.key}" if waits else "",
        capture=captures.seen(recall(captures.KIND, capture_id)) if capture_id is not None else None,
    )
