"""Orders over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.conditional import check_if_match
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.cancelling import cancel_order
from payments.actions.orders import edit_order, place_order
from payments.cards.orders import OrderCard
from payments.errors.discounts import DiscountNotApplicable, DiscountNotValid, DiscountUsedUp
from payments.errors.orders import OrderTransitionRefused, OutOfStock, PaymentUnderWay
from payments.errors.payments import NothingToRefund, NotTheSeller, PayingOneself, PaymentFrozen
from payments.selectors.orders import get_order, orders_of, sales_of
from payments.serializers.orders import OrderChanges, OrderInput

EXAMPLE = {
    "lines": [{"product_id": "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e", "quantity": 2}],
    "address": {
        "name": "Ada Lovelace",
        "street": "12 St James's Square",
        "postcode": "SW1Y 4JH",
        "city": "London",
        "country": "GB",
    },
}


class OrderViewSet(ApiViewSet):
    """What people buy of each other."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})
    idempotency_in_steps = frozenset({"create", "cancel"})

    @operation("List what one ordered", description="The newest first.", page_of=OrderCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(orders_of(self.viewer, self.page_request()))

    @operation(
        "List what one sold",
        description="The newest first; what was never paid is not among it.",
        page_of=OrderCard,
    )
    def sales(self, request: Request) -> HttpResponse:
        return self.answer_page(sales_of(self.viewer, self.page_request()))

    @operation(
        "Order products",
        description="Up to 20 products of one seller, who gets 95 % of what is paid. They are kept for the"
        " buyer while the payment waits to be approved at `approve_url`. The `address` is required where"
        " something has to be sent, and kept only there.",
        body=OrderInput,
        card=OrderCard,
        status=201,
        errors=(OutOfStock, PayingOneself, DiscountNotValid, DiscountUsedUp, DiscountNotApplicable),
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        card = place_order(self.viewer, order_id=self.intent_id, **self.read(OrderInput))
        return self.answer(card, status=201, location=f"/api/v1/orders/{card.id}")

    @operation(
        "Read an order",
        description="For who buys and, once it was paid, for who sells.",
        card=OrderCard,
        conditional=True,
    )
    def retrieve(self, request: Request, order_id: str) -> HttpResponse:
        return self.answer_resource(get_order(self.viewer, self.path_id(order_id)))

    @operation(
        "Say how an order is sent, or that it has arrived",
        description="Who sells says how it is sent; both may say that it has arrived.",
        body=OrderChanges,
        card=OrderCard,
        errors=(NotTheSeller, OrderTransitionRefused),
        conditional=True,
        example={"state": "shipped", "carrier": "DHL", "tracking_number": "00340434161094022115"},
    )
    def partial_update(self, request: Request, order_id: str) -> HttpResponse:
        card = edit_order(
            self.viewer,
            order_id=self.path_id(order_id),
            changes=self.read(OrderChanges),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Cancel an order",
        description="Who buys, as long as it is not paid: then no money is taken. Either of the two until it"
        " is sent: then all of it is given back.",
        card=OrderCard,
        errors=(OrderTransitionRefused, PaymentUnderWay, PaymentFrozen, NothingToRefund),
    )
    def cancel(self, request: Request, order_id: str) -> HttpResponse:
        return self.answer(cancel_order(self.viewer, order_id=self.path_id(order_id)))
