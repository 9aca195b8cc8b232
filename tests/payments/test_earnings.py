"""What a creator earned, by source and by day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.disputes import record_dispute
from payments.actions.refunds import refund_payment
from payments.cards.money import Money
from payments.enums import DisputeState
from payments.models import Payment
from payments.providers.base import SeenDispute
from payments.selectors.ledger import balances_of
from tests.content.costs import cost_of
from tests.factories.cast import ada, bob
from tests.factories.payments import make_paid_tip
from tests.factories.wallet import make_gift
from tests.payments.requests import refusal

__all__ = ["ada", "bob"]

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]
NOON = dt.datetime(2020, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RANGE = "me/earnings?from=2020-11-18&to=2020-11-22"


def usd(value: int) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


def earned(source: str, gross: int, refunds: int, fees: int, **day: str) -> dict[str, Any]:
    """Write down what a line of the answer should be."""
    net = gross - refunds - fees
    return {
        **day,
        "source": source,
        "gross": usd(gross),
        "refunds": usd(refunds),
        "fees": usd(fees),
        "net": usd(net),
    }


def tip(sender: User, receiver: User, value: int, moment: dt.datetime) -> Payment:
    with time_machine.travel(moment, tick=False):
        return make_paid_tip(sender, receiver, value)


def give(sender: User, receiver: User, count: int, moment: dt.datetime) -> None:
    with time_machine.travel(moment, tick=False):
        make_gift(sender, receiver, count)


def refund(payment: Payment, value: int, moment: dt.datetime) -> None:
    assert payment.payee_id is not None
    with time_machine.travel(moment, tick=False):
        refund_payment(
            on_behalf_of(payment.payee_id),
            refund_id=new_id(),
            payment_id=payment.pk,
            amount=Money(value, "USD"),
            reason="",
        )


def dispute(payment: Payment, state: DisputeState, moment: dt.datetime) -> None:
    assert payment.capture_id is not None
    seen = SeenDispute(
        id=f"PP-{payment.pk}",
        state=state,
        capture_id=payment.capture_id,
        amount=Money(payment.amount, "USD"),
    )
    with time_machine.travel(moment, tick=False):
        record_dispute(seen, now=moment)


def test_earnings_are_added_up_by_source_and_day(api: Api, ada: User, bob: User) -> None:
    first, other = tip(bob, ada, 1_000, NOON), tip(bob, ada, 300, NOON + DAY)
    tip(bob, ada, 500, NOON + dt.timedelta(hours=11))
    give(bob, ada, 5, NOON + DAY)
    refund(first, 400, NOON + 2 * DAY)
    dispute(other, DisputeState.LOST, NOON + 2 * DAY)
    tip(ada, bob, 700, NOON)

    with time_machine.travel(NOON + 2 * DAY):
        answer = api(ada).get(RANGE).json()

    assert answer == {
        "first_day": "2020-11-18",
        "last_day": "2020-11-22",
        "sources": [earned("gift", 50, 0, 5), earned("tip", 1_800, 700, 55)],
        "days": [
            earned("tip", 1_500, 0, 75, day="2020-11-20"),
            earned("gift", 50, 0, 5, day="2020-11-21"),
            earned("tip", 300, 0, 15, day="2020-11-21"),
            earned("tip", 0, 700, -35, day="2020-11-22"),
        ],
    }
    net = sum(line["net"]["value"] for line in answer["sources"])
    assert net == sum(balances_of(ada.pk).values())


def test_what_came_back_to_the_creator_is_not_counted_as_gone(api: Api, ada: User, bob: User) -> None:
    dispute(tip(bob, ada, 1_000, NOON), DisputeState.WON, NOON + DAY)

    with time_machine.travel(NOON + DAY):
        answer = api(ada).get(RANGE).json()

    assert answer["sources"] == [earned("tip", 1_000, 0, 50)]


def test_days_are_whole_and_in_utc(api: Api, ada: User, bob: User) -> None:
    midnight = dt.datetime(2020, 11, 18, tzinfo=dt.UTC)
    edges = [midnight - dt.timedelta(milliseconds=1), midnight, midnight + 5 * DAY]
    for number, moment in enumerate([*edges, midnight + 5 * DAY - dt.timedelta(milliseconds=1)]):
        tip(bob, ada, 100 * (number + 1), moment)

    for moment in edges:
        give(bob, ada, 1, moment)

    with time_machine.travel(midnight + 6 * DAY):
        days = api(ada).get(RANGE).json()["days"]

    assert [(line["day"], line["source"], line["gross"]["value"]) for line in days] == [
        ("2020-11-18", "gift", 10),
        ("2020-11-18", "tip", 200),
        ("2020-11-22", "tip", 400),
    ]


def test_the_last_thirty_days_are_read_when_none_are_said(api: Api, ada: User, bob: User) -> None:
    tip(bob, ada, 100, NOON - 29 * DAY)
    tip(bob, ada, 200, NOON - 30 * DAY)
    with time_machine.travel(NOON):
        client = api(ada)
        usual = client.get("me/earnings").json()
        before = client.get("me/earnings?to=2020-10-21").json()

    assert (usual["first_day"], usual["last_day"]) == ("2020-10-22", "2020-11-20")
    assert [line["gross"]["value"] for line in usual["days"]] == [100]
    assert (before["first_day"], before["last_day"]) == ("2020-09-22", "2020-10-21")
    assert [line["gross"]["value"] for line in before["days"]] == [200]


@pytest.mark.parametrize(
    "query",
    [
        "from=2020-11-02&to=2020-11-01",
        "from=2019-11-01&to=2020-11-02",
        "from=2020-11",
        "to=yesterday",
        "from=1999-12-31&to=2000-01-02",
        "to=0001-01-01",
        "to=9999-12-31",
        "from=9999-12-31",
        "since=2020-11-01",
    ],
)
def test_other_ranges_are_invalid(api: Api, ada: User, query: str) -> None:
    assert refusal(api(ada).get(f"me/earnings?{query}")) == (422, "invalid")


def test_a_leap_year_can_be_read_whole(api: Api, ada: User) -> None:
    assert api(ada).get("me/earnings?from=2024-01-01&to=2024-12-31").status_code == 200


def test_earnings_cost_the_same_however_many(api: Api, ada: User, bob: User) -> None:
    client, costs = api(ada), [0]
    costs = [cost_of(client, "me/earnings")]
    for _ in range(3):
        payment = make_paid_tip(bob, ada)
        refund(payment, 100, timezone.now())
        give(bob, ada, 1, timezone.now())
        costs.append(cost_of(client, "me/earnings"))

    assert costs == [4, 4, 4, 4]
