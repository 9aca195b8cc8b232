"""The files that are sold: to whom they are handed out, and by which address."""

import datetime as dt
import uuid

from grover.core.errors import NotFound
from grover.core.ids import parse_id
from grover.core.moments import to_the_millisecond
from grover.core.viewers import AnyViewer, Viewer
from grover.media.cards import link_to
from grover.media.selectors import media_by_id
from payments.cards.products import ProductFileCard
from payments.enums import EntitlementKind
from payments.errors.reviews import NotBought
from payments.models import Product
from payments.policies.places_of_media import FILE
from payments.selectors.entitlements import entitled
from payments.selectors.products import visible_product

LINK_LASTS = dt.timedelta(minutes=15)


def file_of(viewer: Viewer, product_id: uuid.UUID, *, now: dt.datetime) -> ProductFileCard:
    """Give who bought a product, or sells it, a link to its file; NotBought.

    NotFound when there is no file, and for what one neither bought nor sees. What was bought stays there
    when it is off sale.
    """
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    if product.seller_id != viewer.id and not _has_bought(viewer, product_id):
        visible_product(viewer, product_id)
        raise NotBought
    media = media_by_id([] if product.file_media_id is None else [product.file_media_id])
    if product.file_media_id not in media:
        raise NotFound
    file = media[product.file_media_id]
    expires_at = int((now + LINK_LASTS).timestamp())
    return ProductFileCard(
        url=link_to(file, viewer.id, expires_at),
        content_type=file.content_type,
        size=file.size,
        expires_at=to_the_millisecond(dt.datetime.fromtimestamp(expires_at, dt.UTC)),
    )


def may_view_attached(attached_to: str, owner_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer may fetch the file of a product; None for an upload that is none."""
    kind, _, text = attached_to.partition(":")
    product_id = parse_id(text)
    if kind != FILE or product_id is None:
        return None
    return _has_bought(viewer, product_id)


def _has_bought(viewer: AnyViewer, product_id: uuid.UUID) -> bool:
    return (EntitlementKind.PRODUCT, product_id) in entitled(viewer.id, [product_id])
