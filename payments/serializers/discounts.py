"""What clients send about discounts."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from grover.core.moments import to_the_millisecond
from grover.core.serializers import Input, WholeNumberField
from payments.serializers.money import MoneyField
from payments.serializers.orders import MOST_LINES, CodeField, LinesField
from payments.serializers.products import HIGHEST_PRICE, DistinctIdsField

MOST_USES = 1_000_000
MOST_PRODUCTS = 100
LARGEST_MINIMUM = 10_000_000


class MomentField(serializers.DateTimeField):
    """A moment, to the millisecond."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        return to_the_millisecond(super().to_internal_value(value))


class DiscountChanges(Input):
    """What is to change in a discount; of `percent` and `amount` the one takes the other's place."""

    percent = WholeNumberField(min_value=1, max_value=100, required=False)
    amount = MoneyField(minimum=1, maximum=HIGHEST_PRICE, required=False)
    minimum = MoneyField(minimum=0, maximum=LARGEST_MINIMUM, required=False, allow_null=True)
    product_ids = DistinctIdsField(max_length=MOST_PRODUCTS, required=False)
    starts_at = MomentField(required=False, allow_null=True)
    ends_at = MomentField(required=False, allow_null=True)
    max_uses = WholeNumberField(min_value=1, max_value=MOST_USES, required=False, allow_null=True)
    max_uses_per_buyer = WholeNumberField(min_value=1, max_value=MOST_USES, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "percent" in attrs and "amount" in attrs:
            raise serializers.ValidationError({"amount": ["Either `percent` or `amount`"]}, code="not_both")
        return attrs


class DiscountInput(DiscountChanges):
    """A new discount: a code, and what it takes off; for all products when none is named."""

    code = CodeField()
    minimum = MoneyField(minimum=0, maximum=LARGEST_MINIMUM, required=False, allow_null=True, default=None)
    product_ids = DistinctIdsField(max_length=MOST_PRODUCTS, required=False, default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "percent" not in attrs and "amount" not in attrs:
            raise serializers.ValidationError({"percent": ["Either `percent` or `amount`"]}, code="required")
        return super().validate(attrs)


class CheckInput(Input):
    """A code, and what is to be ordered with it."""

    discount_code = CodeField()
    lines = LinesField(min_length=1, max_length=MOST_LINES)
