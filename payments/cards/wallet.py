"""What people have, and how it came and went."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal

from payments.cards.money import Money

TransferKindName = Literal[
    "capture",
    "release",
    "refund",
    "refund_settled",
    "refund_failed",
    "dispute",
    "dispute_won",
    "dispute_lost",
    "gift",
    "payout",
    "payout_settled",
    "payout_failed",
    "correction",
]
AccountName = Literal["available", "pending", "reserved", "coins"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceCard:
    """What somebody has of one currency; some of what is pending is released at `next_release_at`."""

    currency: str
    available: Money
    pending: Money
    reserved: Money
    next_release_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCard:
    """All that somebody has."""

    coins: int
    balances: list[BalanceCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementCard:
    """What a transfer adds to one of the viewer's accounts, or takes from it."""

    account: AccountName
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutCard:
    """What money was moved for: a thing of a kind, such as a payment, a refund, a gift or a payout.

    An `income` is the payment, or the gift, of which money is available now.
    """

    kind: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionCard:
    """Money moved in one piece, as far as it touched the viewer; `about` is null for a correction."""

    id: uuid.UUID
    kind: TransferKindName
    movements: list[MovementCard]
    about: AboutCard | None
    created_at: dt.datetime
