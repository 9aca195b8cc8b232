"""Discounts, and what orders cost with them."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grover.core.errors import Invalid, NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer
from payments.cards.discounts import DiscountCard, QuoteCard
from payments.cards.money import Money
from payments.models import Discount, Order, Product
from payments.policies.discounts import check_is_left, check_is_left_to, check_is_valid, reduction_of
from payments.policies.orders import Line, Wanted, subtotal_of
from payments.policies.payments import check_pays_another
from payments.selectors.orders import lines_on_sale


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order is to cost, and with which discount."""

    lines: Sequence[Line]
    subtotal: int
    reduction: int = 0
    discount: Discount | None = None

    @property
    def seller_id(self) -> uuid.UUID:
        return self.lines[0].product.seller_id

    @property
    def currency(self) -> str:
        return self.lines[0].product.currency

    @property
    def total(self) -> int:
        return self.subtotal - self.reduction


def discounts_of(viewer: Viewer, request: PageRequest) -> Page[DiscountCard]:
    """Read a page of the viewer's own discounts, the newest first."""
    rows = Discount.objects.filter(seller_id=viewer.id)
    return keyset_page(rows, request).map(lambda found: [card_of(discount) for discount in found])


def own_discount(actor: Viewer, discount_id: uuid.UUID) -> Discount:
    """Read a discount of the actor's for an action; NotFound when it is of others."""
    discount = Discount.objects.filter(pk=discount_id, seller_id=actor.id).first()
    if discount is None:
        raise NotFound
    return discount


def check_are_products_of(seller_id: uuid.UUID, product_ids: Collection[uuid.UUID]) -> None:
    """Refuse to name a product of somebody else's."""
    rows = Product.objects.filter(pk__in=list(product_ids), seller_id=seller_id)
    own = set(rows.values_list("pk", flat=True)) if product_ids else set()
    for index, product_id in enumerate(product_ids):
        if product_id not in own:
            raise Invalid.at(f"/product_ids/{index}", "unknown", "You have no such product")


def quote(viewer: Viewer, wanted: Sequence[Wanted], discount_code: str, now: dt.datetime) -> Quote:
    """Tell what somebody would pay for products, with a discount if they name one.

    Invalid for what is not on sale and for a code that is unknown; PayingOneself, DiscountNotValid,
    DiscountUsedUp, DiscountNotApplicable.
    """
    lines = lines_on_sale(viewer, wanted)
    seller_id = lines[0].product.seller_id
    check_pays_another(viewer.id, seller_id)
    subtotal = subtotal_of(lines)
    if not discount_code:
        return Quote(lines, subtotal)
    discount = Discount.objects.filter(seller_id=seller_id, code=discount_code).first()
    if discount is None:
        raise Invalid.at("/discount_code", "unknown", "There is no such discount")
    check_is_valid(discount, now)
    check_is_left(discount)
    check_is_left_to(discount, uses_of(discount, viewer.id))
    return Quote(lines, subtotal, reduction_of(discount, lines), discount)


def quote_card(viewer: Viewer, *, lines: Sequence[Wanted], discount_code: str, now: dt.datetime) -> QuoteCard:
    """Show what somebody would pay for products with a discount; refused as `quote` is."""
    found = quote(viewer, lines, discount_code, now)
    return QuoteCard(
        discount_code=discount_code,
        subtotal=Money(found.subtotal, found.currency),
        discount=Money(found.reduction, found.currency),
        total=Money(found.total, found.currency),
    )


def uses_of(discount: Discount, buyer_id: uuid.UUID) -> int:
    """Count the orders of somebody that use a discount; none is counted where nothing limits them."""
    if discount.max_uses_per_buyer is None:
        return 0
    return Order.objects.filter(discount_id=discount.pk, buyer_id=buyer_id).count()


def card_of(discount: Discount) -> DiscountCard:
    """Show a discount to its seller."""
    amount = None if discount.amount is None else Money(discount.amount, discount.currency)
    return DiscountCard(
        id=discount.pk,
        code=discount.code,
        percent=discount.percent,
        amount=amount,
        minimum=Money(discount.minimum, discount.currency),
        product_ids=[uuid.UUID(key) for key in discount.product_ids],
        starts_at=discount.starts_at,
        ends_at=discount.ends_at,
        max_uses=discount.max_uses,
        max_uses_per_buyer=discount.max_uses_per_buyer,
        uses=discount.uses,
        created_at=discount.created_at,
    )
