"""Access to the channels of a streaming service, whichever it is."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from messaging.providers.agora import AgoraIssuer
from messaging.providers.local import LocalIssuer

GRANT_LASTS = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What lets one person join a channel until it expires."""

    app_id: str
    channel: str
    uid: int
    token: str
    expires_at: dt.datetime


class Issuer(Protocol):
    """Makes the tokens of one streaming service."""

    app_id: str

    def token(self, channel: str, uid: int, *, issued_at: int, seconds: int) -> str:
        """Let one participant join a channel and speak in it, from a moment on for so many seconds."""


def issuer() -> Issuer:
    """Give Agora where its keys are set; else what signs nothing."""
    if settings.AGORA_APP_ID and settings.AGORA_APP_CERTIFICATE:
        return AgoraIssuer(settings.AGORA_APP_ID, settings.AGORA_APP_CERTIFICATE)
    return LocalIssuer()


def grant(channel: str, user_id: uuid.UUID, now: dt.datetime) -> Grant:
    """Let a person join a channel for an hour."""
    service, uid, since = issuer(), uid_of(user_id), now.replace(microsecond=0)
    token = service.token(
        channel, uid, issued_at=int(since.timestamp()), seconds=int(GRANT_LASTS.total_seconds())
    )
    return Grant(app_id=service.app_id, channel=channel, uid=uid, token=token, expires_at=since + GRANT_LASTS)


def uid_of(user_id: uuid.UUID) -> int:
    """Give the number of a person at streaming services: 32 random bits of their id, never 0."""
    return user_id.int & 0xFFFF_FFFF or 1
