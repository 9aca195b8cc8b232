"""Single-use tokens sent by mail; only their hash is stored."""

import datetime as dt
import secrets

from django.utils import timezone

from accounts.enums import MailPurpose
from accounts.errors.identity import MailTokenInvalid
from accounts.models import MailToken, User
from accounts.providers import sealing
from grover.core.db import atomic

GOOD_FOR = {MailPurpose.VERIFY: dt.timedelta(days=3), MailPurpose.RESET: dt.timedelta(hours=1)}
SWEPT_AT_ONCE = 1_000


@atomic
def issue_mail_token(user: User, purpose: MailPurpose, email: str) -> str:
    """Make a token for an address, in place of earlier ones for the same purpose."""
    token = secrets.token_urlsafe(32)
    MailToken.objects.filter(user=user, purpose=purpose, used_at=None).delete()
    MailToken.objects.create(
        user=user,
        purpose=purpose,
        email=email,
        token_hash=_hash(token, purpose),
        expires_at=timezone.now() + GOOD_FOR[purpose],
    )
    return token


@atomic
def use_mail_token(token: str, purpose: MailPurpose) -> MailToken:
    """Use a token up; MailTokenInvalid when it is unknown, has expired or was used."""
    now = timezone.now()
    good = MailToken.objects.filter(
        token_hash=_hash(token, purpose), purpose=purpose, used_at=None, expires_at__gt=now
    )
    found = good.select_related("user").first()
    if found is None or not good.update(used_at=now):
        raise MailTokenInvalid
    return found


def sweep_mail_tokens(now: dt.datetime) -> int:
    """Delete expired tokens; give their number."""
    swept = 0
    expired = MailToken.objects.filter(expires_at__lt=now)
    while ids := list(expired.values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
        swept += atomic(MailToken.objects.filter(pk__in=ids).delete)()[0]
    return swept


def _hash(token: str, purpose: MailPurpose) -> str:
    return sealing.digest(f"mail.{purpose}", token)
