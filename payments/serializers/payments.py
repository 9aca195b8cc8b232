"""What clients send about paying and giving back."""

from grover.core.serializers import Input, TextField
from payments.serializers.money import MoneyField

LEAST_TIP, LARGEST_TIP = 100, 50_000
LARGEST = 10_000_000


class TipInput(Input):
    """A tip of 1 to 500 dollars."""

    amount = MoneyField(minimum=LEAST_TIP, maximum=LARGEST_TIP)
    note = TextField(max_length=200, required=False, allow_blank=True, default="")


class RefundInput(Input):
    """How much to give back, all that is left when it is not said, and why."""

    amount = MoneyField(minimum=1, maximum=LARGEST, required=False)
    reason = TextField(max_length=200, required=False, allow_blank=True, default="")
