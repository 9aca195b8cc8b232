"""The refusals about discounts."""

from grover.core.errors import Conflict


class DiscountCodeTaken(Conflict):
    code = "discount_code_taken"
    title = "You have a discount with this code"


class DiscountNotValid(Conflict):
    code = "discount_not_valid"
    title = "This discount is not valid now"


class DiscountUsedUp(Conflict):
    code = "discount_used_up"
    title = "This discount was used as often as it may be"


class DiscountNotApplicable(Conflict):
    code = "discount_not_applicable"
    title = "This discount is not for such an order"
