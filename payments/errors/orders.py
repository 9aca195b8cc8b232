"""The refusals about orders."""

from grover.core.errors import Conflict


class OutOfStock(Conflict):
    code = "out_of_stock"
    title = "There is not so much of it left"


class OrderTransitionRefused(Conflict):
    code = "order_transition_refused"
    title = "The order cannot go there from where it is"


class PaymentUnderWay(Conflict):
    code = "payment_under_way"
    title = "The money is just being taken; try again in a moment"
