"""Many who tip, buy, give, send back and are paid out at once: no cent appears or vanishes."""

import contextlib
import datetime as dt
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from grover.core.db import atomic, is_transient
from grover.core.errors import Problem
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.coins import buy_coins
from payments.actions.gifts import send_gift
from payments.actions.holds import release_due
from payments.actions.payout_batches import pay_out
from payments.actions.payouts import request_payout
from payments.actions.reconciling import reconcile
from payments.actions.refunds import refund_payment
from payments.cards.money import Money
from payments.enums import BOUGHT, AccountKind, OrderState
from payments.models import Discount, LedgerAccount, Order, OrderLine, Payment, Product
from payments.selectors.ledger import NEVER_OWING, check_ledger
from tests.factories.accounts import make_user
from tests.factories.market import make_discount, make_order, make_product
from tests.factories.payments import make_tip, pay
from tests.factories.wallet import give_coins, give_money, make_payout_account
from tests.sizes import size

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = size(short=5, whole=60)
MOST_WORKERS = size(short=8, whole=32)
STOCK, CODES = 40, 10


@dataclass
class Bank:
    """Creators who earn, buyers who pay, one product that runs out and one code that does."""

    creators: list[User]
    buyers: list[User]
    product: Product
    code: Discount

    @classmethod
    def opened(cls) -> "Bank":
        creators, buyers = [make_user() for _ in range(3)], [make_user() for _ in range(6)]
        for creator in creators:
            make_payout_account(creator)
            give_money(creator, 10_000)
        for buyer in buyers:
            give_coins(buyer, 5_000)
        product = make_product(creators[0], kind="service", stock=STOCK)
        return cls(creators, buyers, product, make_discount(creators[0], max_uses=CODES))

    def tip(self, dice: random.Random) -> None:
        pay(make_tip(dice.choice(self.buyers), dice.choice(self.creators), dice.choice([500, 999, 1_000])).pk)

    def order(self, dice: random.Random) -> None:
        code = self.code.code if dice.random() < 0.5 else ""
        order = make_order(dice.choice(self.buyers), self.product, address=None, discount_code=code)
        if dice.random() < 0.8:
            pay(order.pk)

    def buy_coins(self, dice: random.Random) -> None:
        payment_id = new_id()
        buy_coins(on_behalf_of(dice.choice(self.buyers).pk), payment_id=payment_id, pack="coins_500")
        pay(payment_id)

    def gift(self, dice: random.Random) -> None:
        send_gift(
            on_behalf_of(dice.choice(self.buyers).pk),
            gift_id=new_id(),
            target_id=dice.choice(self.creators).pk,
            gift="heart",
            quantity=dice.randrange(1, 60),
            note="",
        )

    def refund(self, dice: random.Random) -> None:
        paid = Payment.objects.exclude(payee_id=None).exclude(capture_id=None).order_by("-id")[:20]
        payment = dice.choice(list(paid) or [None])
        if payment is not None and payment.payee_id is not None:
            refund_payment(
                on_behalf_of(payment.payee_id),
                refund_id=new_id(),
                payment_id=payment.pk,
                amount=Money(dice.choice([1, 100, payment.amount]), "USD"),
                reason="",
            )

    def release(self, dice: random.Random) -> None:
        release_due(timezone.now() + dt.timedelta(days=8))

    def pay_out(self, dice: random.Random) -> None:
        request_payout(on_behalf_of(dice.choice(self.creators).pk), payout_id=new_id())
        pay_out(timezone.now())

    def settle(self, dice: random.Random) -> None:
        pay_out(timezone.now() + dt.timedelta(hours=1))
        reconcile(timezone.now())


WORK: list[Callable[[Bank, random.Random], None]] = [
    Bank.tip,
    Bank.tip,
    Bank.order,
    Bank.buy_coins,
    Bank.gift,
    Bank.gift,
    Bank.refund,
    Bank.release,
    Bank.pay_out,
    Bank.settle,
]


@atomic
def read_all() -> tuple[int, list[tuple[uuid.UUID, str, int]]]:
    """Read every balance at one moment: their sum, and those below zero that may not be."""
    rows = list(LedgerAccount.objects.values_list("owner_id", "kind", "balance"))
    return sum(balance for *_, balance in rows), [row for row in rows if row[1] in NEVER_OWING and row[2] < 0]


def test_however_many_work_at_once_money_is_kept() -> None:
    bank, over = Bank.opened(), threading.Event()
    workers = MOST_WORKERS if connection.vendor != "sqlite" else 4
    done: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    strange: list[Exception] = []

    def work(number: int) -> None:
        dice = random.Random(number)
        while not over.is_set():
            job = dice.choice(WORK)
            try:
                with contextlib.suppress(Problem):  # there is not enough of something
                    job(bank, dice)
                    done[job.__name__] += 1
            except Exception as error:
                if is_transient(error):  # it lost to others for half a minute, and left nothing
                    lost[job.__name__] += 1
                    continue
                strange.append(error)
                over.set()
            finally:
                connections.close_all()  # there may be fewer than workers

    def look() -> int:
        reads = 0
        while not over.is_set():
            assert read_all() == (0, [])
            reads += 1
            over.wait(0.05)
        connections.close_all()
        return reads

    with ThreadPoolExecutor(workers + 1) as pool:
        reading = pool.submit(look)
        working = [pool.submit(work, number) for number in range(workers)]
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and not reading.done() and not over.is_set():
            over.wait(0.1)
        over.set()
        reads = reading.result()
        for future in working:
            future.result()

    assert strange == []
    assert lost.total() * 20 <= done.total(), (lost, done)
    assert reads > 5
    assert set(done) == {job.__name__ for job in WORK}, done
    check_end(bank)


def check_end(bank: Bank) -> None:
    """Let all come to rest, and count what was sold."""
    for hours in (1, 2, 3):
        reconcile(timezone.now() + dt.timedelta(hours=hours))
        pay_out(timezone.now() + dt.timedelta(hours=hours))
    report = check_ledger()
    assert report.faults == []
    assert read_all() == (0, [])
    refunds_in_transit = LedgerAccount.objects.filter(kind=AccountKind.REFUNDS)
    assert sum(refunds_in_transit.values_list("balance", flat=True)) == 0

    bank.product.refresh_from_db()
    bank.code.refresh_from_db()
    taken = Order.objects.filter(state__in=[*BOUGHT, OrderState.PENDING])
    given_back = Order.objects.filter(state=OrderState.REFUNDED)
    sold = OrderLine.objects.filter(order__in=[order.pk for order in taken]).count()
    assert bank.product.stock is not None
    assert 0 <= bank.product.stock <= STOCK - sold
    assert bank.product.stock >= STOCK - sold - given_back.count()
    assert bank.code.uses <= CODES
