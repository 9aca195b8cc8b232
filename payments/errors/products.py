"""The refusals about products."""

from grover.core.errors import Conflict, Forbidden


class NotYourProduct(Forbidden):
    code = "not_your_product"
    title = "Only who sells it may do this"


class ProductTransitionRefused(Conflict):
    code = "product_transition_refused"
    title = "The product cannot go there from where it is"
