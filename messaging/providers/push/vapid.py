r"""The key by which push services know who wakes a browser (RFC 8292).

It is VAPID_PRIVATE_KEY: 32 bytes in base64url, or PEM, its line ends written as such or as `\n`.
"""

import base64
import functools
import time
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from grover.core.providers import ProviderRefused

SIGNED_FOR_SECONDS = 12 * 60 * 60


def public_key() -> str | None:
    """Give what a browser subscribes with; None when no key is set."""
    if not settings.VAPID_PRIVATE_KEY:
        return None
    return _public_text(_read_key(settings.VAPID_PRIVATE_KEY))


def authorization_for(endpoint: str) -> str:
    """Sign the header with which a push service at this endpoint is asked."""
    from py_vapid import VapidException

    if not settings.VAPID_PRIVATE_KEY:
        raise ProviderRefused("VAPID_PRIVATE_KEY is not set")
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + SIGNED_FOR_SECONDS,
        "sub": settings.VAPID_SUBJECT,
    }
    try:
        header: str = _read_key(settings.VAPID_PRIVATE_KEY).sign(claims)["Authorization"]
    except VapidException as error:
        raise ProviderRefused(str(error)) from error
    return header


def make_keys() -> tuple[str, str]:
    """Make a pair of keys: the private one for the settings, and the public one."""
    from py_vapid import Vapid02

    key = Vapid02()
    key.generate_keys()
    number = key.private_key.private_numbers().private_value
    return _as_text(number.to_bytes(32)), _public_text(key)


@functools.lru_cache(maxsize=8)
def _read_key(text: str) -> Any:
    from py_vapid import Vapid02

    try:
        if "BEGIN" in text:
            return Vapid02.from_pem(text.replace("\\n", "\n").strip().encode())
        return Vapid02.from_string(text)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured("VAPID_PRIVATE_KEY is no key: see `manage.py make_vapid_keys`") from error


def _public_text(key: Any) -> str:
    point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return _as_text(key.public_key.public_bytes(*point))


def _as_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
