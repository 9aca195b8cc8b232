"""Statements: a month, line by line, from its opening balance to its closing one."""

import csv
import datetime as dt
import io
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from grover.core.csv_files import csv_lines
from grover.core.ids import new_id, new_id_at
from grover.core.viewers import on_behalf_of
from payments.actions import ledger
from payments.actions.holds import release_due
from payments.actions.payout_batches import pay_out
from payments.actions.payouts import request_payout
from payments.actions.refunds import refund_payment
from payments.cards.money import Money
from payments.models import Payment, Payout, Refund
from payments.selectors import statements
from payments.selectors.ledger import balances_of
from tests.content.costs import cost_of
from tests.factories.accounts import make_user
from tests.factories.cast import bob
from tests.factories.payments import make_paid_tip
from tests.factories.wallet import give_coins, give_money, make_gift, make_payout_account
from tests.payments.requests import refusal

__all__ = ["bob"]

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]
NOON = dt.datetime(2020, 11, 20, 12, tzinfo=dt.UTC)
MONTH = dt.timedelta(days=30)
HEADER = ["date", "kind", "what", "currency", "gross", "fee", "net", "balance"]


@pytest.fixture
def ada(db: None) -> User:
    """A creator who has been here for a while."""
    return make_user("ada", id=new_id_at(NOON - 2 * MONTH))


@pytest.fixture(autouse=True)
def ids_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let transfers have ids of the moment to which a test travels; ids are made by the clock on the wall."""
    monkeypatch.setattr(ledger, "new_id", lambda: new_id_at(timezone.now()))


def read(answer: Any) -> list[list[str]]:
    """Read a statement that was answered, line by line."""
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.reader(io.StringIO(text, newline="")))


def statement(api: Api, user: User, month: str, moment: dt.datetime) -> list[list[str]]:
    with time_machine.travel(moment):
        lines = read(api(user).get(f"me/statements/{month}"))
    assert lines[0] == HEADER
    return lines[1:]


def give_back(payment: Payment, value: int) -> Refund:
    assert payment.payee_id is not None
    amount = Money(value, "USD")
    card = refund_payment(
        on_behalf_of(payment.payee_id), refund_id=new_id(), payment_id=payment.pk, amount=amount, reason=""
    )
    return Refund.objects.get(pk=card.id)


def test_a_month_is_told_line_by_line(api: Api, ada: User, bob: User) -> None:
    with time_machine.travel(NOON - MONTH, tick=False):
        give_money(ada, 5_000)
    with time_machine.travel(NOON, tick=False):
        tip = make_paid_tip(bob, ada, 1_000)
    with time_machine.travel(NOON + dt.timedelta(hours=1), tick=False):
        refund = give_back(tip, 400)
        give_coins(ada, 50)
    with time_machine.travel(NOON + dt.timedelta(hours=2), tick=False):
        gift = make_gift(bob, ada, 5)
    with time_machine.travel(NOON + dt.timedelta(days=8), tick=False):
        release_due(timezone.now())
        make_payout_account(ada)
        request_payout(on_behalf_of(ada.pk), payout_id=new_id())
        pay_out(timezone.now())
    payout = Payout.objects.get()

    lines = statement(api, ada, "2020-11", NOON + MONTH)

    assert lines == [
        ["2020-11-01T00:00:00Z", "opening balance", "", "USD", "", "", "", "50.00"],
        ["2020-11-20T12:00:00Z", "capture", f"tip {tip.pk}", "USD", "10.00", "0.50", "9.50", "59.50"],
        ["2020-11-20T13:00:00Z", "refund", f"refund {refund.pk}", "USD", "-4.00", "-0.20", "-3.80", "55.70"],
        ["2020-11-20T14:00:00Z", "gift", f"gift {gift.pk}", "USD", "0.50", "0.05", "0.45", "56.15"],
        [
            "2020-11-28T12:00:00Z",
            "payout_settled",
            f"payout {payout.pk}",
            "USD",
            "-56.15",
            "0.00",
            "-56.15",
            "0.00",
        ],
        ["2020-12-01T00:00:00Z", "closing balance", "", "USD", "", "", "", "0.00"],
    ]
    [opening, closing] = statement(api, ada, "2020-12", NOON + MONTH)
    assert (opening[-1], closing[-1]) == ("0.00", "0.00")


def test_it_is_a_file_in_csv_for_the_viewer_alone(api: Api, ada: User, bob: User) -> None:
    answer = api(ada).get(f"me/statements/{timezone.now():%Y-%m}", Accept="text/csv")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="grover-{timezone.now():%Y-%m}.csv"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.streaming
    assert refusal(api().get("me/statements/2020-11")) == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("text/csv", 200),
        ("*/*", 200),
        ("text/*;q=0.5", 200),
        ("", 200),
        ("application/json", 406),
        ("image/png", 406),
    ],
)
def test_it_is_given_to_who_takes_csv(api: Api, ada: User, accept: str, status: int) -> None:
    answer = api(ada).get(f"me/statements/{timezone.now():%Y-%m}", Accept=accept)

    assert answer.status_code == status
    if status == 406:
        assert answer.json()["code"] == "not_acceptable"


@pytest.mark.parametrize(
    "month",
    [
        *(
            "2020",
            "2020-13",
            "2020-00",
            "2020-1",
            "20-11",
            "2020-11-01",
            "2020-1\uff11",
            "november",
            "9999-12",
        ),
        *("2020-12", "2020-08", "1970-01"),
    ],
)
def test_of_other_months_there_is_none(api: Api, ada: User, month: str) -> None:
    with time_machine.travel(NOON):
        assert refusal(api(ada).get(f"me/statements/{month}")) == (404, "not_found")


def test_the_month_in_which_one_came_is_the_first(api: Api, ada: User) -> None:
    assert [line[-1] for line in statement(api, ada, "2020-09", NOON)] == ["0.00", "0.00"]


def test_many_movements_are_read_in_parts(
    api: Api, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "AT_ONCE", 2)
    for _ in range(5):
        make_paid_tip(bob, ada, 100)
    release_due(timezone.now() + MONTH)
    give_back(Payment.objects.all()[0], 100)

    lines = statement(api, ada, f"{timezone.now():%Y-%m}", timezone.now())

    assert [line[1] for line in lines] == ["opening balance", *["capture"] * 5, "refund", "closing balance"]
    assert lines[-1][-1] == "3.80"


def test_a_statement_costs_the_same_for_many_movements(api: Api, ada: User, bob: User) -> None:
    client, costs = api(ada), []
    for _ in range(3):
        make_paid_tip(bob, ada)
        costs.append(_cost_of_reading(client))

    assert costs == [8, 8, 8]


def _cost_of_reading(client: Any) -> int:
    class Reader:
        def get(self, path: str) -> Any:
            answer = client.get(path)
            b"".join(answer.streaming_content)
            return answer

    return cost_of(Reader(), f"me/statements/{timezone.now():%Y-%m}")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_a_text_is_never_a_formula(text: str) -> None:
    [_, line] = csv_lines(["head"], [[text, -5, Decimal("-5.00")]])

    [cells] = csv.reader(io.StringIO(line.decode(), newline=""))
    assert cells == [f"'{text}", "-5", "-5.00"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tip", "refund", "gift", "release", "payout", "pay out"]),
        st.integers(100, 5_000),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=8,
)


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
@example(
    steps=[("tip", 5_000, 0), ("release", 100, 8), ("payout", 100, 1), ("pay out", 100, 0), ("tip", 100, 1)]
)
def test_opening_and_movements_are_the_closing_balance(api: Api, steps: list[tuple[str, int, int]]) -> None:
    moment = NOON - MONTH
    creator, buyer = make_user(id=new_id_at(moment)), make_user()
    with time_machine.travel(moment, tick=False):
        make_payout_account(creator)
    for what, amount, days in steps:
        moment += dt.timedelta(days=days, hours=1)
        with time_machine.travel(moment, tick=False):
            _do(what, amount, creator, buyer)

    expected = Decimal(0)
    for month in ("2020-10", "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04"):
        lines = statement(api, creator, month, moment + 10 * MONTH)
        opening, *movements, closing = lines
        nets = [Decimal(line[6]) for line in movements]
        assert Decimal(opening[-1]) == expected
        assert Decimal(opening[-1]) + sum(nets) == Decimal(closing[-1])
        assert all(Decimal(line[4]) == Decimal(line[5]) + Decimal(line[6]) for line in movements)
        assert all(line[0][:7] == month for line in movements)
        expected = Decimal(closing[-1])
    assert expected * 100 == sum(
        value for (kind, _), value in balances_of(creator.pk).items() if kind != "coins"
    )


def _do(what: str, amount: int, creator: User, buyer: User) -> None:
    """Do something to the money of a creator, if it can be done."""
    payment = Payment.objects.filter(payee_id=creator.pk, refunded=0).order_by("-id").first()
    match what:
        case "tip":
            make_paid_tip(buyer, creator, amount)
        case "gift":
            make_gift(buyer, creator, 1 + amount % 9)
        case "release":
            release_due(timezone.now())
        case "pay out":
            pay_out(timezone.now())
        case "refund" if payment is not None and _is_refundable(payment):
            give_back(payment, 1 + amount % payment.amount)
        case "payout" if balances_of(creator.pk).get(("available", "USD"), 0) >= 2_000:
            request_payout(on_behalf_of(creator.pk), payout_id=uuid.uuid4())


def _is_refundable(payment: Payment) -> bool:
    return payment.captured_at is not None and timezone.now() - payment.captured_at < MONTH
