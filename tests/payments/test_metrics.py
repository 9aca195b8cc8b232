"""What is counted of money, and what somebody is woken for."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from prometheus_client import REGISTRY

from grover.operations import metrics
from payments.actions.checks import check_own_books
from payments.actions.refunds import refund_as_staff
from payments.models import Hold
from tests.factories.accounts import make_user
from tests.factories.payments import make_paid_tip

pytestmark = pytest.mark.django_db(transaction=True)


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_money_and_states_are_counted() -> None:
    captured = {"purpose": "tip", "state": "captured"}
    taken, refunded = {"flow": "taken", "currency": "USD"}, {"flow": "refunded", "currency": "USD"}
    before = [
        value("grover_payments_total", **captured),
        value("grover_money_minor_units_total", **taken),
        value("grover_money_minor_units_total", **refunded),
    ]

    payment = make_paid_tip(make_user(), make_user(), 1_000)
    refund_as_staff(
        refund_id=payment.pk,
        payment_id=payment.pk,
        amount=None,
        reason="",
        staff_id=make_user(is_staff=True).pk,
    )

    after = [
        value("grover_payments_total", **captured),
        value("grover_money_minor_units_total", **taken),
        value("grover_money_minor_units_total", **refunded),
    ]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1_000, 1_000]


def test_a_ledger_that_does_not_balance_is_in_the_metrics(client: Client) -> None:
    make_paid_tip(make_user(), make_user())
    Hold.objects.update(amount=1)
    check_own_books()
    metrics.forget_everything()

    lines = client.get("/metrics").content.decode().splitlines()

    assert 'grover_money_faults{check="ledger"} 1.0' in lines
    assert "grover_frozen_payments 0.0" in lines


def test_every_rule_asks_for_a_metric_that_there_is(client: Client) -> None:
    check_own_books()
    metrics.forget_everything()
    shown = client.get("/metrics").content.decode()
    rules: list[dict[str, Any]] = [
        rule
        for group in yaml.safe_load((settings.BASE_DIR / "deploy/alerts.yml").read_text())["groups"]
        for rule in group["rules"]
    ]

    asked = {rule["alert"]: _metrics_in(rule["expr"]) for rule in rules}

    assert asked["MoneyDoesNotAddUp"] == ["grover_money_faults"]
    assert all(asked.values())
    assert [name for found in asked.values() for name in found if f"\n{name}" not in shown] == []


def _metrics_in(expression: str) -> list[str]:
    return re.findall(r"grover_\w+", expression)
