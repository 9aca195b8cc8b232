"""Devices that are woken."""

import base64
import hashlib
import itertools
from dataclasses import dataclass
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accounts.models import User
from messaging.models import PushDevice
from tests.conftest import sign_in

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Browser:
    """The half of a subscription that never leaves the browser, and what it tells the server."""

    private_key: ec.EllipticCurvePrivateKey
    secret: bytes

    @property
    def keys(self) -> dict[str, str]:
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(point), "auth": _text(self.secret)}

    def decrypt(self, body: bytes) -> bytes:
        """Read what was encrypted for this browser."""
        content: bytes = http_ece.decrypt(
            body, private_key=self.private_key, auth_secret=self.secret, version="aes128gcm"
        )
        return content


def make_browser_keys() -> Browser:
    """Subscribe as a browser does."""
    number = next(_numbers)
    return Browser(ec.generate_private_key(ec.SECP256R1()), number.to_bytes(16))


def make_phone(user: User, token: str = "", **fields: Any) -> PushDevice:
    """Register a phone where somebody just signed in."""
    address = token or f"ExponentPushToken[made-{next(_numbers)}]"
    return _make(user, "expo", address, fields)


def make_browser(user: User, endpoint: str, browser: Browser | None = None, **fields: Any) -> PushDevice:
    """Register a browser where somebody just signed in."""
    fields.setdefault("keys", (browser or make_browser_keys()).keys)
    return _make(user, "web", endpoint, fields)


def _make(user: User, kind: str, address: str, fields: dict[str, Any]) -> PushDevice:
    fields.setdefault("session_id", sign_in(user)[0].session_id)
    digest = hashlib.sha256(address.encode()).hexdigest()
    return PushDevice.objects.create(user=user, kind=kind, address=address, address_hash=digest, **fields)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
