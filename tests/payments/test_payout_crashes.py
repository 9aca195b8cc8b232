"""A crash between any two steps of a payout is healed by the next run of the job."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from grover.core.jobs import sweep_outbox
from grover.core.providers import ProviderUnavailable
from messaging.models import Notification
from payments.actions import payout_batches
from payments.actions.payout_batches import pay_out
from payments.models import Payout
from payments.providers.base import NewPayout, SeenPayout
from payments.providers.sandbox.payouts import settle_payout
from payments.providers.sandbox.provider import Sandbox
from payments.selectors.ledger import check_ledger
from tests.factories.accounts import make_user
from tests.factories.wallet import make_payout, make_payout_account
from tests.payments.crashes import Crash, counted_commits, run_until
from tests.payments.requests import money_of, paid_at_provider

pytestmark = pytest.mark.django_db(transaction=True)

PAUSE = dt.timedelta(minutes=20)


@dataclass
class World:
    """Three creators: the first can be paid, the second cannot, and the third after a while."""

    people: list[User]
    payouts: list[Payout]

    def state(self) -> list[tuple[Any, ...]]:
        """Tell what has come of each payout, how often it was paid, and what its creator was told."""
        paid = paid_at_provider()
        return [
            (
                payout.state,
                payout.frozen_reason,
                paid[str(payout.pk)],
                money_of(user),
                Notification.objects.filter(user=user).count(),
            )
            for user, payout in zip(self.people, self._now(), strict=True)
        ]

    def _now(self) -> Iterator[Payout]:
        for payout in self.payouts:
            payout.refresh_from_db()
            yield payout


def begin() -> World:
    people = [make_user() for _ in range(3)]
    for user, start in zip(people, ("good", "fail", "pending"), strict=True):
        make_payout_account(user, f"{start}.{user.username}@pay.example")
    return World(people, [make_payout(user) for user in people])


def run(now: dt.datetime) -> None:
    """Pay out, have the provider decide what is pending, and pay out again."""
    pay_out(now)
    decide()
    pay_out(now + PAUSE)


def decide() -> None:
    for payout in Payout.objects.filter(state="sent").select_related("batch"):
        assert payout.batch is not None
        assert payout.batch.provider_batch_id is not None
        for seen in Sandbox().get_payouts(payout.batch.provider_batch_id):
            settle_payout(seen.id)


def heal(now: dt.datetime) -> None:
    """Run the jobs that run anyway, a while later."""
    sweep_outbox(now)
    run(now)


EXPECTED = [
    ("settled", "", 1, {}, 1),
    ("failed", "", 1, {"available": 2_000}, 1),
    ("settled", "", 1, {}, 1),
]


def test_a_crash_after_any_commit_is_healed(monkeypatch: pytest.MonkeyPatch) -> None:
    with counted_commits(monkeypatch) as commits:
        undisturbed = begin()
        commits.count = 0
        run(timezone.now())
        commit_count = commits.count
        assert undisturbed.state() == EXPECTED
        assert commit_count >= 8
        for dies_after in range(1, commit_count + 1):
            world = begin()
            start = timezone.now()
            assert run_until(commits, functools.partial(run, start), dies_after)
            heal(start + PAUSE)

            assert world.state() == EXPECTED, f"after commit {dies_after} of {commit_count}"
            assert check_ledger().faults == []


class Failing(Sandbox):
    """A provider whose n-th call is lost: before it did anything, or its answer."""

    def __init__(self, number: int, error: type[BaseException], *, is_done: bool) -> None:
        self.left, self.error, self.is_done = number, error, is_done

    def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
        return self._call(lambda: super(Failing, self).create_payouts(payouts, batch=batch))

    def get_payouts(self, batch_id: str) -> tuple[SeenPayout, ...]:
        return self._call(lambda: super(Failing, self).get_payouts(batch_id))

    def _call(self, call: Callable[[], Any]) -> Any:
        self.left -= 1
        if self.left == 0 and not self.is_done:
            raise self.error
        answer = call()
        if self.left == 0:
            raise self.error
        return answer


@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [Crash, ProviderUnavailable])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_call_that_is_lost_is_made_again(
    monkeypatch: pytest.MonkeyPatch, number: int, error: type[BaseException], is_done: bool
) -> None:
    world, now = begin(), timezone.now()
    provider = Failing(number, error, is_done=is_done)
    with monkeypatch.context() as patch:
        patch.setattr(payout_batches, "provider", lambda name: provider)
        try:
            run(now)
        except Crash:
            assert error is Crash
    assert provider.left <= 0

    heal(now + PAUSE)

    assert world.state() == EXPECTED
    assert check_ledger().faults == []
