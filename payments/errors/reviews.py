"""The refusals about reviews."""

from grover.core.errors import Forbidden


class NotBought(Forbidden):
    code = "not_bought"
    title = "Only who bought it, and did not give it back, may do this"
