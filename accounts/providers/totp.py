"""One-time codes of authenticators, by pyotp: RFC 6238, six digits, 30 seconds."""

import datetime as dt
import hmac

import pyotp

ISSUER = "Grover"
STEP_SECONDS = 30
STEPS_AROUND = 1  # how far a clock may be off


def new_secret() -> str:
    """Make a secret for an authenticator, in base32."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, username: str) -> str:
    """Write a secret as the URI that authenticators read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, code: str, now: dt.datetime) -> int | None:
    """Find the time step whose code this is, at most one away from now; None when there is none."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None
