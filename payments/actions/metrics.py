"""How payments go, in numbers; counted once the transaction has committed."""

from typing import Literal

from prometheus_client import Counter

from grover.core.db import on_commit
from payments.enums import PaymentState, Purpose
from payments.models import Payment

_states = Counter("grover_payments", "Payments that came to a state", ["purpose", "state"])
_money = Counter("grover_money_minor_units", "Money that went in or out", ["flow", "currency"])
_frozen = Counter("grover_payments_frozen", "Payments frozen, by what was wrong", ["reason"])

for _purpose in Purpose:  # each is 0 until its first, so that a rate is known from the start
    for _state in PaymentState:
        _states.labels(_purpose.value, _state.value)


def count_state(payment: Payment) -> None:
    """Count that a payment came to its state."""
    labels = _states.labels(payment.purpose, payment.state)
    on_commit(labels.inc)


def count_money(flow: Literal["taken", "refunded", "paid_out"], amount: int, currency: str) -> None:
    """Count money that moved between us and the world."""
    labels = _money.labels(flow, currency)
    on_commit(lambda: labels.inc(amount))


def count_frozen(reason: str) -> None:
    """Count a payment that was frozen."""
    on_commit(_frozen.labels(reason).inc)
