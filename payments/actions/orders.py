"""Ordering: what is ordered is taken off the stock first, then paid, then sent."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.races import settled, turn
from grover.core.viewers import Viewer
from payments.actions.discount_uses import take_use
from payments.actions.intents import Sale, intend, is_intended
from payments.actions.order_notices import tell_buyer_of_shipping, tell_of_order
from payments.actions.order_states import change_order, fulfil, move_order
from payments.actions.payments import open_payment
from payments.actions.stock import take_stock
from payments.cards.money import Money
from payments.cards.orders import OrderCard
from payments.enums import OrderState, Purpose
from payments.models import Order, OrderLine
from payments.policies.orders import Line, Wanted, check_is_on_its_way, check_may_change, is_sent
from payments.selectors.discounts import quote
from payments.selectors.orders import cards_of, get_order, order_of

COMPLETE_AFTER = dt.timedelta(days=14)
COMPLETED_AT_ONCE = 500


def place_order(
    actor: Viewer,
    *,
    order_id: uuid.UUID,
    lines: Sequence[Wanted],
    discount_code: str,
    address: Mapping[str, str] | None,
    note: str,
) -> OrderCard:
    """Order products of one seller: they are kept for the buyer while the payment waits to be approved.

    Placed again under the same id it is the same order. OutOfStock, or refused as `quote` is. Where nothing
    is to be paid it is fulfilled at once.
    """
    with turn(min(want.product_id for want in lines)):
        _place(actor, order_id, lines, discount_code, address, note, present())
    if is_intended(order_id):
        open_payment(order_id)
    return get_order(actor, order_id)


def edit_order(
    actor: Viewer,
    *,
    order_id: uuid.UUID,
    changes: Mapping[str, str],
    precondition: Callable[[OrderCard], None] | None = None,
) -> OrderCard:
    """Say how an order is sent, or that it has arrived; saying it again changes nothing.

    NotTheSeller when a buyer says more than that it has arrived; OrderTransitionRefused. `precondition` may
    refuse on the order as it stands.
    """
    _edit(actor, order_id, changes, precondition, present())
    return get_order(actor, order_id)


def complete_due_orders(now: dt.datetime) -> int:
    """Complete the orders that arrived two weeks ago, and give their number; may run twice."""
    due = Order.objects.filter(state=OrderState.DELIVERED, delivered_at__lte=now - COMPLETE_AFTER)
    ids = list(due.order_by("delivered_at").values_list("pk", flat=True)[:COMPLETED_AT_ONCE])
    return sum(_complete(order_id, now) for order_id in ids)


@settled
@atomic
def _place(
    actor: Viewer,
    order_id: uuid.UUID,
    wanted: Sequence[Wanted],
    discount_code: str,
    address: Mapping[str, str] | None,
    note: str,
    now: dt.datetime,
) -> None:
    if Order.objects.filter(pk=order_id).exists():
        return
    found = quote(actor, wanted, discount_code, now)
    goes_by_post = is_sent([line.product.kind for line in found.lines])
    if goes_by_post and address is None:
        raise Invalid.at("/address", "required", "Something of this has to be sent")
    take_stock(found.lines)
    if found.discount is not None:
        take_use(found.discount, actor.id)
    order = Order(
        id=order_id,
        created_at=now,
        buyer_id=actor.id,
        seller_id=found.seller_id,
        currency=found.currency,
        subtotal=found.subtotal,
        reduction=found.reduction,
        total=found.total,
        discount_id=None if found.discount is None else found.discount.pk,
        discount_code=discount_code,
        address=dict(address) if address is not None and goes_by_post else {},
        note=note,
    )
    _write(order, found.lines, now)


def _write(order: Order, lines: Sequence[Line], now: dt.datetime) -> None:
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(_line(order, line) for line in lines)
    if not order.total:
        fulfil(order, now)
        return
    sale = Sale(
        purpose=Purpose.ORDER,
        payer_id=order.buyer_id,
        payee_id=order.seller_id,
        amount=Money(order.total, order.currency),
        thing_id=order.pk,
    )
    intend(order.pk, sale, now=now)


def _line(order: Order, line: Line) -> OrderLine:
    return OrderLine(
        id=new_id(),
        created_at=order.created_at,
        order=order,
        product_id=line.product.pk,
        buyer_id=order.buyer_id,
        title=line.product.title,
        kind=line.product.kind,
        price=line.product.price,
        quantity=line.quantity,
    )


@settled
@atomic
def _edit(
    actor: Viewer,
    order_id: uuid.UUID,
    changes: Mapping[str, str],
    precondition: Callable[[OrderCard], None] | None,
    now: dt.datetime,
) -> None:
    order = order_of(actor, order_id)
    if precondition is not None:
        precondition(cards_of([order], actor)[0])
    check_may_change(order, actor.id, changes)
    changed: dict[str, Any] = {
        name: value for name, value in changes.items() if getattr(order, name) != value
    }
    state = changed.pop("state", None)
    if state is not None:
        _bring(actor, order, OrderState(state), changed, now)
    elif changed:
        check_is_on_its_way(order)
        change_order(order, **changed)


def _bring(
    actor: Viewer, order: Order, state: OrderState, changed: Mapping[str, str], now: dt.datetime
) -> None:
    if state == OrderState.SHIPPED:
        move_order(order, state, shipped_at=now, **changed)
        tell_buyer_of_shipping(order)
    else:
        move_order(order, state, delivered_at=now, **changed)
        tell_of_order(order, "delivered", actor_id=actor.id)


@settled
@atomic
def _complete(order_id: uuid.UUID, now: dt.datetime) -> bool:
    order = Order.objects.filter(pk=order_id, state=OrderState.DELIVERED).first()
    if order is None:
        return False
    move_order(order, OrderState.COMPLETED, completed_at=now)
    return True
