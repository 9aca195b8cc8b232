"""Comparing our books with the provider's: every kind of break is found, and none is mended."""

import datetime as dt

import pytest
from django.utils import timezone

from grover.core.ids import new_id
from payments.actions.checks import check_own_books, compare_books
from payments.actions.payout_batches import pay_out
from payments.actions.refunds import refund_as_staff
from payments.cards.money import Money
from payments.enums import CheckKind, PayoutState
from payments.models import Hold, MoneyCheck, Payment, Refund
from payments.policies.faults import BookFault, FaultKind, compare
from payments.providers.base import LineKind, SeenLine
from payments.providers.sandbox.records import SandboxRecord
from payments.selectors.books import our_books, their_books
from tests.factories.accounts import make_user
from tests.factories.payments import make_paid_tip
from tests.factories.wallet import make_payout

USD = Money(100, "USD")

CASES = [
    ("capture", {"a": USD}, {}, FaultKind.CAPTURE_ONLY_HERE),
    ("capture", {}, {"a": USD}, FaultKind.CAPTURE_ONLY_THERE),
    ("capture", {"a": USD}, {"a": Money(99, "USD")}, FaultKind.CAPTURE_AMOUNT),
    ("refund", {"a": USD}, {}, FaultKind.REFUND_ONLY_HERE),
    ("refund", {}, {"a": USD}, FaultKind.REFUND_ONLY_THERE),
    ("refund", {"a": USD}, {"a": Money(99, "USD")}, FaultKind.REFUND_AMOUNT),
    ("payout", {"a": USD}, {}, FaultKind.PAYOUT_ONLY_HERE),
    ("payout", {}, {"a": USD}, FaultKind.PAYOUT_ONLY_THERE),
    ("payout", {"a": USD}, {"a": Money(99, "USD")}, FaultKind.PAYOUT_AMOUNT),
    ("payout", {"a": USD}, {"a": Money(100, "EUR")}, FaultKind.CURRENCY),
]


@pytest.mark.parametrize(("noun", "here", "there", "kind"), CASES)
def test_each_kind_of_break_is_found(
    noun: str, here: dict[str, Money], there: dict[str, Money], kind: FaultKind
) -> None:
    same = {"same": Money(7, "USD")}

    faults = compare(noun, {**same, **here}, {**same, **there})

    assert faults == [BookFault(kind, "a", here.get("a"), there.get("a"))]


def test_there_are_ten_kinds() -> None:
    assert {case[3] for case in CASES} == set(FaultKind)


def line(key: str, kind: LineKind, value: int) -> SeenLine:
    return SeenLine(id=key, kind=kind, amount=Money(value, "USD"), reference="", happened_at=timezone.now())


@pytest.mark.django_db
def test_our_books_hold_what_was_taken_and_given_back() -> None:
    payment = make_paid_tip(make_user(), make_user(), 1_000)
    refund_as_staff(
        refund_id=make_user().pk,
        payment_id=payment.pk,
        amount=Money(300, "USD"),
        reason="",
        staff_id=make_user(is_staff=True).pk,
    )
    assert payment.capture_id is not None
    refund_id = Refund.objects.get().provider_refund_id
    theirs = their_books(
        iter([line(payment.capture_id, LineKind.CAPTURE, 1_000), line(str(refund_id), LineKind.REFUND, -300)])
    )
    now = timezone.now()

    for since, until in ((now - dt.timedelta(hours=1), now), (now, now + dt.timedelta(hours=1))):
        ours = our_books("sandbox", since, until, beside=theirs)

        assert ours.captures == theirs.captures == {payment.capture_id: Money(1_000, "USD")}
        assert ours.refunds == theirs.refunds == {refund_id: Money(300, "USD")}


@pytest.mark.django_db
def test_books_that_agree_have_no_fault_and_one_that_lacks_a_line_has() -> None:
    ada = make_user()
    payment = make_paid_tip(make_user(), ada, 5_000)
    refund_as_staff(
        refund_id=new_id(),
        payment_id=payment.pk,
        amount=Money(300, "USD"),
        reason="",
        staff_id=make_user(is_staff=True).pk,
    )
    payout = make_payout(ada, 2_500)
    pay_out(timezone.now())
    pay_out(timezone.now() + dt.timedelta(hours=1))
    payout.refresh_from_db()
    assert payout.state == PayoutState.SETTLED
    since, until = timezone.now() - dt.timedelta(hours=1), timezone.now() + dt.timedelta(hours=1)

    assert compare_books(since, until) == []

    SandboxRecord.objects.filter(kind="line").delete()
    faults = compare_books(since, until)
    assert [(fault.kind, fault.here, fault.there) for fault in faults] == [
        (FaultKind.CAPTURE_ONLY_HERE, Money(5_000, "USD"), None),
        (FaultKind.REFUND_ONLY_HERE, Money(300, "USD"), None),
        (FaultKind.PAYOUT_ONLY_HERE, Money(2_500, "USD"), None),
    ]


def test_a_payout_that_came_back_is_none() -> None:
    lines = [
        SeenLine(
            id=str(number),
            kind=LineKind.PAYOUT,
            amount=Money(value, "USD"),
            reference="ours",
            happened_at=timezone.now(),
        )
        for number, value in enumerate((-500, 500))
    ]

    assert their_books(iter(lines[:1])).payouts == {"ours": Money(500, "USD")}
    assert their_books(iter(lines)).payouts == {}


@pytest.mark.django_db
def test_what_is_pending_and_not_held_is_found_and_kept() -> None:
    make_paid_tip(make_user(), make_user(), 1_000)
    Hold.objects.update(amount=900)

    report = check_own_books()

    [fault] = report.faults
    assert (fault.kind, fault.expected, fault.found) == ("unaccounted_pending", 900, 950)
    kept = MoneyCheck.objects.get()
    assert (kept.kind, kept.fault_count) == (CheckKind.LEDGER, 1)
    assert kept.faults[0]["kind"] == "unaccounted_pending"
    assert Hold.objects.get().amount == 900
    assert Payment.objects.get().frozen_reason == ""
