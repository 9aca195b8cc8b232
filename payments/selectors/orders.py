"""Orders as the two people of them see them."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import cast

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.orders import AddressCard, OrderCard, OrderLineCard, OrderStateName
from payments.cards.products import ProductKindName
from payments.enums import BOUGHT, PaymentState
from payments.models import Order, OrderLine, Payment, Product
from payments.policies.orders import Line, Wanted, lines_wanted, sees_order


def orders_of(viewer: Viewer, request: PageRequest) -> Page[OrderCard]:
    """Read a page of what the viewer ordered, the newest first."""
    rows = Order.objects.filter(buyer_id=viewer.id)
    return keyset_page(rows, request).map(lambda found: cards_of(found, viewer))


def sales_of(viewer: Viewer, request: PageRequest) -> Page[OrderCard]:
    """Read a page of what the viewer sold, the newest first; what was never paid is no sale."""
    rows = Order.objects.filter(seller_id=viewer.id, paid_at__isnull=False)
    return keyset_page(rows, request).map(lambda found: cards_of(found, viewer))


def get_order(viewer: Viewer, order_id: uuid.UUID) -> OrderCard:
    """Read an order of the viewer's; NotFound when it is of others, or not paid and to be sold by them."""
    return cards_of([order_of(viewer, order_id)], viewer)[0]


def order_of(viewer: Viewer, order_id: uuid.UUID) -> Order:
    """Read an order for an action; NotFound as for reading."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None or not sees_order(order, viewer.id):
        raise NotFound
    return order


def lines_on_sale(viewer: Viewer, wanted: Sequence[Wanted]) -> list[Line]:
    """Find what somebody wants to order, in three queries; Invalid unless all of it is on sale to them."""
    rows = Product.objects.filter(pk__in=[want.product_id for want in wanted])
    products = {product.pk: product for product in rows}
    sellers = {product.seller_id for product in products.values()}
    there = users_by_id(sellers - blocked_ids(viewer.id, among=sellers)) if sellers else {}
    shown = {key: product for key, product in products.items() if product.seller_id in there}
    return lines_wanted(wanted, shown)


def has_bought(user_id: uuid.UUID, product_id: uuid.UUID) -> bool:
    """Tell whether somebody has a paid order of a product that was not given back, in one query."""
    lines = OrderLine.objects.filter(buyer_id=user_id, product_id=product_id)
    return lines.filter(order__state__in=BOUGHT).exists()


def cards_of(orders: Sequence[Order], viewer: Viewer) -> list[OrderCard]:
    """Show some orders to one of their people, in three queries."""
    ids = [order.pk for order in orders]
    lines: dict[uuid.UUID, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order_id__in=ids).order_by("id"):
        lines[line.order_id].append(line)
    payments = {payment.pk: payment for payment in Payment.objects.filter(pk__in=ids)}
    users = users_by_id({user_id for order in orders for user_id in (order.buyer_id, order.seller_id)})
    return [_card(order, lines[order.pk], payments.get(order.pk), users, viewer) for order in orders]


def _card(
    order: Order,
    lines: Sequence[OrderLine],
    payment: Payment | None,
    users: Mapping[uuid.UUID, UserSummary],
    viewer: Viewer,
) -> OrderCard:
    return OrderCard(
        id=order.pk,
        state=cast(OrderStateName, order.state),
        buyer=users.get(order.buyer_id),
        seller=users.get(order.seller_id),
        lines=[_line(line, order.currency) for line in lines],
        subtotal=Money(order.subtotal, order.currency),
        discount=Money(order.reduction, order.currency),
        discount_code=order.discount_code,
        total=Money(order.total, order.currency),
        address=AddressCard(**order.address) if order.address else None,
        note=order.note,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        payment_id=None if payment is None else payment.pk,
        approve_url=_approve_url(payment) if viewer.id == order.buyer_id else None,
        created_at=order.created_at,
        paid_at=order.paid_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        completed_at=order.completed_at,
        cancelled_at=order.cancelled_at,
        refunded_at=order.refunded_at,
    )


def _approve_url(payment: Payment | None) -> str | None:
    if payment is None or payment.is_frozen or payment.state != PaymentState.CREATED:
        return None
    return payment.approve_url or None


def _line(line: OrderLine, currency: str) -> OrderLineCard:
    return OrderLineCard(
        product_id=line.product_id,
        title=line.title,
        kind=cast(ProductKindName, line.kind),
        price=Money(line.price, currency),
        quantity=line.quantity,
    )
