"""The ledger: money is moved whole or not at all, once, and always adds up."""

import json
import random
import uuid
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from grover.core.db import atomic
from grover.core.races import settled
from payments.actions import ledger
from payments.enums import AccountKind, TransferKind
from payments.errors.payments import InsufficientFunds
from payments.models import Entry, LedgerAccount, Transfer
from payments.policies.places import SHARDS, Leg, Place, of_platform
from payments.selectors.ledger import balance_of, balances_of, check_ledger
from tests.factories.accounts import make_user
from tests.races import run_parallel

CLEARING = of_platform(AccountKind.PROVIDER_CLEARING, "USD")
FEES = of_platform(AccountKind.FEES, "USD")


def available(owner_id: uuid.UUID, currency: str = "USD") -> Place:
    return Place(owner_id, AccountKind.AVAILABLE, currency)


@settled
def move(*legs: Leg, key: str = "") -> uuid.UUID:
    """Move money for the first time, unless a key is given."""
    return ledger.move(TransferKind.CORRECTION, key=key or str(uuid.uuid4()), legs=legs)


def pay(place: Place, amount: int, **kwargs: Any) -> uuid.UUID:
    """Give money that came from the provider."""
    return move(
        Leg(of_platform(AccountKind.PROVIDER_CLEARING, place.currency), -amount), Leg(place, amount), **kwargs
    )


# --- Moving --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_money_is_moved_between_all_legs_at_once() -> None:
    ada = uuid.uuid4()
    move(Leg(CLEARING, -1_000), Leg(FEES, 50), Leg(available(ada), 950))
    assert (balance_of(CLEARING), balance_of(FEES), balance_of(available(ada))) == (-1_000, 50, 950)
    assert balances_of(ada) == {(AccountKind.AVAILABLE, "USD"): 950}


@pytest.mark.django_db
def test_currencies_and_purposes_are_apart() -> None:
    ada = uuid.uuid4()
    pay(available(ada), 5)
    pay(available(ada, "EUR"), 7)
    pay(Place(ada, AccountKind.PENDING, "USD"), 9)
    assert balances_of(ada) == {
        (AccountKind.AVAILABLE, "USD"): 5,
        (AccountKind.AVAILABLE, "EUR"): 7,
        (AccountKind.PENDING, "USD"): 9,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "amounts",
    [(100, -99), (100,), (0, 0), (), (100, -100, 0)],
    ids=["more", "one", "nothing", "none", "zero"],
)
def test_what_does_not_add_up_is_not_written(amounts: tuple[int, ...]) -> None:
    places = [available(uuid.uuid4()) for _ in amounts]
    with pytest.raises(ValueError, match="add up"):
        move(*(Leg(place, amount) for place, amount in zip(places, amounts, strict=True)))
    with pytest.raises(ValueError, match="add up"):
        move(Leg(CLEARING, -5), Leg(available(uuid.uuid4(), "EUR"), 5))
    with pytest.raises(ValueError, match="twice"):
        move(Leg(CLEARING, -5), Leg(CLEARING, 5))
    assert not Transfer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_left_with_less_than_nothing_unless_they_may_owe() -> None:
    ada = available(uuid.uuid4())
    pay(ada, 100)
    for leg in (Leg(ada, -101), Leg(available(uuid.uuid4()), -1)):
        with pytest.raises(InsufficientFunds):
            move(leg, Leg(CLEARING, -leg.amount))
    assert (balance_of(ada), Transfer.objects.count(), balance_of(CLEARING)) == (100, 1, -100)

    move(Leg(ada, -101, may_owe=True), Leg(CLEARING, 101))
    assert balance_of(ada) == -1
    with pytest.raises(InsufficientFunds):
        move(Leg(ada, -1), Leg(CLEARING, 1))


@pytest.mark.django_db
def test_the_same_thing_is_paid_once() -> None:
    ada = available(uuid.uuid4())
    first = pay(ada, 100, key="payment:1")
    assert pay(ada, 100, key="payment:1") == first
    assert balance_of(ada) == 100


@pytest.mark.django_db(transaction=True)
def test_what_fails_around_a_transfer_undoes_it() -> None:
    ada = available(uuid.uuid4())

    @atomic
    def fail() -> None:
        ledger.move(TransferKind.CORRECTION, key="k", legs=[Leg(CLEARING, -5), Leg(ada, 5)])
        raise RuntimeError("after the transfer")

    with pytest.raises(RuntimeError):
        fail()
    assert (balance_of(ada), Entry.objects.count()) == (0, 0)


# --- At the same time ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_key_used_by_many_at_once_moves_once() -> None:
    ada = available(uuid.uuid4())
    ids = run_parallel(16, lambda _: pay(ada, 7, key="once"))
    assert len(set(ids)) == 1
    assert (balance_of(ada), check_ledger().faults) == (7, [])


@pytest.mark.django_db(transaction=True)
def test_the_last_money_is_spent_once() -> None:
    ada = available(uuid.uuid4())
    pay(ada, 500)
    outcomes = run_parallel(16, lambda _: move(Leg(ada, -100), Leg(FEES, 100)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, InsufficientFunds)]
    assert len(refused) == 11, outcomes
    assert (balance_of(ada), balance_of(FEES)) == (0, 500)
    assert check_ledger().faults == []


@pytest.mark.django_db(transaction=True)
def test_money_adds_up_while_everybody_pays_everybody() -> None:
    people = [available(uuid.uuid4()) for _ in range(4)]
    for place in people:
        pay(place, 1_000)

    def act(number: int) -> Counter[str]:
        pick, outcomes = random.Random(number), Counter[str]()
        for _ in range(15):
            source, target = pick.sample(people, 2)
            amount = pick.randint(1, 400)
            try:
                move(Leg(source, -amount), Leg(target, amount - 1), Leg(FEES, 1)) if amount > 1 else None
                outcomes["moved"] += 1
            except InsufficientFunds:
                outcomes["refused"] += 1
            if number == 0:
                assert check_ledger().faults == []
        return outcomes

    outcomes = run_parallel(6, act)
    assert [outcome.total() for outcome in outcomes] == [15] * 6
    assert sum(map(balance_of, [*people, FEES])) == 4_000
    assert check_ledger().faults == []


# --- Checking ------------------------------------------------------------------------------------


def check(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], bool]:
    """Run the command; give what it printed, and whether it was content."""
    try:
        call_command("ledger", "check")
    except SystemExit as error:
        return json.loads(capsys.readouterr().out), not error.code
    return json.loads(capsys.readouterr().out), True


@pytest.mark.django_db
def test_a_true_ledger_is_said_to_be(capsys: Any) -> None:
    assert check(capsys) == (
        {"balanced": True, "accounts": 0, "transfers": 0, "entries": 0, "faults": []},
        True,
    )
    pay(available(uuid.uuid4()), 5)
    assert check(capsys)[0] == {"balanced": True, "accounts": 2, "transfers": 1, "entries": 2, "faults": []}


@pytest.mark.django_db
def test_every_fault_is_found(capsys: Any) -> None:
    ada, bob = uuid.uuid4(), uuid.uuid4()
    first, second = pay(available(ada), 5), pay(Place(bob, AccountKind.COINS, "USD"), 8)
    of_ada, of_bob = (LedgerAccount.objects.get(owner_id=owner_id) for owner_id in (ada, bob))

    LedgerAccount.objects.filter(pk=of_ada.pk).update(balance=6)
    Entry.objects.filter(transfer_id=second, account=of_bob).update(amount=9)
    LedgerAccount.objects.filter(pk=of_bob.pk).update(balance=-1)
    Entry.objects.filter(transfer_id=first, amount=-5).delete()

    document, is_content = check(capsys)
    found = {(fault["kind"], fault["id"], fault["expected"], fault["found"]) for fault in document["faults"]}
    assert not is_content
    assert found >= {
        ("unbalanced_transfer", str(first), 0, 5),
        ("unbalanced_transfer", str(second), 0, 1),
        ("torn_transfer", str(first), 2, 1),
        ("drifted_balance", str(of_ada.pk), 5, 6),
        ("drifted_balance", str(of_bob.pk), 9, -1),
        ("owing_account", str(of_bob.pk), 0, -1),
    }
    assert {fault["kind"] for fault in document["faults"]} == {kind for kind, *_ in found}


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_history_is_what_a_table_of_sums_says(data: st.DataObject) -> None:
    people = [available(uuid.uuid4()) for _ in range(3)]
    known: Counter[Place] = Counter()
    steps = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(-50, 50).filter(bool)), max_size=12))
    for person, amount in steps:
        place = people[person]
        if known[place] + amount < 0:
            continue
        move(Leg(place, amount), Leg(FEES, -amount))
        known[place] += amount
        assert balance_of(place) == known[place]
    assert check_ledger().faults == []


# --- Seen by the staff ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_staff_follow_a_balance_to_its_entries_and_change_nothing(client: Any) -> None:
    staff = make_user("staff", is_staff=True, is_superuser=True)
    client.force_login(staff)
    transfer_id = pay(available(staff.pk), 5)
    account = LedgerAccount.objects.get(owner_id=staff.pk)

    page = client.get(f"/admin/payments/ledgeraccount/?q={staff.pk}")
    link = f"/admin/payments/entry/?account__id__exact={account.pk}"
    assert link in page.content.decode()
    assert str(transfer_id) in client.get(link).content.decode()
    transfer = f"/admin/payments/transfer/{transfer_id}/change/"
    assert client.get(transfer).status_code == 200
    for path in (
        transfer,
        "/admin/payments/entry/add/",
        f"/admin/payments/ledgeraccount/{account.pk}/delete/",
    ):
        assert client.post(path, {"kind": "x"}).status_code == 403


def test_accounts_of_the_platform_are_spread_and_those_of_people_are_not() -> None:
    ids = [uuid.UUID(int=number) for number in range(100)]
    assert {FEES.shard(key) for key in ids} == set(range(SHARDS))
    assert {available(uuid.uuid4()).shard(key) for key in ids} == {0}
    assert len({FEES.account_id(shard) for shard in range(SHARDS)}) == SHARDS
