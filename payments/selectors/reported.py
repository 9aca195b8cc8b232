"""Products as people report them and as the staff sees those that were reported."""

import uuid

from accounts.cards.moderation import ReportedThing
from grover.core.errors import NotFound
from grover.core.viewers import AnyViewer
from payments.cards.money import Money
from payments.models import Product
from payments.policies.wording import in_words
from payments.selectors.products import visible_product

PRODUCT = "product"


def find_reportable(kind: str, thing_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer sees the product they report; None for anything else."""
    if kind != PRODUCT:
        return None
    try:
        visible_product(viewer, thing_id)
    except NotFound:
        return False
    return True


def find_reported(kind: str, thing_id: uuid.UUID) -> ReportedThing | None:
    """Show a product to the staff, who may warn or suspend its seller; None when it is gone or none."""
    product = Product.objects.filter(pk=thing_id).first() if kind == PRODUCT else None
    if product is None:
        return None
    price = in_words(Money(product.price, product.currency))
    return ReportedThing(
        owner_id=product.seller_id,
        text="\n".join(filter(None, [product.title, product.description])),
        context=f"{product.get_kind_display()}, {product.state}, {price}",
        image_ids=[uuid.UUID(key) for key in product.media_ids],
    )
