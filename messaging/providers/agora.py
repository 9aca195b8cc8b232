"""Tokens for channels of Agora, in its format 007.

A token is signed and not sealed: everybody can read what it allows. The format is that of Agora's own
token builders (AccessToken2 of github.com/AgoraIO/Tools); no call goes over the network.
"""

import base64
import hashlib
import hmac
import re
import secrets
import struct
import zlib
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

VERSION = "007"
RTC = 1

JOIN, PUBLISH_AUDIO, PUBLISH_VIDEO, PUBLISH_DATA = 1, 2, 3, 4

_KEY = re.compile(r"[0-9a-fA-F]{32}")


class AgoraIssuer:
    """Signs tokens for one project of Agora."""

    def __init__(self, app_id: str, certificate: str) -> None:
        if not (_KEY.fullmatch(app_id) and _KEY.fullmatch(certificate)):
            raise ImproperlyConfigured(
                "AGORA_APP_ID and AGORA_APP_CERTIFICATE are 32 hexadecimal digits each"
            )
        self.app_id = app_id
        self._certificate = certificate

    def token(self, channel: str, uid: int, *, issued_at: int, seconds: int) -> str:
        """Let one participant join a channel and speak in it, from a moment on for so many seconds."""
        rights = dict.fromkeys((JOIN, PUBLISH_AUDIO, PUBLISH_VIDEO, PUBLISH_DATA), seconds)
        salt = secrets.randbelow(99_999_999) + 1
        service = rtc_service(channel, uid, rights)
        return sign(self.app_id, self._certificate, service, issued_at=issued_at, seconds=seconds, salt=salt)


def rtc_service(channel: str, uid: int, rights: Mapping[int, int]) -> bytes:
    """Write what somebody may do in a channel, and for how many seconds they may do each."""
    packed = b"".join(struct.pack("<HI", right, rights[right]) for right in sorted(rights))
    return struct.pack("<HH", RTC, len(rights)) + packed + _text(channel.encode()) + _text(b"%d" % uid)


def sign(app_id: str, certificate: str, service: bytes, *, issued_at: int, seconds: int, salt: int) -> str:
    """Sign what one service allows; the key is made of the certificate, the moment and the salt."""
    content = _text(app_id.encode()) + struct.pack("<IIIH", issued_at, seconds, salt, 1) + service
    key = _digest(struct.pack("<I", salt), _digest(struct.pack("<I", issued_at), certificate.encode()))
    token = zlib.compress(_text(_digest(key, content)) + content)
    return VERSION + base64.b64encode(token).decode()


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


def _text(content: bytes) -> bytes:
    return struct.pack("<H", len(content)) + content
