"""Discounts over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import NotFound
from grover.core.moments import present
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions import discounts
from payments.cards.discounts import DiscountCard, QuoteCard
from payments.errors.discounts import (
    DiscountCodeTaken,
    DiscountNotApplicable,
    DiscountNotValid,
    DiscountUsedUp,
)
from payments.errors.payments import PayingOneself
from payments.selectors.discounts import discounts_of, quote_card
from payments.serializers.discounts import CheckInput, DiscountChanges, DiscountInput


class DiscountViewSet(ApiViewSet):
    """Codes with which products cost less."""

    limits = {"check": "discount_check"}

    @operation("List one's discounts", description="The newest first.", page_of=DiscountCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(discounts_of(self.viewer, self.page_request()))

    @operation(
        "Make a discount",
        description="It takes either `percent` or `amount` off the products it is for. Its code is the same"
        " in capital and small letters.",
        body=DiscountInput,
        card=DiscountCard,
        status=201,
        errors=(DiscountCodeTaken,),
        example={"code": "SPRING", "percent": 10, "max_uses": 100, "max_uses_per_buyer": 1},
    )
    def create(self, request: Request) -> HttpResponse:
        card = discounts.create_discount(self.viewer, **self.read(DiscountInput))
        return self.answer(card, status=201, location=f"/api/v1/me/discounts/{card.id}")

    @operation(
        "Change a discount",
        description="Orders that were made with it before stay as they were.",
        body=DiscountChanges,
        card=DiscountCard,
        errors=(NotFound,),
        example={"max_uses": 200},
    )
    def partial_update(self, request: Request, discount_id: str) -> HttpResponse:
        card = discounts.edit_discount(
            self.viewer, discount_id=self.path_id(discount_id), changes=self.read(DiscountChanges)
        )
        return self.answer(card)

    @operation("Delete a discount", errors=(NotFound,))
    def destroy(self, request: Request, discount_id: str) -> HttpResponse:
        discounts.delete_discount(self.viewer, discount_id=self.path_id(discount_id))
        return self.no_content()

    @operation(
        "Ask what an order costs with a discount",
        description="Nothing is ordered, and no use of the discount is taken.",
        body=CheckInput,
        card=QuoteCard,
        errors=(DiscountNotValid, DiscountUsedUp, DiscountNotApplicable, PayingOneself),
        example={
            "discount_code": "SPRING",
            "lines": [{"product_id": "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e", "quantity": 2}],
        },
    )
    def check(self, request: Request) -> HttpResponse:
        return self.answer(quote_card(self.viewer, now=present(), **self.read(CheckInput)))
