"""Webhooks of PayPal: whose signature is believed, and what they are read as."""

import datetime as dt
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from grover.core.providers import ProviderUnavailable
from payments.providers.base import About, SeenEvent, SignatureInvalid
from payments.providers.paypal import PayPal, trust
from payments.providers.paypal.certificates import Certificates, check_address
from tests.payments.drivers import paypal_at
from tests.payments.paypal.authority import Authority, signed_headers
from tests.payments.paypal.server import PayPalServer
from tests.payments.paypal.state import WEBHOOK_ID

A_MINUTE, A_DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
SANDBOX_NAME = "messageverificationcerts.sandbox.paypal.com"
EVENT: dict[str, Any] = {
    "id": "WH-1",
    "event_type": "CHECKOUT.ORDER.APPROVED",
    "create_time": "2026-03-01T12:00:00.123Z",
    "resource": {"id": "ORDER1", "purchase_units": [{"custom_id": "payment-1"}]},
}


@pytest.fixture
def provider(paypal: PayPalServer) -> Any:
    made = paypal_at(paypal)
    yield made
    made.close()


def certificate_url(server: PayPalServer, name: str = "CERT-2026") -> str:
    return f"{server.url}/v1/notifications/certs/{name}"


def sign(
    server: PayPalServer,
    event: Any = EVENT,
    *,
    at: dt.datetime | None = None,
    webhook_id: str = WEBHOOK_ID,
    url: str = "",
) -> tuple[dict[str, str], bytes]:
    """Sign an event as PayPal does, now and at its own address unless told otherwise."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    at = at or dt.datetime.now(dt.UTC)
    return signed_headers(body, at, webhook_id, url or certificate_url(server)), body


def check_refused(provider: PayPal, headers: dict[str, str], body: bytes, why: str | None = None) -> None:
    with pytest.raises(SignatureInvalid, match=why):
        provider.read_event(headers, body)


# --- The signature --------------------------------------------------------------------------------


def test_what_paypal_signed_is_read(paypal: PayPalServer, provider: PayPal) -> None:
    headers, body = sign(paypal)

    assert provider.read_event(headers, body) == SeenEvent(
        id="WH-1",
        type="CHECKOUT.ORDER.APPROVED",
        about=About.ORDER,
        thing_id="ORDER1",
        reference="payment-1",
        happened_at=dt.datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=dt.UTC),
        body=EVENT,
    )


def test_a_webhook_sent_twice_is_as_good(paypal: PayPalServer, provider: PayPal) -> None:
    sent = sign(paypal)

    assert provider.read_event(*sent) == provider.read_event(*sent)


def test_the_certificate_is_asked_for_once(paypal: PayPalServer, provider: PayPal) -> None:
    for number in range(3):
        provider.read_event(*sign(paypal, {**EVENT, "id": f"WH-{number}"}))

    assert paypal.requests == [("certificate", "CERT-2026")]


def test_a_changed_body_is_refused(paypal: PayPalServer, provider: PayPal) -> None:
    headers, body = sign(paypal)

    for changed in (body.replace(b"ORDER1", b"ORDER2"), b""):
        check_refused(provider, headers, changed, why="signature is wrong")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transmission-id", "another"),
        ("transmission-sig", "AAAA"),
        ("transmission-sig", "not base64!"),
        ("transmission-sig", "é"),
        ("auth-algo", "SHA1withRSA"),
        ("auth-algo", "none"),
        ("transmission-time", "yesterday"),
        ("transmission-time", "2026-03-01T12:00:00"),
        ("transmission-time", "0001-01-01T00:00:00+14:00"),
        ("transmission-id", "a" * 3_000),
    ],
)
def test_a_changed_header_is_refused(paypal: PayPalServer, provider: PayPal, name: str, value: str) -> None:
    headers, body = sign(paypal)

    check_refused(provider, {**headers, f"paypal-{name}": value}, body)


@pytest.mark.parametrize(
    "name", ["transmission-id", "transmission-sig", "transmission-time", "auth-algo", "cert-url"]
)
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_missing_header_is_refused(
    paypal: PayPalServer, provider: PayPal, name: str, is_empty: bool
) -> None:
    headers, body = sign(paypal)
    del headers[f"paypal-{name}"]

    check_refused(provider, headers | ({f"paypal-{name}": ""} if is_empty else {}), body)


def test_a_changed_time_breaks_the_signature(paypal: PayPalServer, provider: PayPal) -> None:
    headers, body = sign(paypal)
    moved = (dt.datetime.now(dt.UTC) - A_MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")

    check_refused(provider, {**headers, "paypal-transmission-time": moved}, body)


def test_what_was_sent_to_another_webhook_is_refused(paypal: PayPalServer, provider: PayPal) -> None:
    check_refused(provider, *sign(paypal, webhook_id="WH0SOMEBODY0ELSE"), why="signature is wrong")


def test_without_a_webhook_id_nothing_is_believed(paypal: PayPalServer) -> None:
    check_refused(paypal_at(paypal, webhook_id=""), *sign(paypal, webhook_id=""), why="not set")


@pytest.mark.parametrize(
    ("ago", "is_good"),
    [
        (3 * A_DAY - A_MINUTE, True),
        (3 * A_DAY + A_MINUTE, False),
        (-4 * A_MINUTE, True),
        (-6 * A_MINUTE, False),
    ],
)
def test_webhooks_are_believed_for_three_days(
    paypal: PayPalServer, provider: PayPal, ago: dt.timedelta, is_good: bool
) -> None:
    sent = sign(paypal, at=dt.datetime.now(dt.UTC) - ago)

    if is_good:
        assert provider.read_event(*sent).id == "WH-1"
    else:
        check_refused(provider, *sent, why="just now")


# --- The certificate ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://api.paypal.com.eve.example/v1/notifications/certs/CERT-1",
        "https://eve.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@eve.example/v1/notifications/certs/CERT-1",
        "https://eve.example#api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:port/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/oauth2/token",
        "https://api.paypal.com/v1/notifications/certs/../../oauth2/token",
        "https://api.paypal.com/v1/notifications/certs/",
        "https://api.paypal.com/v1/notifications/certs/CERT%2F1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?to=eve",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "http://127.0.0.1:1/v1/notifications/certs/CERT-1",
        "file:///v1/notifications/certs/CERT-1",
        "//api.paypal.com/v1/notifications/certs/CERT-1",
        "https://[api.paypal.com/v1/notifications/certs/CERT-1",
        "CERT-1",
    ],
)
def test_no_other_host_is_asked_for_a_certificate(paypal: PayPalServer, provider: PayPal, url: str) -> None:
    check_refused(provider, *sign(paypal, url=url), why="at PayPal|no address")

    assert paypal.requests == []


LIVE = "https://api.paypal.com/v1/notifications/certs/CERT-1"
SANDBOX = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"


@pytest.mark.parametrize(
    ("base", "url", "may_be_asked"),
    [
        ("https://api-m.paypal.com", LIVE, True),
        ("https://api-m.paypal.com", LIVE.replace("api.", "api-m."), True),
        ("https://api-m.paypal.com", SANDBOX, False),
        ("https://api-m.paypal.com", LIVE.replace("https", "http"), False),
        ("https://api-m.sandbox.paypal.com", SANDBOX, True),
        ("https://api-m.sandbox.paypal.com", SANDBOX.replace("api.", "api-m."), True),
        ("https://api-m.sandbox.paypal.com", LIVE, True),
        ("http://127.0.0.1:9", LIVE, True),
        ("http://127.0.0.1:9", "http://127.0.0.1:9/v1/notifications/certs/CERT-1", True),
        ("http://127.0.0.1:9", "http://127.0.0.1:10/v1/notifications/certs/CERT-1", False),
        ("http://api-m.paypal.com", "http://api-m.paypal.com/v1/notifications/certs/CERT-1", False),
    ],
)
def test_which_hosts_are_asked_depends_on_where_we_are(base: str, url: str, may_be_asked: bool) -> None:
    if may_be_asked:
        check_address(url, base)
    else:
        with pytest.raises(SignatureInvalid):
            check_address(url, base)


def test_a_certificate_of_somebody_else_is_refused(paypal: PayPalServer, provider: PayPal) -> None:
    paypal.certificates["CERT-1"] = Authority().issue()

    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-1")), why="not trusted")


@pytest.mark.parametrize(("since", "until"), [(-2, -1), (1, 2)])
def test_a_certificate_has_its_time(paypal: PayPalServer, provider: PayPal, since: int, until: int) -> None:
    now = dt.datetime.now(dt.UTC)
    issued = paypal.authority.issue(since=now + since * A_DAY, until=now + until * A_DAY)
    paypal.certificates["CERT-1"] = issued

    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-1")), why="not trusted")


def test_a_certificate_that_is_kept_ends_all_the_same(paypal: PayPalServer, provider: PayPal) -> None:
    sent = sign(paypal)
    assert provider.read_event(*sent).id == "WH-1"

    with time_machine.travel(dt.datetime.now(dt.UTC) + 2 * A_DAY):
        check_refused(provider, *sent, why="not trusted")


@pytest.mark.parametrize(
    "name", ["api.paypal.com", "paypal.com", "messageverificationcerts.paypal.com.eve.example", SANDBOX_NAME]
)
def test_a_certificate_for_another_name_is_refused(paypal: PayPalServer, provider: PayPal, name: str) -> None:
    paypal.certificates["CERT-1"] = paypal.authority.issue(name)

    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-1")), why="not trusted")


def test_a_chain_that_begins_with_the_root_is_refused(paypal: PayPalServer, provider: PayPal) -> None:
    issued = paypal.authority.issue()
    first, _, second = issued.partition(b"-----END CERTIFICATE-----\n")
    paypal.certificates["CERT-1"] = second + first + b"-----END CERTIFICATE-----\n"

    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-1")), why="another sort")


@pytest.mark.parametrize("content", [b"", b"<html>Down</html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_refused(paypal: PayPalServer, provider: PayPal, content: bytes) -> None:
    paypal.certificates["CERT-1"] = content

    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-1")), why="no certificate")


def test_a_key_of_another_sort_is_refused(paypal: PayPalServer, provider: PayPal) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    paypal.certificates["CERT-1"] = paypal.authority.issue(key=key.public_key())

    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-1")), why="another sort")


def test_a_certificate_that_is_not_there_is_refused(paypal: PayPalServer, provider: PayPal) -> None:
    check_refused(provider, *sign(paypal, url=certificate_url(paypal, "CERT-NONE")), why="no such")


def test_when_the_certificate_cannot_be_had_the_webhook_may_come_again(paypal: PayPalServer) -> None:
    provider = paypal_at(paypal, url="http://127.0.0.1:1")
    headers, body = sign(paypal, url="http://127.0.0.1:1/v1/notifications/certs/CERT-1")

    with pytest.raises(ProviderUnavailable):
        provider.read_event(headers, body)


def test_few_certificates_are_kept(paypal: PayPalServer) -> None:
    certificates = Certificates(paypal.url, roots=paypal.roots)
    urls = [certificate_url(paypal, f"CERT-2{number:02d}") for number in range(20)]

    for url in [*urls, urls[-1], urls[0]]:
        certificates.key_at(url)

    names = [urlsplit(url).path.rpartition("/")[2] for url in urls]
    assert [name for _, name in paypal.requests] == [*names, names[0]]


def test_the_usual_roots_do_not_trust_the_simulator(paypal: PayPalServer) -> None:
    assert len(trust.roots()) > 50

    check_refused(paypal_at(paypal, roots=None), *sign(paypal), why="not trusted")


# --- What it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'"WH-1"',
        b"{",
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        json.dumps({**EVENT, "id": ""}).encode(),
        json.dumps({**EVENT, "id": 7}).encode(),
        json.dumps({**EVENT, "id": "a" * 65}).encode(),
        json.dumps({**EVENT, "event_type": None}).encode(),
        json.dumps({**EVENT, "event_type": "A" * 65}).encode(),
        json.dumps({**EVENT, "create_time": "now"}).encode(),
        json.dumps({**EVENT, "create_time": 1_700_000_000}).encode(),
        json.dumps({**EVENT, "summary": "\0"}).encode(),
        b"\xff\xfe",
    ],
)
def test_what_is_no_event_is_refused(paypal: PayPalServer, provider: PayPal, body: bytes) -> None:
    check_refused(provider, *sign(paypal, body), why="The body")


@pytest.mark.parametrize(
    ("event_type", "resource", "named"),
    [
        (
            "CHECKOUT.ORDER.COMPLETED",
            {"id": "O1", "purchase_units": [{"custom_id": "p-1"}]},
            (About.ORDER, "O1", "p-1"),
        ),
        ("CHECKOUT.ORDER.VOIDED", {"id": "O1"}, (About.ORDER, "O1", "")),
        ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", {"order_id": "O1"}, (About.ORDER, "O1", "")),
        ("PAYMENT.CAPTURE.PENDING", {"id": "C1", "custom_id": "p-1"}, (About.CAPTURE, "C1", "p-1")),
        (
            "PAYMENT.CAPTURE.COMPLETED",
            {"id": "C1", "links": [{"rel": "up", "href": "https://api.paypal.com/v2/checkout/orders/O1"}]},
            (About.CAPTURE, "C1", ""),
        ),
        (
            "PAYMENT.CAPTURE.REFUNDED",
            {
                "id": "R1",
                "custom_id": "r-1",
                "links": [
                    {"rel": "self", "href": "https://api.paypal.com/v2/payments/refunds/R1"},
                    {"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C1"},
                ],
            },
            (About.CAPTURE, "C1", "r-1"),
        ),
        (
            "PAYMENT.CAPTURE.REVERSED",
            {"id": "R1", "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C1"}]},
            (About.CAPTURE, "C1", ""),
        ),
        (
            "PAYMENT.REFUND.FAILED",
            {"id": "R1", "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C1"}]},
            (About.CAPTURE, "C1", ""),
        ),
        (
            "PAYMENT.SALE.COMPLETED",
            {"id": "S1", "billing_agreement_id": "I-1", "custom": "s-1"},
            (About.SUBSCRIPTION, "I-1", "s-1"),
        ),
        ("PAYMENT.SALE.REFUNDED", {"id": "R1", "sale_id": "S1"}, (About.CAPTURE, "S1", "")),
        (
            "PAYMENT.SALE.REFUNDED",
            {"id": "R1", "sale_id": "S1", "billing_agreement_id": "I-1"},
            (About.SUBSCRIPTION, "I-1", ""),
        ),
        (
            "BILLING.SUBSCRIPTION.PAYMENT.FAILED",
            {"id": "I-1", "custom_id": "s-1"},
            (About.SUBSCRIPTION, "I-1", "s-1"),
        ),
        (
            "PAYMENT.PAYOUTSBATCH.SUCCESS",
            {"batch_header": {"payout_batch_id": "B1", "sender_batch_header": {"sender_batch_id": "b-1"}}},
            (About.PAYOUT, "B1", "b-1"),
        ),
        (
            "PAYMENT.PAYOUTS-ITEM.RETURNED",
            {"payout_batch_id": "B1", "payout_item": {"sender_item_id": "i-1"}},
            (About.PAYOUT, "B1", "i-1"),
        ),
        (
            "CUSTOMER.DISPUTE.UPDATED",
            {"dispute_id": "PP-D-1", "disputed_transactions": [{"custom": "p-1"}]},
            (About.DISPUTE, "PP-D-1", "p-1"),
        ),
        ("CUSTOMER.DISPUTE.UPDATED", {"dispute_id": "PP-D-1"}, (About.DISPUTE, "PP-D-1", "")),
        ("VAULT.PAYMENT-TOKEN.CREATED", {"id": "V1"}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE", {"id": "C1"}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", None, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", [], (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "../O1"}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": {"a": 1}}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "C1", "links": "up"}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "C1", "links": None}, (About.OTHER, "", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "C1", "custom_id": ["p-1"]}, (About.CAPTURE, "C1", "")),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "C1", "custom_id": "a" * 128}, (About.CAPTURE, "C1", "")),
        ("PAYMENT.PAYOUTSBATCH.SUCCESS", {"batch_header": "B1"}, (About.OTHER, "", "")),
    ],
)
def test_webhooks_name_what_to_ask_about(
    paypal: PayPalServer,
    provider: PayPal,
    event_type: str,
    resource: Any,
    named: tuple[About, str, str],
) -> None:
    event = provider.read_event(*sign(paypal, {**EVENT, "event_type": event_type, "resource": resource}))

    assert (event.about, event.thing_id, event.reference) == named
    assert event.type == event_type
