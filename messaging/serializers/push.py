"""What clients send about the devices that are woken."""

import base64
import binascii
import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from rest_framework import serializers

from grover.core.outbound import check_url
from grover.core.providers import ProviderRefused
from grover.core.serializers import Input, SecretField, TextField
from messaging.enums import PushKind

LONGEST_ENDPOINT = 1_000
LONGEST_NAME = 100
LONGEST_TOKEN = 150
KEY_BYTES = {"p256dh": 65, "auth": 16}

_TOKEN = re.compile(r"Expo(?:nent)?PushToken\[[A-Za-z0-9_-]+\]")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")


class KeyField(SecretField):
    """Some bytes in base64url, of a known number."""

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(max_length=4 * size, **kwargs)
        self._size = size

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).rstrip("=")
        if not _BASE64URL.fullmatch(text) or len(_bytes_of(text)) != self._size:
            raise serializers.ValidationError(f"{self._size} bytes in base64url", "invalid")
        return text


class KeysInput(Input):
    """What a browser gave to encrypt for it."""

    p256dh = KeyField(KEY_BYTES["p256dh"])
    auth = KeyField(KEY_BYTES["auth"])

    def validate_p256dh(self, text: str) -> str:
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes_of(text))
        except ValueError:
            raise serializers.ValidationError("A point of the curve P-256", "invalid") from None
        return text


class PushDeviceInput(Input):
    """A browser, by its `endpoint` and `keys`, or a phone, by its `token`."""

    kind = serializers.ChoiceField(PushKind.choices)
    endpoint = SecretField(required=False, max_length=LONGEST_ENDPOINT)
    keys = KeysInput(required=False)
    token = SecretField(required=False, max_length=LONGEST_TOKEN)
    name = TextField(required=False, allow_blank=True, max_length=LONGEST_NAME, default="")

    def validate_endpoint(self, address: str) -> str:
        try:
            check_url(address)
        except ProviderRefused:
            raise serializers.ValidationError("Not an address of the web", "invalid") from None
        if not address.startswith("https://") or not address.isascii():
            raise serializers.ValidationError("An https:// address", "invalid")
        return address

    def validate_token(self, token: str) -> str:
        if not _TOKEN.fullmatch(token):
            raise serializers.ValidationError("ExponentPushToken[…] or ExpoPushToken[…]", "invalid")
        return token

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_web = attrs["kind"] == PushKind.WEB
        needed, others = (("endpoint", "keys"), ("token",)) if is_web else (("token",), ("endpoint", "keys"))
        _check_names(attrs, needed, others)
        return {
            "kind": attrs["kind"],
            "address": attrs["endpoint" if is_web else "token"],
            "keys": dict(attrs.get("keys", {})),
            "name": attrs["name"],
        }


def _check_names(attrs: dict[str, Any], needed: tuple[str, ...], others: tuple[str, ...]) -> None:
    errors = {
        name: [serializers.ErrorDetail("This field is required.", "required")]
        for name in needed
        if name not in attrs
    } | {
        name: [serializers.ErrorDetail("Devices of this kind have none", "other_kind")]
        for name in others
        if name in attrs
    }
    if errors:
        raise serializers.ValidationError(errors)


def _bytes_of(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""
