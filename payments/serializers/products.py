"""What clients send about products."""

from typing import Any

from rest_framework import serializers

from grover.core.serializers import IdField, Input, TextField, WholeNumberField
from payments.enums import ProductKind, ProductState
from payments.serializers.money import MoneyField

LOWEST_PRICE, HIGHEST_PRICE = 50, 1_000_000
LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 5_000
LARGEST_STOCK = 1_000_000
MOST_PICTURES = 8

BEGINNINGS = [ProductState.DRAFT.value, ProductState.PUBLISHED.value]


class DistinctIdsField(serializers.ListField):
    """Some ids, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError("Each of them may be there once", code="not_distinct")
        return ids


class ProductInput(Input):
    """A new product of 0.50 to 10,000 dollars; a stock of null has no end."""

    kind = serializers.ChoiceField(ProductKind.choices)
    state = serializers.ChoiceField(BEGINNINGS, required=False, default=ProductState.DRAFT.value)
    title = TextField(max_length=LONGEST_TITLE)
    description = TextField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True, default="")
    price = MoneyField(minimum=LOWEST_PRICE, maximum=HIGHEST_PRICE)
    stock = WholeNumberField(
        min_value=0, max_value=LARGEST_STOCK, required=False, allow_null=True, default=None
    )
    media_ids = DistinctIdsField(max_length=MOST_PICTURES, required=False, default=list)
    file_media_id = IdField(required=False, allow_null=True, default=None)


class ProductChanges(Input):
    """What is to change in a product; what kind it is stays."""

    state = serializers.ChoiceField(ProductState.choices, required=False)
    title = TextField(max_length=LONGEST_TITLE, required=False)
    description = TextField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)
    price = MoneyField(minimum=LOWEST_PRICE, maximum=HIGHEST_PRICE, required=False)
    stock = WholeNumberField(min_value=0, max_value=LARGEST_STOCK, required=False, allow_null=True)
    media_ids = DistinctIdsField(max_length=MOST_PICTURES, required=False)
    file_media_id = IdField(required=False, allow_null=True)
