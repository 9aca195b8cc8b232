"""What clients send to be paid out."""

from rest_framework import serializers

from grover.core.serializers import Input
from payments.policies.payouts import LEAST_PAYOUT
from payments.serializers.money import MoneyField
from payments.serializers.payments import LARGEST


class PayoutAccountInput(Input):
    """Where to be paid: an address at the payment provider."""

    receiver = serializers.EmailField(max_length=254)


class PayoutInput(Input):
    """How much to be paid out, all that is available when it is not said."""

    amount = MoneyField(minimum=LEAST_PAYOUT, maximum=LARGEST, required=False)
