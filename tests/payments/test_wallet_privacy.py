"""What becomes of a person's gifts, payouts and payout account when they leave, and what they are given."""

import pytest
from django.utils import timezone

from accounts.actions.deletion import erase_account
from accounts.models import User
from accounts.selectors.exports import everything_on
from payments.actions.payout_batches import pay_out
from payments.models import Gift, Payout, PayoutAccount
from tests.factories.cast import ada, bob
from tests.factories.wallet import make_gift, make_payout

__all__ = ["ada", "bob"]

pytestmark = pytest.mark.django_db


def test_an_account_goes_with_its_person_and_the_books_stay(ada: User, bob: User) -> None:
    gift, payout = make_gift(ada, bob), make_payout(ada)
    pay_out(timezone.now())
    make_payout(bob)
    User.objects.filter(pk=ada.pk).update(status="erasing")

    erase_account(ada.pk)

    assert list(PayoutAccount.objects.values_list("user_id", flat=True)) == [bob.pk]
    assert Gift.objects.get(pk=gift.pk).sender_id == ada.pk
    kept = Payout.objects.get(pk=payout.pk)
    assert (kept.user_id, kept.state, kept.receiver) == (ada.pk, "settled", "a***@example.com")


def test_an_export_has_them(ada: User, bob: User) -> None:
    make_gift(ada, bob)
    make_gift(bob, ada)
    make_payout(ada)

    found = {name: list(rows) for name, rows in everything_on(ada.pk)}

    [gift] = found["payments.gift"]
    assert (gift["gift"], gift["quantity"], gift["amount"]) == ("heart", 1, 10)
    [payout] = found["payments.payout"]
    assert (payout["amount"], payout["receiver"], payout["state"]) == (2_000, "ada@example.com", "requested")
    [account] = found["payments.payoutaccount"]
    assert account["receiver"] == "ada@example.com"
