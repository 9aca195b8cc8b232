"""The pictures and the file of a product, in the media app; all of it joins the caller's transaction."""

import uuid
from collections.abc import Sequence

from grover.core.errors import Invalid
from grover.media.actions.attachments import attach_media, delete_attached, release_media, set_restricted
from payments.enums import ProductState
from payments.models import Product
from payments.policies.places_of_media import place_of_file, place_of_pictures


def hang_pictures(product: Product, media_ids: Sequence[uuid.UUID]) -> None:
    """Show these pictures with a product, and no others; whoever sees the product may fetch them."""
    release_media(of=place_of_pictures(product.pk))
    cards = attach_media(
        product.seller_id,
        media_ids=media_ids,
        to=place_of_pictures(product.pk),
        restricted=_is_hidden(product),
    )
    for index, card in enumerate(cards):
        if card.kind != "image":
            raise Invalid.at(f"/media_ids/{index}", "not_an_image", "A product is shown by images")


def hang_file(product: Product, media_id: uuid.UUID | None) -> None:
    """Sell this file as a product, and no other; only who bought it may fetch it."""
    release_media(of=place_of_file(product.pk))
    if media_id is None:
        return
    try:
        attach_media(product.seller_id, media_ids=[media_id], to=place_of_file(product.pk), restricted=True)
    except Invalid:
        raise Invalid.at("/file_media_id", "not_available", "No upload of yours that is free") from None


def follow_state(product: Product) -> None:
    """Let everybody fetch the pictures of a product that is on sale, and nobody else's."""
    set_restricted(to=place_of_pictures(product.pk), restricted=_is_hidden(product))


def delete_media_of(product: Product) -> None:
    """Delete the pictures and the file of a product."""
    delete_attached(to=place_of_pictures(product.pk))
    delete_attached(to=place_of_file(product.pk))


def _is_hidden(product: Product) -> bool:
    return product.state != ProductState.PUBLISHED
