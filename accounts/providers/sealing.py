"""Secrets at rest: encrypted where we must read them again, hashed where we need not."""

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings


def seal(secret: str) -> str:
    """Encrypt a secret for the database."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt what `seal` encrypted; raises cryptography's InvalidToken when SECRET_KEY has changed."""
    return _fernet().decrypt(sealed.encode()).decode()


def digest(purpose: str, secret: str) -> str:
    """Hash a secret that has too many values to be guessed, so that only its owner can show it."""
    return hmac.new(_key(purpose), secret.encode(), hashlib.sha256).hexdigest()


def signature(purpose: str, message: bytes, size: int) -> bytes:
    """Sign a message for one purpose."""
    return hmac.digest(_key(purpose), message, hashlib.sha256)[:size]


@functools.cache
def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key("sealing")))


def _key(purpose: str) -> bytes:
    return hashlib.sha256(f"grover.accounts.{purpose}:{settings.SECRET_KEY}".encode()).digest()
