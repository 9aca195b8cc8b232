"""Checking what people prove themselves with, with the same work whether or not they exist."""

import datetime as dt
import functools
import uuid
from collections.abc import Sequence

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError

from accounts.models import RecoveryCode, TwoFactor, UsedCode, User
from accounts.providers import sealing, totp
from grover.core.db import atomic
from grover.core.ids import smallest_id_at


def account_with_password(candidates: Sequence[User | None], password: str) -> User | None:
    """Find the account whose password this is; every candidate, also a missing one, costs one hash."""
    found = None
    for candidate in candidates:
        if has_password(candidate, password) and found is None:
            found = candidate
    return found


def has_password(user: User | None, password: str) -> bool:
    """Check a password; an outdated hash of a right one is replaced by one of today's."""
    if user is None or not user.has_usable_password():
        check_password(password, _nobodys_hash())
        return False
    old = user.password
    return check_password(password, old, setter=lambda raw: _rehash(user, old, raw))


@functools.cache
def _nobodys_hash() -> str:
    return make_password("nobody's password")


def _rehash(user: User, old: str, password: str) -> None:
    atomic(User.objects.filter(pk=user.pk, password=old).update)(password=make_password(password))


def has_two_factor(user_id: uuid.UUID) -> bool:
    """Tell whether signing in to an account takes a code."""
    return TwoFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def accept_code(user_id: uuid.UUID, code: str, now: dt.datetime) -> bool:
    """Use up a code of the authenticator or a recovery code; False when it is wrong or was used."""
    code = code.strip().replace(" ", "").lower()
    if code.isascii() and code.isdecimal():
        return _accept_otp(user_id, code, now)
    return _use_recovery_code(user_id, code)


def _accept_otp(user_id: uuid.UUID, code: str, now: dt.datetime) -> bool:
    two_factor = TwoFactor.objects.filter(user_id=user_id).first()
    step = None if two_factor is None else totp.matching_step(sealing.unseal(two_factor.secret), code, now)
    if step is None:
        return False
    try:
        atomic(UsedCode.objects.create)(user_id=user_id, step=step)
    except IntegrityError:
        return False
    return True


@atomic
def _use_recovery_code(user_id: uuid.UUID, code: str) -> bool:
    code_hash = recovery_code_hash(user_id, code)
    return RecoveryCode.objects.filter(user_id=user_id, code_hash=code_hash).delete()[0] == 1


def recovery_code_hash(user_id: uuid.UUID, code: str) -> str:
    """Hash a recovery code for its owner."""
    return sealing.digest("recovery_code", f"{user_id}:{code}")


def sweep_used_codes(now: dt.datetime) -> int:
    """Forget the codes that were used so long ago that they are wrong by now; give their number."""
    return atomic(UsedCode.objects.filter(id__lt=smallest_id_at(now - dt.timedelta(days=1))).delete)()[0]
