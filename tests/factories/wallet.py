"""Coins, gifts, money that is there, and payouts."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id
from grover.core.races import settled
from grover.core.viewers import on_behalf_of
from payments.actions.gifts import send_gift
from payments.actions.ledger import move
from payments.actions.payouts import request_payout
from payments.cards.money import Money
from payments.enums import AccountKind, TransferKind
from payments.models import Gift, Payout, PayoutAccount
from payments.policies.places import Leg, Place, of_platform


def give_coins(user: User, value: int) -> None:
    """Give somebody coins, as after buying them."""
    _move(Place(user.pk, AccountKind.COINS, "USD"), value)


def make_gift(sender: User, receiver: User, count: int = 1) -> Gift:
    """Give somebody hearts, of ten coins each; the sender gets the coins for it."""
    give_coins(sender, 10 * count)
    gift_id = new_id()
    send_gift(
        on_behalf_of(sender.pk),
        gift_id=gift_id,
        target_id=receiver.pk,
        gift="heart",
        quantity=count,
        note="",
    )
    return Gift.objects.get(pk=gift_id)


def give_money(user: User, value: int) -> None:
    """Make money available to somebody, as after tips and a week."""
    _move(Place(user.pk, AccountKind.AVAILABLE, "USD"), value)


def make_payout_account(user: User, receiver: str = "") -> PayoutAccount:
    """Say where somebody is paid, long enough ago."""
    receiver = receiver or f"{user.username}@example.com"
    long_ago = timezone.now() - dt.timedelta(days=1)
    return PayoutAccount.objects.create(user_id=user.pk, receiver=receiver, usable_at=long_ago)


def make_payout(user: User, value: int = 2_000) -> Payout:
    """Have somebody ask to be paid out; they get the money for it."""
    give_money(user, value)
    if not PayoutAccount.objects.filter(user_id=user.pk).exists():
        make_payout_account(user)
    payout_id = new_id()
    request_payout(on_behalf_of(user.pk), payout_id=payout_id, amount=Money(value, "USD"))
    return Payout.objects.get(pk=payout_id)


@settled
def _move(place: Place, value: int) -> None:
    taken = Leg(of_platform(AccountKind.PROVIDER_CLEARING, place.currency), -value)
    move(TransferKind.CAPTURE, key=f"capture:{new_id()}", legs=[taken, Leg(place, value)])
