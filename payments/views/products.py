"""Products over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.selectors.people import user_id_of
from grover.core.conditional import check_if_match
from grover.core.errors import NotFound
from grover.core.moments import present
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions import products
from payments.cards.products import ProductCard, ProductFileCard
from payments.errors.products import NotYourProduct, ProductTransitionRefused
from payments.errors.reviews import NotBought
from payments.selectors.delivery import file_of
from payments.selectors.products import catalogue, get_product, products_of
from payments.serializers.products import ProductChanges, ProductInput

EXAMPLE = {
    "kind": "physical",
    "state": "published",
    "title": "A mug",
    "price": {"value": 1_200, "currency": "USD"},
    "stock": 25,
}


class ProductViewSet(ApiViewSet):
    """What creators sell."""

    public = frozenset({"list", "retrieve", "of_person"})

    @operation(
        "List what is on sale",
        description="Of everybody, the newest first.",
        page_of=ProductCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(catalogue(self.viewer, self.page_request()))

    @operation(
        "List what somebody sells",
        description="The newest first; one's own with drafts and archived ones.",
        page_of=ProductCard,
        errors=(NotFound,),
    )
    def of_person(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(products_of(self.viewer, user_id_of(user), self.page_request()))

    @operation(
        "Write a product",
        description="As a draft, or on sale at once (`state`). A digital product has a file, an upload of"
        " one's own that only its buyers get; up to eight images show what it is.",
        body=ProductInput,
        card=ProductCard,
        status=201,
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        card = products.create_product(self.viewer, **self.read(ProductInput))
        return self.answer(card, status=201, location=f"/api/v1/products/{card.id}")

    @operation("Read a product", card=ProductCard, conditional=True)
    def retrieve(self, request: Request, product_id: str) -> HttpResponse:
        return self.answer_resource(get_product(self.viewer, self.path_id(product_id)))

    @operation(
        "Change a product",
        description="Orders that were made before keep its title and price.",
        body=ProductChanges,
        card=ProductCard,
        errors=(NotYourProduct, ProductTransitionRefused),
        conditional=True,
        example={"stock": 10},
    )
    def partial_update(self, request: Request, product_id: str) -> HttpResponse:
        card = products.edit_product(
            self.viewer,
            product_id=self.path_id(product_id),
            changes=self.read(ProductChanges),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Delete a product",
        description="With its images and its file. One that was ever ordered is archived instead.",
        errors=(NotYourProduct,),
    )
    def destroy(self, request: Request, product_id: str) -> HttpResponse:
        products.delete_product(self.viewer, product_id=self.path_id(product_id))
        return self.no_content()

    @operation(
        "Get the file of a digital product",
        description="For who bought it and did not give it back, and for who sells it: an address that is"
        " good for them alone, and for a quarter of an hour.",
        card=ProductFileCard,
        errors=(NotBought,),
    )
    def file(self, request: Request, product_id: str) -> HttpResponse:
        card = file_of(self.viewer, self.path_id(product_id), now=present())
        response = self.answer(card)
        response["Cache-Control"] = "private, no-store"
        return response
