"""The refusals about paying and giving back."""

from grover.core.errors import Conflict, Forbidden


class InsufficientFunds(Conflict):
    code = "insufficient_funds"
    title = "There is not enough money for this"


class PayingOneself(Conflict):
    code = "paying_oneself"
    title = "You cannot pay yourself"


class AlreadyBought(Conflict):
    code = "already_bought"
    title = "You have bought this already"


class PurchaseUnderWay(Conflict):
    code = "purchase_under_way"
    title = "You are buying this already; finish that payment, or wait until it has expired"


class PaymentNotApproved(Conflict):
    code = "payment_not_approved"
    title = "The buyer has not approved this payment"


class PaymentOver(Conflict):
    code = "payment_over"
    title = "This payment failed or expired"


class PaymentDeclined(Conflict):
    code = "payment_declined"
    title = "The payment provider declined this payment"


class PaymentFrozen(Conflict):
    code = "payment_frozen"
    title = "This payment is being looked at by the staff"


class NotTheBuyer(Forbidden):
    code = "not_the_buyer"
    title = "Only who pays may do this"


class NotTheSeller(Forbidden):
    code = "not_the_seller"
    title = "Only who was paid may do this"


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    title = "Not so much of this payment is left to be given back"


class TooLateToRefund(Conflict):
    code = "too_late_to_refund"
    title = "A payment is given back within 30 days"
