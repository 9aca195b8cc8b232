"""What clients send about tiers."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grover.core.serializers import Input, TextField
from payments.serializers.money import MoneyField

LOWEST_PRICE, HIGHEST_PRICE = 99, 99_900
LONGEST_NAME, LONGEST_DESCRIPTION = 60, 1000
MOST_BENEFITS, LONGEST_BENEFIT = 10, 120


class BenefitsField(serializers.ListField):
    """What subscribers get, point by point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=TextField(max_length=LONGEST_BENEFIT), max_length=MOST_BENEFITS, **kwargs)


@extend_schema_field({"not": {}})
class FixedField(serializers.Field[Any, Any, Any, Any]):
    """What nobody can change, so that it is refused for what it is."""

    default_error_messages = {"fixed": "The price of a tier does not change: close it and open another one"}

    def to_internal_value(self, data: Any) -> Any:
        self.fail("fixed")


class TierInput(Input):
    """A new tier, for 0.99 to 999 dollars a month."""

    name = TextField(max_length=LONGEST_NAME)
    description = TextField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True, default="")
    price = MoneyField(minimum=LOWEST_PRICE, maximum=HIGHEST_PRICE)
    benefits = BenefitsField(required=False, default=list)


class TierChanges(Input):
    """What is to change in a tier; its price cannot."""

    name = TextField(max_length=LONGEST_NAME, required=False)
    description = TextField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)
    benefits = BenefitsField(required=False)
    price = FixedField(required=False)
