"""What clients send about orders."""

from typing import Any

from rest_framework import serializers

from grover.core.serializers import IdField, Input, TextField, WholeNumberField
from payments.enums import OrderState
from payments.policies.countries import COUNTRIES
from payments.policies.orders import Wanted

MOST_LINES = 20
MOST_OF_ONE = 99
LONGEST_NOTE = 500


class LineInput(Input):
    """So many of a product."""

    product_id = IdField()
    quantity = WholeNumberField(min_value=1, max_value=MOST_OF_ONE, required=False, default=1)

    def to_internal_value(self, data: Any) -> Any:
        return Wanted(**super().to_internal_value(data))


class LinesField(serializers.ListField):
    """What is wanted, each product once."""

    child = LineInput()

    def to_internal_value(self, data: Any) -> list[Any]:
        lines: list[Wanted] = super().to_internal_value(data)
        if len({line.product_id for line in lines}) < len(lines):
            raise serializers.ValidationError("Each product may be there once", code="not_distinct")
        return lines


class CountryField(TextField):
    """The code of a country by ISO 3166-1, of two capital letters."""

    default_error_messages = {"unknown": "There is no such country"}

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code not in COUNTRIES:
            self.fail("unknown")
        return code


class CodeField(serializers.RegexField):
    """The code of a discount, of 3 to 32 letters, digits, `_` and `-`; capitals or not, it is one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A[A-Za-z0-9_-]{3,32}\Z", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data).upper()


class AddressInput(Input):
    """Where something is to be sent."""

    name = TextField(max_length=100)
    street = TextField(max_length=200)
    postcode = TextField(max_length=20)
    city = TextField(max_length=100)
    country = CountryField()


class OrderInput(Input):
    """Products of one seller, and where to send what has to be sent."""

    lines = LinesField(min_length=1, max_length=MOST_LINES)
    discount_code = CodeField(required=False, allow_blank=True, default="")
    address = AddressInput(required=False, allow_null=True, default=None)
    note = TextField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")


class OrderChanges(Input):
    """How an order is sent, or that it has arrived."""

    state = serializers.ChoiceField([OrderState.SHIPPED.value, OrderState.DELIVERED.value], required=False)
    carrier = TextField(max_length=60, required=False, allow_blank=True)
    tracking_number = TextField(max_length=100, required=False, allow_blank=True)
