"""What may be ordered, and who may do what with an order."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grover.core.errors import Invalid
from payments.enums import ORDER_TRANSITIONS, OrderState, ProductKind, ProductState
from payments.errors.orders import OrderTransitionRefused
from payments.errors.payments import NotTheSeller
from payments.models import Order, Product

LARGEST_TOTAL = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many of a product, as somebody asks for them."""

    product_id: uuid.UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a product, as it is now."""

    product: Product
    quantity: int

    @property
    def amount(self) -> int:
        return self.product.price * self.quantity


def lines_wanted(wanted: Sequence[Wanted], products: Mapping[uuid.UUID, Product]) -> list[Line]:
    """Match what is asked for with what there is; Invalid unless all of it is on sale by one person."""
    lines: list[Line] = []
    for index, want in enumerate(wanted):
        product = products.get(want.product_id)
        pointer = f"/lines/{index}/product_id"
        if product is None or product.state != ProductState.PUBLISHED:
            raise Invalid.at(pointer, "unknown", "No such product is on sale")
        if lines and product.seller_id != lines[0].product.seller_id:
            raise Invalid.at(pointer, "another_seller", "An order is of one seller")
        if lines and product.currency != lines[0].product.currency:
            raise Invalid.at(pointer, "another_currency", "An order is in one currency")
        lines.append(Line(product, want.quantity))
    return lines


def subtotal_of(lines: Collection[Line]) -> int:
    """Add up what lines cost; Invalid when it is more than can be paid at once."""
    subtotal = sum(line.amount for line in lines)
    if subtotal > LARGEST_TOTAL:
        raise Invalid.at("/lines", "too_expensive", "An order is of 100,000 dollars at most")
    return subtotal


def is_sent(kinds: Collection[str]) -> bool:
    """Tell whether any of what is ordered has to be sent."""
    return ProductKind.PHYSICAL in kinds


def sees_order(order: Order, user_id: uuid.UUID) -> bool:
    """Tell whether an order is somebody's: who buys, and who sells once it was paid."""
    return user_id == order.buyer_id or (user_id == order.seller_id and order.paid_at is not None)


def check_may_change(order: Order, user_id: uuid.UUID, changes: Mapping[str, str]) -> None:
    """Refuse a buyer all but to say that an order has arrived."""
    if user_id != order.seller_id and set(changes) - {"state"}:
        raise NotTheSeller
    if user_id != order.seller_id and changes.get("state") == OrderState.SHIPPED:
        raise NotTheSeller


def check_is_on_its_way(order: Order) -> None:
    """Refuse to say how an order is sent that will not be, or has come to an end."""
    if order.state not in (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED):
        raise OrderTransitionRefused


def check_can_go(order: Order, state: OrderState) -> None:
    """Refuse to bring an order where it cannot go from its state."""
    if state not in ORDER_TRANSITIONS[OrderState(order.state)]:
        raise OrderTransitionRefused
