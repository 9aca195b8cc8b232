"""Many who do the same with one payment at once."""

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.payments import capture_payment, refresh_payment
from payments.actions.reconciling import reconcile
from payments.actions.refunds import refund_payment
from payments.actions.tips import send_tip
from payments.cards.money import Money
from payments.enums import AccountKind, PaymentState
from payments.models import Payment, Refund, Transfer
from payments.providers.registry import provider
from payments.selectors.ledger import balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.factories.payments import approve, make_paid_tip, make_tip
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_approved_payment_is_captured_once_by_whoever_comes() -> None:
    ada, bob = make_user(), make_user()
    payment = make_tip(bob, ada, 1_000)
    approve(payment.pk)
    roads = [
        lambda: capture_payment(on_behalf_of(bob.pk), payment_id=payment.pk),
        lambda: refresh_payment(payment.pk),
        lambda: reconcile(timezone.now() + dt.timedelta(minutes=1)),
    ]

    ends = run_parallel(12, lambda number: roads[number % 3]())

    assert [end for end in ends if isinstance(end, Exception)] == []
    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert Transfer.objects.count() == 1
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 950}


def test_a_request_sent_many_times_makes_one_payment() -> None:
    ada, bob = make_user(), make_user()
    payment_id = new_id()

    cards = run_parallel(
        12,
        lambda _: send_tip(
            on_behalf_of(bob.pk), payment_id=payment_id, target_id=ada.pk, amount=Money(100, "USD"), note=""
        ),
    )

    assert {getattr(card, "approve_url", card) for card in cards} == {cards[0].approve_url}
    assert Payment.objects.count() == 1


def test_no_more_is_given_back_than_was_paid() -> None:
    ada, bob = make_user(), make_user()
    payment = make_paid_tip(bob, ada, 1_000)

    ends = run_parallel(
        20,
        lambda _: refund_payment(
            on_behalf_of(ada.pk),
            refund_id=new_id(),
            payment_id=payment.pk,
            amount=Money(300, "USD"),
            reason="",
        ),
    )

    told = Counter(getattr(end, "code", getattr(end, "state", end)) for end in ends)
    assert told == {"completed": 3, "nothing_to_refund": 17}
    payment.refresh_from_db()
    assert payment.refunded == 900
    assert Refund.objects.count() == 3
    assert payment.order_id is not None
    capture = provider().get_order(payment.order_id).capture
    assert capture is not None
    assert [refund.amount.value for refund in capture.refunds] == [300, 300, 300]
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 95}
    assert check_ledger().faults == []
