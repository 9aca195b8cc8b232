"""Tokens of streaming services: what they say, who signed them, and when they say that nobody did."""

import base64
import datetime as dt
import hashlib
import hmac
import io
import uuid
import zlib
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from messaging.providers import streaming
from messaging.providers.agora import AgoraIssuer, rtc_service, sign
from messaging.providers.local import LocalIssuer

APP_ID = "970CA35de60c44645bbae8a215061b33"
CERTIFICATE = "5CFd2fd1755d40ecb72977518be15d3b"
CHANNEL = "7d72365eb983485397e3e3f9d460bdda"
UID = 2882341273
NOW = dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC)

# What Agora's own builder makes of these values: issued at 1111111 for 600 s with the salt 1, to join.
KNOWN = (
    "007eJxTYBBbsMMnKq7p9Hf/HcIX5kce9b518kCiQgSr5Zrp4X1Tu6UUGCzNDZwdjU1TUs0Mkk1MzExMk5ISUy0SjQxNDcw"
    "Mk4yN3b8IMEQwMTAwMoAwBIL4CgzmKeZGxmamqUmWFsYmFqbGluapxqnGaZYpJmYGSSkpiVwMRhYWRsYmhkbmxgDCaiTj"
)


class Reader:
    """Reads the little-endian numbers and counted texts that a token is made of."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def number(self, size: int) -> int:
        return int.from_bytes(self._rest.read(size), "little")

    def text(self) -> bytes:
        return self._rest.read(self.number(2))

    def rest(self) -> bytes:
        return self._rest.read()


def opened(token: str) -> tuple[bytes, bytes]:
    """Give the signature of a token and what is signed."""
    assert token.startswith("007")
    reader = Reader(zlib.decompress(base64.b64decode(token[3:], validate=True)))
    return reader.text(), reader.rest()


def unpacked(token: str, certificate: str) -> dict[str, Any]:
    """Read a token after checking its signature."""
    signature, signed = opened(token)
    reader = Reader(signed)
    found: dict[str, Any] = {"app_id": reader.text().decode()}
    found |= {name: reader.number(4) for name in ("issued_at", "seconds", "salt")}
    key = certificate.encode()
    for number in (found["issued_at"], found["salt"]):
        key = hmac.new(number.to_bytes(4, "little"), key, hashlib.sha256).digest()
    assert hmac.new(key, signed, hashlib.sha256).digest() == signature
    assert reader.number(2) == 1  # service
    found["service"] = reader.number(2)
    found["rights"] = {reader.number(2): reader.number(4) for _ in range(reader.number(2))}
    found |= {"channel": reader.text().decode(), "uid": reader.text().decode()}
    assert reader.rest() == b""
    return found


def test_token_is_what_agora_makes_of_the_same_values() -> None:
    service = rtc_service(CHANNEL, UID, {1: 600})
    token = sign(APP_ID, CERTIFICATE, service, issued_at=1111111, seconds=600, salt=1)

    assert opened(token) == opened(KNOWN)


def test_token_lets_one_join_and_speak() -> None:
    token = AgoraIssuer(APP_ID, CERTIFICATE).token("call-1", 7, issued_at=1_777_627_800, seconds=3600)
    found = unpacked(token, CERTIFICATE)

    assert 1 <= found.pop("salt") <= 99_999_999
    assert found == {
        "app_id": APP_ID,
        "issued_at": 1_777_627_800,
        "seconds": 3600,
        "service": 1,
        "rights": {1: 3600, 2: 3600, 3: 3600, 4: 3600},
        "channel": "call-1",
        "uid": "7",
    }
    with pytest.raises(AssertionError):
        unpacked(token, CERTIFICATE[::-1])


def test_no_two_tokens_are_alike() -> None:
    service = AgoraIssuer(APP_ID, CERTIFICATE)
    assert len({service.token("call-1", 7, issued_at=1, seconds=3600) for _ in range(20)}) == 20


@pytest.mark.parametrize(("app_id", "certificate"), [("x" * 32, CERTIFICATE), (APP_ID, CERTIFICATE[:-1])])
def test_keys_that_are_none_are_refused(app_id: str, certificate: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="32 hexadecimal digits"):
        AgoraIssuer(app_id, certificate)


def test_agora_signs_where_its_keys_are_set(settings: Any) -> None:
    settings.AGORA_APP_ID, settings.AGORA_APP_CERTIFICATE = APP_ID, CERTIFICATE
    user_id = uuid.UUID("01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e")
    given = streaming.grant("call-1", user_id, NOW + dt.timedelta(milliseconds=5))
    found = unpacked(given.token, CERTIFICATE)

    assert (given.app_id, given.channel, given.uid) == (APP_ID, "call-1", 0x7A8C9D0E)
    assert given.expires_at == NOW + dt.timedelta(hours=1)
    assert (found["channel"], found["uid"]) == ("call-1", str(0x7A8C9D0E))
    assert found["issued_at"] + found["seconds"] == given.expires_at.timestamp()


@pytest.mark.parametrize(("app_id", "certificate"), [("", ""), (APP_ID, ""), ("", CERTIFICATE)])
def test_without_both_keys_a_token_says_that_nobody_signed_it(
    settings: Any, app_id: str, certificate: str
) -> None:
    settings.AGORA_APP_ID, settings.AGORA_APP_CERTIFICATE = app_id, certificate
    given = streaming.grant("call-1", uuid.UUID(int=5), NOW)

    assert isinstance(streaming.issuer(), LocalIssuer)
    assert (given.app_id, given.uid) == ("local", 5)
    assert given.token == f"unsigned:call-1:5:{int(NOW.timestamp()) + 3600}"


def test_number_of_a_person_is_never_nobody() -> None:
    assert [streaming.uid_of(uuid.UUID(int=number)) for number in (1, 2**32, 2**32 - 1)] == [1, 1, 2**32 - 1]
