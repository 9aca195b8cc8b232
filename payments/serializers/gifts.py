"""What clients send to buy coins and to give gifts."""

from rest_framework import serializers

from grover.core.serializers import Input, TextField, WholeNumberField
from payments.policies.coins import PACKS
from payments.policies.gifts import GIFTS, MOST_GIFTS


class CoinsInput(Input):
    """Which pack of coins to buy."""

    pack = serializers.ChoiceField(list(PACKS))


class GiftInput(Input):
    """What to give, and how many of it."""

    gift = serializers.ChoiceField(list(GIFTS))
    quantity = WholeNumberField(min_value=1, max_value=MOST_GIFTS, required=False, default=1)
    note = TextField(max_length=200, required=False, allow_blank=True, default="")
