"""Taking back what a payment brought, for whoever gives the money back; joins the caller's transaction."""

from payments.actions.holds import give_again, take_back
from payments.cards.money import Money
from payments.enums import AccountKind, DisputeState, RefundState
from payments.models import Dispute, Payment, Refund
from payments.policies.fees import part_of
from payments.policies.places import Leg, Place, of_platform
from payments.selectors.ledger import balance_of


def given_back(payment: Payment) -> int:
    """Tell how much of a payment the buyer has back by refunds."""
    refunds = Refund.objects.filter(payment=payment, state=RefundState.COMPLETED)
    return sum(refunds.values_list("amount", flat=True))


def fee_of_return(payment: Payment, amount: int) -> int:
    """Tell what of the fee goes back with the next amount that is given back or disputed.

    All the fees that go back add up to the fee's part in all that goes back. The caller has taken
    the payment up, so that no other return is counted at the same time.
    """
    refunds = Refund.objects.filter(payment=payment).exclude(state=RefundState.FAILED)
    disputes = Dispute.objects.filter(payment=payment).exclude(state=DisputeState.WON)
    returns = [*refunds.values_list("amount", "fee"), *disputes.values_list("amount", "fee")]
    returned = min(payment.amount, amount + sum(earlier for earlier, _ in returns))
    return max(0, part_of(payment.fee, returned, payment.amount) - sum(fee for _, fee in returns))


def taken(payment: Payment, amount: int, fee: int, *, forced: bool = False) -> list[Leg]:
    """Take an amount back from who was paid, with the platform's fee in it.

    Coins that are spent are refused with InsufficientFunds or, where the provider has decided already,
    lost to the platform.
    """
    if payment.payee_id is None:
        return _taken_coins(payment, amount, forced=forced)
    rest = Money(amount - fee, payment.currency)
    legs = take_back(payment.payee_id, rest, source_id=payment.pk)
    return [*legs, *_of_fees(payment, -fee)]


def given_again(payment: Payment, amount: int, fee: int) -> list[Leg]:
    """Give who was paid what was taken back in vain."""
    if payment.payee_id is None:
        return [Leg(Place(payment.payer_id, AccountKind.COINS, payment.currency), amount)]
    rest = Money(amount - fee, payment.currency)
    legs = give_again(payment.payee_id, rest, source_id=payment.pk) if rest.value else []
    return [*legs, *_of_fees(payment, fee)]


def _taken_coins(payment: Payment, amount: int, *, forced: bool) -> list[Leg]:
    purse = Place(payment.payer_id, AccountKind.COINS, payment.currency)
    there = min(amount, balance_of(purse)) if forced else amount
    legs = [Leg(purse, -there)] if there else []
    return [*legs, *_of_fees(payment, there - amount)]


def _of_fees(payment: Payment, amount: int) -> list[Leg]:
    return [Leg(of_platform(AccountKind.FEES, payment.currency), amount)] if amount else []
