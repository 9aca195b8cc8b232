"""What clients send about reviews."""

from grover.core.serializers import Input, TextField, WholeNumberField


class ReviewInput(Input):
    """What a buyer says, with 1 to 5 stars."""

    rating = WholeNumberField(min_value=1, max_value=5)
    text = TextField(max_length=2_000, required=False, allow_blank=True, default="")
