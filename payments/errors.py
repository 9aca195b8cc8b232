"""The refusals of payments."""

from grover.core.errors import Conflict


class InsufficientFunds(Conflict):
    code = "insufficient_funds"
    title = "There is not enough money for this"
