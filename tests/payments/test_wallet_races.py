"""Many who spend the same coins, or ask to be paid out the same money, at once."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.gifts import send_gift
from payments.actions.holds import release_due
from payments.actions.payout_accounts import _change
from payments.actions.payout_batches import pay_out
from payments.actions.payouts import request_payout
from payments.actions.refunds import refund_payment
from payments.cards.gifts import GiftCard
from payments.cards.money import Money
from payments.cards.payments import RefundCard
from payments.cards.payouts import PayoutCard
from payments.enums import AccountKind
from payments.errors.payments import InsufficientFunds
from payments.models import Gift, Hold, Payout, PayoutAccount, PayoutBatch
from payments.policies.places import of_platform
from payments.selectors.ledger import balance_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import make_paid_tip
from tests.factories.wallet import give_coins, give_money, make_payout, make_payout_account
from tests.payments.requests import key, money_of, paid_at_provider
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 50


def kinds(answers: list[Any]) -> Counter[type]:
    return Counter(type(answer) for answer in answers)


def test_coins_are_spent_once_by_fifty_gifts() -> None:
    fan, creators = make_user(), [make_user() for _ in range(3)]
    give_coins(fan, 205)

    def give(number: int) -> GiftCard:
        target = creators[number % 3].pk
        return send_gift(
            on_behalf_of(fan.pk), gift_id=new_id(), target_id=target, gift="heart", quantity=1, note=""
        )

    answers = run_parallel(MANY, give)

    assert kinds(answers) == {GiftCard: 20, InsufficientFunds: 30}
    assert money_of(fan) == {"coins": 5}
    assert sum(money_of(creator).get("pending", 0) for creator in creators) == 180
    assert balance_of(of_platform(AccountKind.FEES, "USD")) == 20
    assert (Gift.objects.count(), Hold.objects.count()) == (20, 20)
    assert check_ledger().faults == []


def test_a_gift_sent_by_fifty_requests_is_one_gift() -> None:
    fan, creator, gift_id = make_user(), make_user(), new_id()
    give_coins(fan, 100)

    answers = run_parallel(
        MANY,
        lambda _: send_gift(
            on_behalf_of(fan.pk), gift_id=gift_id, target_id=creator.pk, gift="heart", quantity=2, note=""
        ),
    )

    assert kinds(answers) == {GiftCard: MANY}
    assert (money_of(fan), money_of(creator), Gift.objects.count()) == ({"coins": 80}, {"pending": 18}, 1)


def test_gifts_over_rest_leave_no_purse_below_zero(api: Any) -> None:
    fan, creator = make_user(), make_user()
    give_coins(fan, 35)
    client = api(fan)

    answers = run_parallel(
        8, lambda _: client.post(f"users/{creator.pk}/gifts", json={"gift": "heart"}, **key()).status_code
    )

    assert Counter(answers) == {201: 3, 409: 5}
    assert (money_of(fan), money_of(creator)) == ({"coins": 5}, {"pending": 27})


def test_the_whole_balance_is_paid_out_once_to_fifty_who_ask() -> None:
    creator = make_user()
    give_money(creator, 7_001)
    make_payout_account(creator)

    answers = run_parallel(MANY, lambda _: request_payout(on_behalf_of(creator.pk), payout_id=new_id()))

    assert kinds(answers) == {PayoutCard: 1, InsufficientFunds: MANY - 1}
    assert (money_of(creator), Payout.objects.get().amount) == ({"reserved": 7_001}, 7_001)
    assert check_ledger().faults == []


def test_parts_are_paid_out_as_long_as_there_is_money() -> None:
    creator = make_user()
    give_money(creator, 9_000)
    make_payout_account(creator)

    answers = run_parallel(
        12,
        lambda _: request_payout(on_behalf_of(creator.pk), payout_id=new_id(), amount=Money(2_000, "USD")),
    )

    assert kinds(answers) == {PayoutCard: 4, InsufficientFunds: 8}
    assert money_of(creator) == {"available": 1_000, "reserved": 8_000}


def test_a_payout_and_a_refund_do_not_both_take_the_same_money() -> None:
    for _ in range(5):
        creator, fan = make_user(), make_user()
        payment = make_paid_tip(fan, creator, 3_000)
        release_due(timezone.now() + dt.timedelta(days=8))
        make_payout_account(creator)
        viewer = on_behalf_of(creator.pk)

        def act(number: int, viewer: Any = viewer, payment_id: Any = payment.pk) -> Any:
            if number == 0:
                return request_payout(viewer, payout_id=new_id())
            return refund_payment(
                viewer, refund_id=new_id(), payment_id=payment_id, amount=Money(1_000, "USD"), reason=""
            )

        paid, refunded = run_parallel(2, act)

        assert isinstance(refunded, RefundCard), refunded
        if isinstance(paid, InsufficientFunds):  # less than 20 dollars were left
            assert money_of(creator) == {"available": 1_900}
        else:
            assert paid.amount.value in (2_850, 1_900)
            left = 1_900 - paid.amount.value
            assert money_of(creator) == {"reserved": paid.amount.value} | (
                {"available": left} if left else {}
            )
        assert check_ledger().faults == []


def test_many_who_send_the_same_payouts_pay_once() -> None:
    people = [make_user() for _ in range(4)]
    payouts = [make_payout(user) for user in people]
    now = timezone.now()

    answers = run_parallel(8, lambda _: pay_out(now))
    pay_out(now + dt.timedelta(minutes=20))

    assert answers == [None] * 8
    assert set(Payout.objects.values_list("state", flat=True)) == {"settled"}
    assert paid_at_provider() == {str(payout.pk): 1 for payout in payouts}
    assert set(PayoutBatch.objects.values_list("is_done", flat=True)) == {True}
    assert [money_of(user) for user in people] == [{}] * 4
    assert check_ledger().faults == []


def test_the_first_account_is_said_by_many_at_once() -> None:
    creator = make_user()

    answers = run_parallel(8, lambda number: _change(creator.pk, f"{number}@pay.example", timezone.now()))

    assert answers == [None] * 8
    assert PayoutAccount.objects.count() == 1
