"""What paying costs: beginning a payment, taking its money, the wallet, and the locks of a page of posts.

The sandbox takes the money, so what is measured is ours alone: a real provider adds its own time to the
first two.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from bench import servers
from bench.compare import Measured, measure_loop, measure_once_each
from bench.costs import Call, Cost, ReadCost, cost_of_reads, count
from bench.data import Connection, Person, World
from bench.environment import DATABASE, Services
from bench.load import Generator
from bench.plan import Plan
from bench.report import Table
from bench.requests import request
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.payments import refresh_payment
from payments.actions.tips import send_tip
from payments.cards.money import Money
from payments.models import Payment
from payments.providers.sandbox.orders import decide

TIP = {"amount": {"value": 500, "currency": "USD"}}
PAGES, EXPLAINED = 60, 10
LONG_WALLET = 200
DEVELOPMENT = {"ENVIRONMENT": "development", "PAYMENT_PROVIDER": "sandbox"}


@dataclass(frozen=True, slots=True)
class Result:
    """How fast one worker is, what each costs, and what locks add to a page."""

    measured: Sequence[tuple[str, Measured, Cost]]
    wallet_costs: tuple[Cost, Cost]
    free: ReadCost
    locked: ReadCost

    @property
    def lock_ratio(self) -> float:
        """How many times as long a page takes when all its posts are locked."""
        return self.locked.request_ms / self.free.request_ms

    def tables(self) -> list[Table]:
        """Show it."""
        paying = Table("Money", ("", "requests/s", "p50 ms", "p99 ms", "CPU ms", "queries"))
        for name, one, cost in self.measured:
            paying.rows.append((name, one.rate, one.p50, one.p99, one.cpu_ms, cost.queries))
        few, many = self.wallet_costs
        costs = Table("What money costs", ("", "queries", "p50 ms, nothing kept"))
        costs.rows += [
            ("wallet of nobody's money", few.queries, ""),
            (f"wallet after {LONG_WALLET:,} tips", many.queries, ""),
            ("page of 20 free posts", self.free.queries, self.free.request_ms),
            ("page of 20 locked posts", self.locked.queries, self.locked.request_ms),
        ]
        return [paying, costs]


def measure_money(
    services: Services, load: Generator, world: World, connection: Connection, plan: Plan
) -> Result:
    """Measure paying with one worker, then what the locks of a page cost."""
    settings.PAYMENT_PROVIDER, settings.SANDBOX_WEBHOOK_URL = "sandbox", ""
    payers, payees = world.people[: len(world.people) // 2], world.people[len(world.people) // 2 :]
    dice = random.Random(7)
    few = count(_wallet(payees[0]))
    for _ in range(LONG_WALLET):
        refresh_payment(_begin(dice.choice(payers), payees[0]))
    many = count(_wallet(payees[0]))
    waiting = [_approved(dice.choice(payers), dice.choice(payees)) for _ in range(plan.hot_requests)]
    costs = _costs(payers[0], payees[1])
    with servers.grover({**services.settings(DATABASE), **DEVELOPMENT}) as server:
        tips = [_tip(dice.choice(payers), dice.choice(payees)) for _ in range(20_000)]
        load.at(server.port).once_each(tips[: plan.warm_ups], connections=plan.connections)
        begun = measure_loop(server, load, tips[plan.warm_ups :], plan)
        captured = measure_once_each(server, load, [_capture(*one) for one in waiting], plan)
        wallets = [request(dice.choice(payees), "GET", "/me/wallet") for _ in range(1_000)]
        read = measure_loop(server, load, wallets, plan)
    measured = [
        ("begin a tip", begun, costs[0]),
        ("take its money", captured, costs[1]),
        ("wallet", read, many),
    ]
    return Result(measured, (few, many), *_measure_locks(world, connection))


def _costs(payer: Person, payee: Person) -> tuple[Cost, Cost]:
    begun = count(Call(payer, "POST", f"/users/{payee.id}/tips", TIP, key=str(new_id())))
    _, payment_id = _approved(payer, payee)
    return begun, count(Call(payer, "POST", f"/payments/{payment_id}/capture"))


def _measure_locks(world: World, connection: Connection) -> tuple[ReadCost, ReadCost]:
    """Read the same pages twice, the second time with a price on each post."""
    reader = world.people[0]
    authors = [person for person in world.people[1:] if not person.is_private][:PAGES]
    pages = [Call(reader, "GET", f"/users/{author.id}/posts") for author in authors]
    free = cost_of_reads(pages, explained=EXPLAINED)
    ids = [author.id for author in authors]
    connection.execute(
        "UPDATE content_post SET price = 300, currency = 'USD' WHERE author_id = ANY(%s)", [ids]
    )
    locked = cost_of_reads(pages, explained=EXPLAINED)
    connection.execute("UPDATE content_post SET price = NULL, currency = '' WHERE author_id = ANY(%s)", [ids])
    return free, locked


def _begin(payer: Person, payee: Person) -> uuid.UUID:
    payment_id = new_id()
    send_tip(
        on_behalf_of(payer.id),
        payment_id=payment_id,
        target_id=payee.id,
        amount=Money(500, "USD"),
        note="",
    )
    decide(str(Payment.objects.get(pk=payment_id).order_id), approves=True)
    return payment_id


def _approved(payer: Person, payee: Person) -> tuple[Person, uuid.UUID]:
    return payer, _begin(payer, payee)


def _tip(payer: Person, payee: Person) -> bytes:
    return request(payer, "POST", f"/users/{payee.id}/tips", TIP, key=str(new_id()))


def _capture(payer: Person, payment_id: uuid.UUID) -> bytes:
    return request(payer, "POST", f"/payments/{payment_id}/capture")


def _wallet(person: Person) -> Call:
    return Call(person, "GET", "/me/wallet")
