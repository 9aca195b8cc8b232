"""Checking that a webhook comes from PayPal and is for us, without asking anything but its certificate.

The signature covers no more of the body than a CRC32, which can be forged: what a body says is only a
hint of what to ask PayPal about. A webhook that comes twice is as good the second time.
"""

import base64
import datetime as dt
import zlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from payments.providers.base import SignatureInvalid
from payments.providers.paypal.answers import read_moment
from payments.providers.paypal.certificates import Certificates

ALGORITHM = "SHA256withRSA"
OLDEST = dt.timedelta(days=3)
FURTHEST_AHEAD = dt.timedelta(minutes=5)

_LONGEST_HEADER = 2048


def check_signature(
    headers: Mapping[str, str], body: bytes, *, webhook_id: str, certificates: Certificates
) -> None:
    """Raise SignatureInvalid when anything about the signature is wrong."""
    if not webhook_id:
        raise SignatureInvalid("PAYPAL_WEBHOOK_ID is not set")
    if _header(headers, "auth-algo") != ALGORITHM:
        raise SignatureInvalid("The signature is of another sort")
    transmission_id, sent_at = _header(headers, "transmission-id"), _header(headers, "transmission-time")
    _check_time(sent_at)
    signature = _read_signature(_header(headers, "transmission-sig"))
    message = f"{transmission_id}|{sent_at}|{webhook_id}|{zlib.crc32(body)}"
    key = certificates.key_at(_header(headers, "cert-url"))
    try:
        key.verify(signature, message.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        raise SignatureInvalid("The signature is wrong") from None


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(f"paypal-{name}", "")
    if not value or len(value) > _LONGEST_HEADER:
        raise SignatureInvalid(f"There is no header paypal-{name}")
    return value


def _check_time(text: str) -> None:
    try:
        age = dt.datetime.now(dt.UTC) - read_moment(text)
    except (ValueError, OverflowError):
        raise SignatureInvalid("The time of sending is none") from None
    if not -FURTHEST_AHEAD <= age <= OLDEST:
        raise SignatureInvalid("It was not sent just now")


def _read_signature(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise SignatureInvalid("The signature cannot be read") from None
