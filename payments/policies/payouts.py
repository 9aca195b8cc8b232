"""Who may be paid out, how much, and where to."""

import datetime as dt

from payments.errors.payments import InsufficientFunds
from payments.errors.payouts import NoPayoutAccount, PayoutAccountTooNew
from payments.models import Payout, PayoutAccount
from payments.providers.base import SeenPayout

LEAST_PAYOUT = 2_000
NEW_FOR = dt.timedelta(hours=24)
"""How long a changed account is not used: who took a session cannot empty it before its owner reads mail."""

FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)


def check_receiver(account: PayoutAccount | None, now: dt.datetime) -> PayoutAccount:
    """Give the account that is paid to; refuse when there is none, or it is too new."""
    if account is None:
        raise NoPayoutAccount
    if account.usable_at > now:
        raise PayoutAccountTooNew
    return account


def check_amount(amount: int, available: int) -> None:
    """Refuse to pay out what is not there, or all that is there when it is too little."""
    if not LEAST_PAYOUT <= amount <= available:
        raise InsufficientFunds


def mismatch_of(payout: Payout, seen: SeenPayout) -> str:
    """Name what differs between a payout and what the provider says of it; empty when nothing does."""
    if seen.amount.currency != payout.currency:
        return "another currency"
    if seen.amount.value != payout.amount:
        return "another amount"
    return ""


def pause_after(age: dt.timedelta) -> dt.timedelta:
    """Tell how long to wait before the provider is asked again about a batch: longer as it gets older."""
    return min(max(age / 10, FIRST_PAUSE), LONGEST_PAUSE)


def hint_of(receiver: str) -> str:
    """Hide most of an address, as in "a***@example.com"."""
    name, _, host = receiver.rpartition("@")
    return f"{name[:1]}***@{host}"
