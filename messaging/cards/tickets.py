"""Tickets that open sockets."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCard:
    """What a browser opens one socket with, as the subprotocol `ticket.<ticket>`."""

    ticket: str
    expires_at: dt.datetime
