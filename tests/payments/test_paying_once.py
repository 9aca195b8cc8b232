"""The same request to pay, sent many times at once, again, otherwise, and by a process that died."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from grover.core import idempotency
from grover.core.models import IdempotentRequest
from payments.models import Payment
from payments.providers.sandbox.records import SandboxRecord
from tests.factories.accounts import make_user
from tests.payments.crashes import Crash, counted_commits
from tests.sizes import size

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50
ROUNDS = size(short=5, whole=200)
TIP = {"amount": {"value": 500, "currency": "USD"}}

Api = Callable[..., Any]


def test_identical_requests_at_once_make_one_payment(api: Api) -> None:
    make_user("ada")
    buyer = make_user("bob")
    clients = [api(buyer) for _ in range(AT_ONCE)]
    barrier = threading.Barrier(AT_ONCE)

    def tip(number: int, key: str) -> Any:
        barrier.wait(timeout=60)
        try:
            return clients[number].post("users/@ada/tips", json=TIP, **{"Idempotency-Key": key})
        finally:
            connections.close_all()  # there are fewer than threads

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for turn in range(ROUNDS):
            key = f"round-{turn}"
            answers = list(pool.map(tip, range(AT_ONCE), [key] * AT_ONCE))

            told = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
            assert set(told) <= {(201, None), (409, "idempotency_in_progress")}, told
            made = {answer.content for answer in answers if answer.status_code == 201}
            assert len(made) == 1
            assert Payment.objects.count() == turn + 1
            again = clients[0].post("users/@ada/tips", json=TIP, **{"Idempotency-Key": key})
            assert {again.content} == made
    assert SandboxRecord.objects.filter(kind="order").count() == ROUNDS


def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    make_user("ada")
    buyer = api(make_user("bob"))
    key = {"Idempotency-Key": "k"}
    buyer.post("users/@ada/tips", json=TIP, **key)

    other = buyer.post("users/@ada/tips", json={"amount": {"value": 501, "currency": "USD"}}, **key)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Payment.objects.count() == 1


def test_a_key_is_needed_to_pay(api: Api) -> None:
    make_user("ada")

    answer = api(make_user("bob")).post("users/@ada/tips", json=TIP)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert Payment.objects.count() == 0


def test_a_process_that_dies_at_any_commit_leaves_one_payment_to_who_asks_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user("ada")
    buyer = api(make_user("bob"))

    def tip(key: str) -> Any:
        return buyer.post("users/@ada/tips", json=TIP, **{"Idempotency-Key": key})

    with counted_commits(monkeypatch) as commits:
        tip("undisturbed")
        commit_count = commits.count
        for dies_after in range(1, commit_count + 1):
            key = f"{uuid.uuid4()}"
            before = Payment.objects.count()
            commits.count, commits.dies_after = 0, dies_after
            with pytest.raises(Crash):
                tip(key)
            commits.dies_after = 0

            with time_machine.travel(timezone.now() + idempotency.CLAIM_LASTS, tick=True):
                answers = [tip(key), tip(key)]

            assert [answer.status_code for answer in answers] == [201, 201], dies_after
            assert answers[0].content == answers[1].content
            assert answers[0].json()["approve_url"]
            assert Payment.objects.count() == before + 1
    assert commit_count >= 4
    assert IdempotentRequest.objects.filter(answer="").count() == 0
