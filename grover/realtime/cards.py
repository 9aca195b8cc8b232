"""What acks of the socket's own commands carry."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRenewed:
    """Until when the socket stays open now."""

    expires_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """That the server is there, and what time it is there."""

    server_time: dt.datetime
