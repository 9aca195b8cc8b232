"""Reviews over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import Conflict, NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.reviews import delete_review, review_product
from payments.cards.reviews import ReviewCard
from payments.errors.reviews import NotBought
from payments.selectors.reviews import reviews_of
from payments.serializers.reviews import ReviewInput


class ReviewViewSet(ApiViewSet):
    """What buyers say of products."""

    public = frozenset({"list"})

    @operation(
        "List what buyers say of a product",
        description="The newest first.",
        page_of=ReviewCard,
        errors=(NotFound,),
    )
    def list(self, request: Request, product_id: str) -> HttpResponse:
        return self.answer_page(reviews_of(self.viewer, self.path_id(product_id), self.page_request()))

    @operation(
        "Review a product",
        description="For who bought it and did not give it back. It replaces what one said of it before.",
        body=ReviewInput,
        card=ReviewCard,
        errors=(NotBought, Conflict),
        example={"rating": 5, "text": "Just the right size."},
    )
    def update(self, request: Request, product_id: str) -> HttpResponse:
        card = review_product(self.viewer, product_id=self.path_id(product_id), **self.read(ReviewInput))
        return self.answer(card)

    @operation("Take back a review", errors=(Conflict,))
    def destroy(self, request: Request, product_id: str) -> HttpResponse:
        delete_review(self.viewer, product_id=self.path_id(product_id))
        return self.no_content()
