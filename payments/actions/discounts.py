"""Discounts: made, changed and deleted by sellers."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.moments import present
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from payments.cards.discounts import DiscountCard
from payments.cards.money import Money
from payments.errors.discounts import DiscountCodeTaken
from payments.events.discounts import DiscountDeleted, DiscountSaved
from payments.models import Discount
from payments.selectors.discounts import card_of, check_are_products_of, own_discount


def create_discount(
    actor: Viewer, *, code: str, product_ids: Sequence[uuid.UUID], minimum: Money | None, **fields: Any
) -> DiscountCard:
    """Make a discount; DiscountCodeTaken when the actor has one with this code."""
    values = _as_columns({"product_ids": product_ids, "minimum": minimum, **fields})
    discount = Discount(
        id=new_id(),
        created_at=present(),
        seller_id=actor.id,
        code=code,
        currency=settings.CURRENCIES[0],
    )
    _put(discount, values)
    check_are_products_of(actor.id, product_ids)
    _insert(discount)
    return card_of(discount)


def edit_discount(actor: Viewer, *, discount_id: uuid.UUID, changes: Mapping[str, Any]) -> DiscountCard:
    """Change one's own discount; orders that were made with it before stay as they were."""
    _edit(actor, discount_id, changes)
    return card_of(own_discount(actor, discount_id))


@atomic
def delete_discount(actor: Viewer, *, discount_id: uuid.UUID) -> None:
    """Delete one's own discount."""
    own_discount(actor, discount_id)
    Discount.objects.filter(pk=discount_id).delete()
    emit(DiscountDeleted(discount_id=discount_id, seller_id=actor.id))


@settled
@atomic
def _insert(discount: Discount) -> None:
    if Discount.objects.filter(seller_id=discount.seller_id, code=discount.code).exists():
        raise DiscountCodeTaken
    discount.save(force_insert=True)
    emit(DiscountSaved(discount_id=discount.pk, seller_id=discount.seller_id))


@settled
@atomic
def _edit(actor: Viewer, discount_id: uuid.UUID, changes: Mapping[str, Any]) -> None:
    discount = own_discount(actor, discount_id)
    values = _as_columns(changes)
    _put(discount, values)
    check_are_products_of(actor.id, changes.get("product_ids", []))
    same = Discount.objects.filter(pk=discount_id, version=discount.version)
    if same.update(**values, version=discount.version + 1) != 1:
        raise LostRace
    emit(DiscountSaved(discount_id=discount_id, seller_id=actor.id))


def _as_columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Write out changes as they are stored; of percent and amount the one takes the other's place."""
    values = dict(changes)
    if "product_ids" in values:
        values["product_ids"] = [str(key) for key in values["product_ids"]]
    if "minimum" in values:
        values["minimum"] = 0 if values["minimum"] is None else values["minimum"].value
    if values.get("amount") is not None:
        values |= {"amount": values["amount"].value, "percent": None}
    elif values.get("percent") is not None:
        values["amount"] = None
    return values


def _put(discount: Discount, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(discount, name, value)
    _check_times(discount.starts_at, discount.ends_at)


def _check_times(starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> None:
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise Invalid.at("/ends_at", "out_of_range", "It ends after it starts")
