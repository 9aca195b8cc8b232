"""Selling: products are written, changed, put on sale and taken off it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grover.core.db import atomic
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from payments.actions.product_media import delete_media_of, follow_state, hang_file, hang_pictures
from payments.cards.money import Money
from payments.cards.products import ProductCard
from payments.enums import ProductState
from payments.events.products import ProductDeleted, ProductSaved
from payments.models import Product
from payments.policies.products import check_can_become, check_has_its_file
from payments.selectors.products import cards_of, get_product, own_product


def create_product(
    actor: Viewer,
    *,
    media_ids: Sequence[uuid.UUID],
    file_media_id: uuid.UUID | None,
    price: Money,
    **fields: Any,
) -> ProductCard:
    """Write a product, or put it on sale at once; Invalid for an upload that is not there to be shown."""
    product = Product(
        id=new_id(),
        seller_id=actor.id,
        media_ids=[str(key) for key in media_ids],
        file_media_id=file_media_id,
        price=price.value,
        currency=price.currency,
        **fields,
    )
    check_has_its_file(product.kind, product.state, file_media_id)
    _insert(product, media_ids)
    return get_product(actor, product.pk)


def edit_product(
    actor: Viewer,
    *,
    product_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[ProductCard | None], None] | None = None,
) -> ProductCard:
    """Change one's own product; what was ordered before stays as it was.

    `precondition` may refuse on the product as it stands; the change is made to just that state or not at
    all. NotYourProduct, or ProductTransitionRefused.
    """
    _edit(actor, product_id, changes, precondition)
    return get_product(actor, product_id)


@settled
@atomic
def delete_product(actor: Viewer, *, product_id: uuid.UUID) -> None:
    """Delete one's own product with its uploads; one that was ever ordered is archived instead."""
    product = own_product(actor, product_id)
    if product.order_count:
        if product.state != ProductState.ARCHIVED:
            _write(product, {"state": ProductState.ARCHIVED})
        return
    unsold = Product.objects.filter(pk=product_id, version=product.version, order_count=0)
    if not unsold.delete()[0]:
        raise LostRace
    delete_media_of(product)
    emit(ProductDeleted(product_id=product_id, seller_id=actor.id))


@settled
@atomic
def _insert(product: Product, media_ids: Sequence[uuid.UUID]) -> None:
    hang_pictures(product, media_ids)
    hang_file(product, product.file_media_id)
    product.save(force_insert=True)
    emit(ProductSaved(product_id=product.pk, seller_id=product.seller_id, state=product.state))


@settled
@atomic
def _edit(
    actor: Viewer,
    product_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[ProductCard | None], None] | None,
) -> None:
    product = own_product(actor, product_id)
    if precondition is not None:
        precondition(cards_of([product], actor)[0])
    values = _as_columns(changes)
    changed = {name: value for name, value in values.items() if getattr(product, name) != value}
    if not changed:
        return
    check_can_become(product, ProductState(changed.get("state", product.state)))
    check_has_its_file(
        product.kind,
        changed.get("state", product.state),
        changed.get("file_media_id", product.file_media_id),
    )
    _write(product, changed)


def _as_columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "price" in values:
        price: Money = values.pop("price")
        values |= {"price": price.value, "currency": price.currency}
    if "media_ids" in values:
        values["media_ids"] = [str(key) for key in values["media_ids"]]
    return values


def _write(product: Product, changed: Mapping[str, Any]) -> None:
    """Change just the product that was read, and what hangs on it."""
    same = Product.objects.filter(pk=product.pk, version=product.version)
    if same.update(**changed, version=product.version + 1) != 1:
        raise LostRace
    for name, value in changed.items():
        setattr(product, name, value)
    if "media_ids" in changed:
        hang_pictures(product, [uuid.UUID(key) for key in product.media_ids])
    if "file_media_id" in changed:
        hang_file(product, product.file_media_id)
    if "state" in changed:
        follow_state(product)
    emit(ProductSaved(product_id=product.pk, seller_id=product.seller_id, state=product.state))
