"""Products as a viewer may see them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import cast

from django.db.models import QuerySet

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids, visible_person
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, filled_page, keyset_page
from grover.core.viewers import AnyViewer, Viewer
from grover.media.cards import MediaCard, with_viewer
from grover.media.selectors import media_by_id
from payments.cards.money import Money
from payments.cards.products import ProductCard, ProductKindName, ProductStateName
from payments.enums import ProductState
from payments.models import Product
from payments.policies.products import check_is_seller, rating_average


def catalogue(viewer: AnyViewer, request: PageRequest) -> Page[ProductCard]:
    """Read a page of all that is on sale, the newest first, without what is across a block."""
    return _page(viewer, Product.objects.filter(state=ProductState.PUBLISHED), request)


def products_of(viewer: AnyViewer, user_id: uuid.UUID, request: PageRequest) -> Page[ProductCard]:
    """Read a page of what somebody sells, the newest first; who sells it sees drafts and archived ones too.

    NotFound across a block.
    """
    visible_person(viewer, user_id)
    rows = Product.objects.filter(seller_id=user_id)
    return _page(viewer, rows if viewer.id == user_id else rows.filter(state=ProductState.PUBLISHED), request)


def get_product(viewer: AnyViewer, product_id: uuid.UUID) -> ProductCard:
    """Read a product; NotFound when the viewer does not see it."""
    [card] = cards_of(list(Product.objects.filter(pk=product_id)), viewer) or [None]
    if card is None:
        raise NotFound
    return card


def visible_product(viewer: AnyViewer, product_id: uuid.UUID) -> Product:
    """Read a product for an action; NotFound when the viewer does not see it."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None or not _is_shown(product, viewer):
        raise NotFound
    visible_person(viewer, product.seller_id)
    return product


def own_product(actor: Viewer, product_id: uuid.UUID) -> Product:
    """Read a product of the actor's for an action; NotYourProduct when they only see it."""
    product = visible_product(actor, product_id)
    check_is_seller(product, actor.id)
    return product


def cards_of(products: Sequence[Product], viewer: AnyViewer) -> list[ProductCard | None]:
    """Show some products, None for those that the viewer does not see; in three queries at most."""
    sellers = {product.seller_id for product in products}
    blocked = blocked_ids(viewer.id, among=sellers) if viewer.id is not None and sellers else set()
    users = users_by_id(sellers - blocked)
    media = media_by_id([uuid.UUID(key) for product in products for key in product.media_ids])
    return [
        _card(product, users[product.seller_id], media, viewer)
        if product.seller_id in users and _is_shown(product, viewer)
        else None
        for product in products
    ]


def _page(viewer: AnyViewer, rows: QuerySet[Product], request: PageRequest) -> Page[ProductCard]:
    return filled_page(
        lambda part: keyset_page(rows, part),
        lambda found: cards_of(found, viewer),
        request,
        lambda product: (product.pk,),
    )


def _is_shown(product: Product, viewer: AnyViewer) -> bool:
    return product.state == ProductState.PUBLISHED or product.seller_id == viewer.id


def _card(
    product: Product, seller: UserSummary, media: Mapping[uuid.UUID, MediaCard], viewer: AnyViewer
) -> ProductCard:
    pictures = [media[uuid.UUID(key)] for key in product.media_ids if uuid.UUID(key) in media]
    if product.state != ProductState.PUBLISHED:
        pictures = [with_viewer(picture, viewer) for picture in pictures]
    return ProductCard(
        id=product.pk,
        seller=seller,
        kind=cast(ProductKindName, product.kind),
        state=cast(ProductStateName, product.state),
        title=product.title,
        description=product.description,
        price=Money(product.price, product.currency),
        stock=product.stock,
        media=pictures,
        file_media_id=product.file_media_id if product.seller_id == viewer.id else None,
        rating_average=rating_average(product),
        review_count=product.review_count,
        created_at=product.created_at,
    )
