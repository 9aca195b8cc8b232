"""What clients send to read what they earned."""

import datetime as dt
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from grover.core.serializers import Input

MOST_DAYS = 366
USUAL_DAYS = 30
FIRST_YEAR, LAST_YEAR = 2000, 2100


class EarningsInput(Input):
    """From which day to which one, both of them included: the last thirty days when it is not said."""

    def get_fields(self) -> dict[str, Any]:
        return {
            "from": serializers.DateField(required=False, help_text="29 days before `to` when not said."),
            "to": serializers.DateField(required=False, help_text="Today when not said."),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last = attrs.get("to", timezone.now().date())
        if not FIRST_YEAR <= last.year <= LAST_YEAR:
            raise serializers.ValidationError({"to": [_error("There was nothing then", "out_of_range")]})
        first = attrs.get("from", last - dt.timedelta(days=USUAL_DAYS - 1))
        if first.year < FIRST_YEAR or not 0 <= (last - first).days < MOST_DAYS:
            raise serializers.ValidationError(
                {"from": [_error("At most 366 days, and not after `to`", "out_of_range")]}
            )
        return {"first_day": first, "last_day": last}


def _error(text: str, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(text, code)
