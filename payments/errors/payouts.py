"""The refusals about paying people out."""

from grover.core.errors import Conflict


class NoPayoutAccount(Conflict):
    code = "no_payout_account"
    title = "Say first where you are to be paid: PUT /me/payout-account"


class PayoutAccountTooNew(Conflict):
    code = "payout_account_too_new"
    title = "Nothing is paid to a new account within 24 hours"
