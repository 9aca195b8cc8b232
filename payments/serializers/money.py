"""Amounts as clients send them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from grover.core.serializers import Input, WholeNumberField
from payments.cards.money import Money


class MoneyField(Input):
    """An amount within bounds, in minor units of a currency that is taken."""

    def __init__(self, *, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["value"] = WholeNumberField(min_value=minimum, max_value=maximum)
        self.fields["currency"] = serializers.ChoiceField(settings.CURRENCIES)

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        missing = {name: field for name, field in self.fields.items() if name not in values}
        if missing:  # in a body that is given in part
            raise serializers.ValidationError(
                {name: [field.error_messages["required"]] for name, field in missing.items()}, code="required"
            )
        return Money(**values)
