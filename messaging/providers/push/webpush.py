"""Browsers, over the push service that each of them names (RFC 8030, 8291 and 8292).

pywebpush encrypts; the request goes out through the guarded way, as clients name its address.
"""

from http import HTTPStatus

from grover.core import encoding
from grover.core.outbound import post
from grover.core.providers import ProviderRefused
from messaging.providers.push.base import SECONDS, DeviceGone, Note, Sent, Target, check_status
from messaging.providers.push.vapid import authorization_for

LONGEST_TOPIC = 32

_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class WebPush:
    """Sends notes to browsers; there are no receipts."""

    def send(self, target: Target, note: Note) -> Sent:
        """Send a note to a browser, encrypted so that it alone reads it."""
        headers = {
            "authorization": authorization_for(target.address),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(note.lasts.total_seconds())),
            "urgency": "high" if note.is_urgent else "normal",
        }
        if note.collapse_key:
            headers["topic"] = note.collapse_key[:LONGEST_TOPIC]
        answer = post(target.address, content=_encrypt(target, note), headers=headers, seconds=SECONDS)
        if answer.status_code in _GONE:
            raise DeviceGone
        check_status(answer.status_code)
        return Sent()


def _encrypt(target: Target, note: Note) -> bytes:
    from pywebpush import WebPusher, WebPushException

    shown = {"title": note.title, "body": note.body, "tag": note.collapse_key, "data": note.data}
    try:
        pusher = WebPusher({"endpoint": target.address, "keys": dict(target.keys)})
        body: bytes = pusher.encode(encoding.dumps(shown))["body"]
    except (ValueError, WebPushException) as error:
        raise ProviderRefused("The keys of the browser are none") from error
    return body
