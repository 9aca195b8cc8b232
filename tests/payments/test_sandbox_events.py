"""The webhooks of the sandbox: signed, known again, sent to a real server, and refused when touched."""

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from grover.core import encoding
from grover.core.jobs import sweep_outbox
from grover.core.models import JobState, OutboxJob
from payments.enums import PaymentState
from payments.models import Payment, WebhookEvent
from payments.providers.base import About, SeenEvent, SignatureInvalid
from payments.providers.sandbox.events import send_event, sign, signed_event
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.records import SandboxRecord
from tests.factories.accounts import make_user
from tests.factories.payments import approve, make_tip
from tests.factories.sandbox import make_order

pytestmark = pytest.mark.django_db

START = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)


def make_event(now: dt.datetime = START) -> tuple[str, dict[str, str], bytes]:
    """Have the sandbox tell of an order at a moment; give the event as it is sent."""
    with time_machine.travel(now, tick=False):
        decide(make_order(reference="our-payment").id, approves=True)
    key = SandboxRecord.objects.get(kind="event").key
    return key, *signed_event(key)


# --- Signatures ----------------------------------------------------------------------------------


def test_an_event_is_signed_and_read() -> None:
    key, headers, body = make_event()
    order = SandboxRecord.objects.get(kind="order")

    with time_machine.travel(START + dt.timedelta(days=3), tick=False):
        seen = Sandbox().read_event(headers, body)

    assert seen == SeenEvent(
        id=key,
        type="order.approved",
        about=About.ORDER,
        thing_id=order.key,
        reference="our-payment",
        happened_at=START,
        body=encoding.loads(body),
    )
    assert signed_event(key) == (headers, body)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b""),
        ({"sandbox-signature": ""}, b""),
        ({"sandbox-signature": "0" * 64}, b""),
        ({"sandbox-signature": "é"}, b""),
        ({"sandbox-event-time": (START + dt.timedelta(seconds=1)).isoformat()}, b""),
        ({"sandbox-event-time": "é"}, b""),
        ({}, b" "),
    ],
)
def test_what_was_touched_is_refused(headers: dict[str, str], body: bytes) -> None:
    _, signed, content = make_event()
    if not headers and not body:
        signed = {}

    with time_machine.travel(START, tick=False), pytest.raises(SignatureInvalid):
        Sandbox().read_event({**signed, **headers}, content + body)


def test_a_signature_is_of_this_server(settings: Any) -> None:
    _, headers, body = make_event()
    settings.SECRET_KEY = "another" * 10

    with time_machine.travel(START, tick=False), pytest.raises(SignatureInvalid):
        Sandbox().read_event(headers, body)


@pytest.mark.parametrize("late", [dt.timedelta(days=3, seconds=1), dt.timedelta(minutes=-6)])
def test_an_event_of_another_time_is_refused(late: dt.timedelta) -> None:
    _, headers, body = make_event()

    with time_machine.travel(START + late, tick=False), pytest.raises(SignatureInvalid):
        Sandbox().read_event(headers, body)


def test_the_moment_cannot_be_moved_into_the_body() -> None:
    _, headers, body = make_event()
    moment = headers["sandbox-event-time"]

    assert sign(moment, body) != sign(moment[:-1], moment[-1:].encode() + body)


# --- Sending -------------------------------------------------------------------------------------


class Listener:
    """A server that writes down what it is sent, and answers with a status."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.received.append((headers, body))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    made = Listener()
    settings.SANDBOX_WEBHOOK_URL = made.url
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_an_event_is_sent_after_the_commit(listener: Listener) -> None:
    decide(make_order().id, approves=True)

    [(headers, body)] = listener.received
    assert Sandbox().read_event(headers, body).type == "order.approved"
    assert headers["content-type"] == "application/json"
    assert OutboxJob.objects.count() == 0


def test_an_event_that_is_not_taken_is_sent_again(listener: Listener) -> None:
    listener.status = 500
    decide(make_order().id, approves=True)
    job = OutboxJob.objects.get()
    assert (job.name, job.state, job.attempts) == ("payments.tasks.send_sandbox_event", JobState.WAITING, 1)

    listener.status = 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1), tick=False):
        sweep_outbox(timezone.now())

    assert OutboxJob.objects.count() == 0
    first, second = (Sandbox().read_event(*received) for received in listener.received)
    assert first == second


def test_nothing_is_lost_while_nobody_listens(listener: Listener, settings: Any) -> None:
    settings.SANDBOX_WEBHOOK_URL = "http://127.0.0.1:9/hook"

    decide(make_order().id, approves=True)

    assert OutboxJob.objects.get().last_error == "ProviderUnavailable"


def test_nothing_is_sent_without_an_address(settings: Any) -> None:
    key, _, _ = make_event()

    send_event(key)

    assert OutboxJob.objects.count() == 0


def test_events_bring_a_payment_to_its_end(listener: Listener, client: Any) -> None:
    payment = make_tip(make_user(), make_user())
    approve(payment.pk)
    while listener.received:
        headers, body = listener.received.pop(0)
        names = {name: value for name, value in headers.items() if name.startswith("sandbox-")}
        for _ in range(2):
            answer = client.post(
                "/api/v1/webhooks/sandbox", body, content_type="application/json", headers=names
            )
            assert (answer.status_code, answer.content) == (200, b"")

    assert Payment.objects.get().state == PaymentState.CAPTURED
    types = sorted(WebhookEvent.objects.values_list("type", flat=True))
    assert types == ["capture.completed", "order.approved"]
