"""The whole of money, beside a model of it that is written by other rules.

Hypothesis makes up what two creators, two buyers and the provider do. After every step each balance is
what the model says, who paid sees what they paid for, and the ledger adds up.
"""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from grover.core.errors import Problem
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.cancelling import cancel_order
from payments.actions.coins import buy_coins
from payments.actions.disputes import reconcile_disputes
from payments.actions.gifts import send_gift
from payments.actions.holds import release_due
from payments.actions.orders import place_order
from payments.actions.payments import capture_payment, refresh_payment
from payments.actions.payout_batches import pay_out
from payments.actions.payouts import request_payout
from payments.actions.posts import buy_post
from payments.actions.refunds import refund_payment
from payments.actions.tips import send_tip
from payments.cards.money import Money
from payments.enums import EntitlementKind
from payments.models import LedgerAccount, Payment, Payout, Product
from payments.policies.orders import Wanted
from payments.providers.sandbox.disputes import open_dispute, resolve_dispute
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.records import SandboxRecord
from payments.selectors.entitlements import entitled
from payments.selectors.ledger import check_ledger
from tests.factories.accounts import make_user
from tests.factories.market import make_product
from tests.factories.subscriptions import make_subscription, make_tier, renew
from tests.factories.wallet import make_payout_account
from tests.sizes import size

IS_SQLITE = connection.vendor == "sqlite"
PARTS = 4
RUNS = size(short=200 if IS_SQLITE else 12, whole=200) // PARTS
STEPS = 50
RATES = {"tip": "0.05", "post": "0.10", "order": "0.05", "subscription": "0.15", "gift": "0.10"}
CREATORS, BUYERS = 2, 2
STOCK, PRICE, POST_PRICE, TIER_PRICE = 3, 705, 333, 499

creators = st.integers(0, CREATORS - 1)
buyers = st.integers(0, BUYERS - 1)
amounts = st.integers(100, 50_000).filter(lambda value: value % 100 not in (13, 14))


def fee_of(purpose: str, amount: int) -> int:
    """Work the fee out as the law says it, in decimals."""
    exact = Decimal(amount) * Decimal(RATES[purpose])
    return int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))


@dataclass
class Deal:
    """A payment as the model has it."""

    id: uuid.UUID
    purpose: str
    buyer: int
    creator: int | None
    amount: int
    thing_id: uuid.UUID | None = None
    state: str = "created"
    returned: int = 0
    is_released: bool = False
    pending: int = 0  # what is left of it in the creator's pending balance
    dispute: str = ""
    set_aside: tuple[int, int] = (0, 0)

    @property
    def is_paid(self) -> bool:
        return self.state == "captured"

    def fee_back(self, more: int) -> int:
        """Tell what of the fee comes back with a further return."""

        def part(amount: int) -> int:
            exact = Decimal(fee_of(self.purpose, self.amount)) * amount / self.amount
            return int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))

        return part(self.returned + more) - part(self.returned)


@dataclass
class Model:
    """All balances, by rules of its own."""

    balances: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    deals: list[Deal] = field(default_factory=list)
    stock: int = STOCK

    def capture(self, deal: Deal) -> None:
        deal.state = "captured"
        if deal.creator is None:
            self.balances["buyer", deal.buyer, "coins"] += deal.amount
            return
        deal.pending = deal.amount - fee_of(deal.purpose, deal.amount)
        self.balances["creator", deal.creator, "pending"] += deal.pending

    def take_back(self, deal: Deal, amount: int) -> int:
        """Take an amount from the creator; tell how much of the fee goes back."""
        assert deal.creator is not None
        fee = deal.fee_back(amount)
        rest = amount - fee
        of_pending = 0 if deal.is_released else min(deal.pending, rest)
        deal.pending -= of_pending
        self.balances["creator", deal.creator, "pending"] -= of_pending
        self.balances["creator", deal.creator, "available"] -= rest - of_pending
        return fee

    def give_again(self, deal: Deal, rest: int) -> None:
        assert deal.creator is not None
        if deal.is_released:
            self.balances["creator", deal.creator, "available"] += rest
        else:
            deal.pending += rest
            self.balances["creator", deal.creator, "pending"] += rest

    def release(self) -> None:
        for deal in self.deals:
            if deal.is_paid and deal.creator is not None and not deal.is_released:
                deal.is_released = True
                self.balances["creator", deal.creator, "pending"] -= deal.pending
                self.balances["creator", deal.creator, "available"] += deal.pending
                deal.pending = 0


class MoneyMachine(RuleBasedStateMachine):
    """What people and the provider do."""

    @initialize()
    def open(self) -> None:
        self.model = Model()
        self.creators: list[User] = [make_user() for _ in range(CREATORS)]
        self.buyers: list[User] = [make_user() for _ in range(BUYERS)]
        for creator in self.creators:
            make_payout_account(creator)
        self.products = [
            make_product(creator, kind="service", price=PRICE, stock=STOCK) for creator in self.creators[:1]
        ]
        self.posts = [new_id() for _ in range(CREATORS)]
        self.tiers = [make_tier(creator, TIER_PRICE) for creator in self.creators]
        self.subscriptions: dict[tuple[int, int], uuid.UUID] = {}
        self.payouts: list[tuple[uuid.UUID, int, int]] = []

    def teardown(self) -> None:
        for model in [*apps.get_app_config("payments").get_models()]:
            rows = model._default_manager.all()
            rows._raw_delete(rows.db)

    # --- paying -----------------------------------------------------------------------------------

    @rule(buyer=buyers, creator=creators, amount=amounts.filter(lambda value: value <= 50_000))
    def tip(self, buyer: int, creator: int, amount: int) -> None:
        deal = Deal(new_id(), "tip", buyer, creator, amount)
        send_tip(
            on_behalf_of(self.buyers[buyer].pk),
            payment_id=deal.id,
            target_id=self.creators[creator].pk,
            amount=Money(amount, "USD"),
            note="",
        )
        self.model.deals.append(deal)

    @rule(buyer=buyers)
    def buy_coins(self, buyer: int) -> None:
        deal = Deal(new_id(), "coins", buyer, None, 500)
        buy_coins(on_behalf_of(self.buyers[buyer].pk), payment_id=deal.id, pack="coins_500")
        self.model.deals.append(deal)

    @rule(buyer=buyers, creator=creators)
    def buy_post(self, buyer: int, creator: int) -> None:
        deal = Deal(new_id(), "post", buyer, creator, POST_PRICE, self.posts[creator])
        other = [
            each
            for each in self.model.deals
            if (each.purpose, each.buyer, each.thing_id) == ("post", buyer, deal.thing_id)
            and (
                each.state in ("created", "approved", "declined")
                or (each.is_paid and each.returned < each.amount)
            )
            and each.dispute != "lost"
        ]
        refusal = self._refusal(
            lambda: buy_post(
                on_behalf_of(self.buyers[buyer].pk),
                payment_id=deal.id,
                post_id=self.posts[creator],
                author_id=self.creators[creator].pk,
                price=Money(POST_PRICE, "USD"),
            )
        )
        assert (refusal is not None) == bool(other), refusal
        if refusal is None:
            self.model.deals.append(deal)

    @rule(buyer=buyers, quantity=st.integers(1, 2))
    def order(self, buyer: int, quantity: int) -> None:
        [product] = self.products
        deal = Deal(new_id(), "order", buyer, 0, PRICE * quantity, product.pk)
        refusal = self._refusal(
            lambda: place_order(
                on_behalf_of(self.buyers[buyer].pk),
                order_id=deal.id,
                lines=[Wanted(product_id=product.pk, quantity=quantity)],
                discount_code="",
                address=None,
                note="",
            )
        )
        assert refusal == (None if self.model.stock >= quantity else "out_of_stock")
        if refusal is None:
            self.model.stock -= quantity
            self.model.deals.append(deal)

    @rule(data=st.data(), approves=st.booleans())
    def decide(self, data: st.DataObject, approves: bool) -> None:
        deal = self._draw(data, "created")
        if deal is None:
            return
        decide(str(Payment.objects.get(pk=deal.id).order_id), approves=approves)
        deal.state = "approved" if approves else "declined"

    @rule(data=st.data())
    def capture(self, data: st.DataObject) -> None:
        deal = self._draw(data, "created", "approved", "declined", "captured", "failed")
        if deal is None:
            return
        refusal = self._refusal(
            lambda: capture_payment(on_behalf_of(self.buyers[deal.buyer].pk), payment_id=deal.id)
        )
        if deal.state == "approved":
            self.model.capture(deal)
        elif deal.state == "declined":
            self._fail(deal)
        expected = {"created": "payment_not_approved", "captured": None, "failed": "payment_over"}
        assert refusal == expected[deal.state], deal

    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        """Hear of a payment by a webhook, or by the reconciler: both ask the provider."""
        deal = self._draw(data, "created", "approved", "declined", "captured", "failed")
        if deal is None:
            return
        refresh_payment(deal.id)
        if deal.state == "approved":
            self.model.capture(deal)
        elif deal.state == "declined":
            self._fail(deal)

    # --- giving back ------------------------------------------------------------------------------

    @rule(data=st.data(), share=st.sampled_from([1, 2, 3, 7]))
    def refund(self, data: st.DataObject, share: int) -> None:
        deal = self._draw(data, "captured")
        if deal is None or deal.creator is None:
            return
        seller = self.creators[deal.creator]
        amount = max(1, deal.amount // share)
        refusal = self._refusal(
            lambda: refund_payment(
                on_behalf_of(seller.pk),
                refund_id=new_id(),
                payment_id=deal.id,
                amount=Money(amount, "USD"),
                reason="",
            )
        )
        is_left = deal.returned + amount <= deal.amount and deal.dispute in ("", "won")
        assert refusal == (None if is_left else "nothing_to_refund")
        if is_left:
            self.model.take_back(deal, amount)
            deal.returned += amount
            self._give_stock_again(deal)

    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        deal = self._draw(data, "captured")
        if deal is None or deal.creator is None or deal.dispute or deal.returned == deal.amount:
            return
        open_dispute(str(Payment.objects.get(pk=deal.id).capture_id))
        reconcile_disputes(timezone.now())
        amount = deal.amount - deal.returned
        fee = self.model.take_back(deal, amount)
        deal.dispute, deal.set_aside = "open", (amount, amount - fee)

    @rule(data=st.data(), won=st.booleans())
    def decide_dispute(self, data: st.DataObject, won: bool) -> None:
        disputed = [deal for deal in self.model.deals if deal.dispute == "open"]
        if not disputed:
            return
        deal = data.draw(st.sampled_from(disputed))
        capture_id = Payment.objects.get(pk=deal.id).capture_id
        [record] = [
            record
            for record in SandboxRecord.objects.filter(kind="dispute")
            if record.document["capture_id"] == capture_id
        ]
        resolve_dispute(record.key, won=won)
        reconcile_disputes(timezone.now())
        deal.dispute = "won" if won else "lost"
        if won:
            self.model.give_again(deal, deal.set_aside[1])
        else:
            self._give_stock_again(deal)

    @rule(data=st.data())
    def cancel_order(self, data: st.DataObject) -> None:
        orders = [deal for deal in self.model.deals if deal.purpose == "order" and deal.state == "created"]
        if not orders:
            return
        deal = data.draw(st.sampled_from(orders))
        cancel_order(on_behalf_of(self.buyers[deal.buyer].pk), order_id=deal.id)
        self._fail(deal)

    # --- what is earned ---------------------------------------------------------------------------

    @rule()
    def a_week_goes_by(self) -> None:
        release_due(timezone.now() + dt.timedelta(days=8))
        self.model.release()

    @rule(buyer=buyers, creator=creators, quantity=st.integers(1, 30))
    def gift(self, buyer: int, creator: int, quantity: int) -> None:
        cost = 10 * quantity
        deal = Deal(new_id(), "gift", buyer, creator, cost)
        refusal = self._refusal(
            lambda: send_gift(
                on_behalf_of(self.buyers[buyer].pk),
                gift_id=deal.id,
                target_id=self.creators[creator].pk,
                gift="heart",
                quantity=quantity,
                note="",
            )
        )
        has = self.model.balances["buyer", buyer, "coins"]
        assert refusal == (None if has >= cost else "insufficient_funds")
        if refusal is None:
            self.model.balances["buyer", buyer, "coins"] -= cost
            self.model.capture(deal)
            deal.state = "given"
            self.model.deals.append(deal)

    @rule(creator=creators)
    def ask_for_payout(self, creator: int) -> None:
        payout_id = new_id()
        available = self.model.balances["creator", creator, "available"]
        refusal = self._refusal(
            lambda: request_payout(on_behalf_of(self.creators[creator].pk), payout_id=payout_id)
        )
        assert refusal == (None if available >= 2_000 else "insufficient_funds"), available
        if refusal is None:
            self.model.balances["creator", creator, "available"] = 0
            self.model.balances["creator", creator, "reserved"] += available
            self.payouts.append((payout_id, creator, available))

    @precondition(lambda self: bool(self.payouts))
    @rule()
    def pay_out(self) -> None:
        pay_out(timezone.now())
        pay_out(timezone.now() + dt.timedelta(hours=2))
        for payout_id, creator, amount in self.payouts:
            assert Payout.objects.get(pk=payout_id).state == "settled"
            self.model.balances["creator", creator, "reserved"] -= amount
        self.payouts.clear()

    # --- subscriptions ----------------------------------------------------------------------------

    @rule(buyer=buyers, creator=creators)
    def subscribe_or_renew(self, buyer: int, creator: int) -> None:
        key = (buyer, creator)
        if key in self.subscriptions:
            subscription = renew(self.subscriptions[key])
        else:
            subscription = make_subscription(self.buyers[buyer], self.tiers[creator])
            self.subscriptions[key] = subscription.pk
        payment = Payment.objects.filter(thing_id=subscription.pk).order_by("-id")[0]
        deal = Deal(payment.pk, "subscription", buyer, creator, TIER_PRICE, subscription.pk)
        self.model.capture(deal)
        self.model.deals.append(deal)

    # --- what is always true ----------------------------------------------------------------------

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        if not hasattr(self, "model"):
            return
        found: Counter[tuple[str, int, str]] = Counter()
        people = {person.pk: ("creator", place) for place, person in enumerate(self.creators)}
        people |= {person.pk: ("buyer", place) for place, person in enumerate(self.buyers)}
        total = 0
        for owner_id, kind, balance in LedgerAccount.objects.values_list("owner_id", "kind", "balance"):
            total += balance
            if owner_id in people:
                found[*people[owner_id], kind] += balance
        assert +found - +self.model.balances == Counter() == +self.model.balances - +found
        assert -found - -self.model.balances == Counter() == -self.model.balances - -found
        assert total == 0

    @invariant()
    def the_stock_is_that_of_the_model(self) -> None:
        if hasattr(self, "model"):
            assert Product.objects.values_list("stock", flat=True).get() == self.model.stock

    @invariant()
    def who_paid_sees_what_they_paid_for(self) -> None:
        if not hasattr(self, "model"):
            return
        for place, buyer in enumerate(self.buyers):
            paid = {
                (EntitlementKind.POST, deal.thing_id)
                for deal in self.model.deals
                if (deal.purpose, deal.buyer) == ("post", place)
                and deal.is_paid
                and deal.returned < deal.amount
                and deal.dispute != "lost"
            }
            assert entitled(buyer.pk, self.posts) == paid

    def _draw(self, data: st.DataObject, *states: str) -> Deal | None:
        found = [
            deal
            for deal in self.model.deals
            if deal.state in states and deal.purpose not in ("gift", "subscription")
        ]
        return data.draw(st.sampled_from(found)) if found else None

    def _fail(self, deal: Deal) -> None:
        deal.state = "failed"
        if deal.purpose == "order":
            self.model.stock += deal.amount // PRICE

    def _give_stock_again(self, deal: Deal) -> None:
        """What was not sent goes back on sale when all of its money went back."""

    def _refusal(self, act: Any) -> str | None:
        try:
            act()
        except Problem as problem:
            return problem.code
        return None


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_money_is_what_the_model_says(part: int) -> None:
    machine = type(f"MoneyMachine{part}", (MoneyMachine,), {})  # each part is derandomised by its own name
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert check_ledger().faults == []
