"""What clients see of signing in."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationCard:
    """An account that was opened; a mail went to its address."""

    username: str
    email: str
    status: Literal["verification_sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensCard:
    """What a client needs to act for somebody: send the access token as `Authorization: Bearer`.

    `expires_in` counts seconds. The refresh token is used once; the answer has the next one.
    """

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_at: dt.datetime
    session_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    """A device on which one is signed in."""

    id: uuid.UUID
    device: str
    address: str
    is_current: bool
    created_at: dt.datetime
    last_seen_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCard:
    """That something was asked for and is under way."""

    status: Literal["accepted"]


ACCEPTED = AcceptedCard(status="accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReauthenticationCard:
    """Until when the password counts as just confirmed."""

    valid_until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoFactorSetupCard:
    """What an authenticator needs, as a secret and as the URI of a QR code; not in force yet."""

    secret: str
    otpauth_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesCard:
    """Ten codes, each of which replaces one code of the authenticator; they are shown only now."""

    recovery_codes: list[str]
