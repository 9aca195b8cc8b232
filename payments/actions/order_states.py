"""Moving orders from state to state; all of it joins the caller's transaction, which must be `settled`."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from grover.core.broadcast import to_users
from grover.core.events import emit
from grover.core.races import LostRace
from payments.actions.discount_uses import give_back_use
from payments.actions.entitlements import entitle, withdraw
from payments.actions.order_notices import tell_seller_of_sale
from payments.actions.stock import give_back_stock, hold_products
from payments.enums import EntitlementKind, OrderState, ProductKind
from payments.events.orders import OrderChanged
from payments.models import Order, OrderLine
from payments.policies.orders import check_can_go, is_sent
from payments.selectors.orders import has_bought


def fulfil(order: Order, now: dt.datetime) -> None:
    """Give a buyer what they paid for; an order of which nothing has to be sent is complete."""
    lines = _lines_of(order)
    move_order(order, OrderState.PAID, paid_at=now)
    files = _files_among(lines)
    hold_products(files)
    for product_id in files:
        entitle(order.buyer_id, EntitlementKind.PRODUCT, product_id)
    if not is_sent([line.kind for line in lines]):
        move_order(order, OrderState.COMPLETED, completed_at=now)
    tell_seller_of_sale(order)


def abandon(order: Order, now: dt.datetime) -> None:
    """Cancel an order that nobody pays, and give back what it had taken."""
    move_order(order, OrderState.CANCELLED, cancelled_at=now)
    _give_back(order)
    _give_back_use(order)


def call_off(order: Order, now: dt.datetime) -> None:
    """Cancel an order that was paid and not sent; giving back the money is left to the caller."""
    move_order(order, OrderState.CANCELLED, cancelled_at=now)
    _take_back_files(order)
    _give_back(order)
    if not order.total:
        _give_back_use(order)


def take_back(order: Order, now: dt.datetime) -> None:
    """Note that all that was paid for an order was given back; what was not sent is there again."""
    is_there = order.shipped_at is None and order.state != OrderState.CANCELLED
    move_order(order, OrderState.REFUNDED, refunded_at=now)
    _take_back_files(order)
    if is_there:
        _give_back(order)


def move_order(order: Order, state: OrderState, **fields: Any) -> None:
    """Bring just the order that was read to another state; OrderTransitionRefused, or LostRace."""
    check_can_go(order, state)
    change_order(order, state=state, **fields)
    people = {order.buyer_id, *([order.seller_id] if order.paid_at is not None else [])}
    emit(OrderChanged(order_id=order.pk, state=state.value), to=to_users(sorted(people)))


def change_order(order: Order, **fields: Any) -> None:
    """Change just the order that was read; LostRace when it is not as it was."""
    same = Order.objects.filter(pk=order.pk, version=order.version)
    if same.update(**fields, version=order.version + 1) != 1:
        raise LostRace
    for name, value in {**fields, "version": order.version + 1}.items():
        setattr(order, name, value)


def _give_back(order: Order) -> None:
    give_back_stock({line.product_id: line.quantity for line in _lines_of(order)})


def _give_back_use(order: Order) -> None:
    if order.discount_id is not None:
        give_back_use(order.discount_id)
        change_order(order, discount_id=None)


def _take_back_files(order: Order) -> None:
    """Withdraw the files of an order, but for those that its buyer has by another one."""
    files = _files_among(_lines_of(order))
    hold_products(files)
    for product_id in files:
        if not has_bought(order.buyer_id, product_id):
            withdraw(order.buyer_id, EntitlementKind.PRODUCT, product_id)


def _files_among(lines: Collection[OrderLine]) -> list[uuid.UUID]:
    return [line.product_id for line in lines if line.kind == ProductKind.DIGITAL]


def _lines_of(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order_id=order.pk))
