"""Two-factor authentication: set up, confirmed by a first code, disabled."""

import secrets
import uuid

from django.db import IntegrityError
from django.utils import timezone

from accounts.actions.credentials import accept_code, recovery_code_hash
from accounts.actions.reauthentication import require_recent
from accounts.cards.identity import RecoveryCodesCard, TwoFactorSetupCard
from accounts.errors.identity import TwoFactorAlreadyOn, TwoFactorNotSetUp, WrongCode
from accounts.events.identity import TwoFactorDisabled, TwoFactorEnabled
from accounts.models import RecoveryCode, TwoFactor
from accounts.providers import sealing, totp
from accounts.selectors.identity import account_of
from grover.core import throttles
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.viewers import Viewer

RECOVERY_CODES = 10
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none that looks like another, and no digit: those are OTPs


def set_up_two_factor(actor: Viewer) -> TwoFactorSetupCard:
    """Make a new secret for the actor's authenticator; in force once a code of it is confirmed."""
    require_recent(actor)
    user = account_of(actor)
    secret = totp.new_secret()
    try:
        _replace_secret(actor.id, sealing.seal(secret))
    except IntegrityError as error:
        raise TwoFactorAlreadyOn from error
    return TwoFactorSetupCard(secret=secret, otpauth_uri=totp.otpauth_uri(secret, user.username))


@atomic
def _replace_secret(user_id: uuid.UUID, sealed: str) -> None:
    TwoFactor.objects.filter(user_id=user_id, confirmed_at=None).delete()
    TwoFactor.objects.create(user_id=user_id, secret=sealed)


def confirm_two_factor(actor: Viewer, *, code: str) -> RecoveryCodesCard:
    """Turn two factors on by a first code, and give the recovery codes, which are not shown again."""
    throttles.spend_for("sign_in", f"two_factor:{actor.id}")
    found = TwoFactor.objects.filter(user_id=actor.id).first()
    if found is None:
        raise TwoFactorNotSetUp
    if found.confirmed_at is not None:
        raise TwoFactorAlreadyOn
    if not accept_code(actor.id, code, timezone.now()):
        raise WrongCode
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    _turn_on(actor.id, codes)
    return RecoveryCodesCard(recovery_codes=codes)


@atomic
def _turn_on(user_id: uuid.UUID, codes: list[str]) -> None:
    unconfirmed = TwoFactor.objects.filter(user_id=user_id, confirmed_at=None)
    if not unconfirmed.update(confirmed_at=timezone.now()):
        raise TwoFactorAlreadyOn
    RecoveryCode.objects.filter(user_id=user_id).delete()
    hashes = [recovery_code_hash(user_id, code) for code in codes]
    RecoveryCode.objects.bulk_create([RecoveryCode(user_id=user_id, code_hash=one) for one in hashes])
    emit(TwoFactorEnabled(user_id=user_id))


def disable_two_factor(actor: Viewer, *, code: str) -> None:
    """Turn two factors off, by a code or a recovery code and a password confirmed just now."""
    throttles.spend_for("sign_in", f"two_factor:{actor.id}")
    require_recent(actor)
    if not TwoFactor.objects.filter(user_id=actor.id, confirmed_at__isnull=False).exists():
        raise TwoFactorNotSetUp
    if not accept_code(actor.id, code, timezone.now()):
        raise WrongCode
    _turn_off(actor.id)


@atomic
def _turn_off(user_id: uuid.UUID) -> None:
    if TwoFactor.objects.filter(user_id=user_id).delete()[0]:
        RecoveryCode.objects.filter(user_id=user_id).delete()
        emit(TwoFactorDisabled(user_id=user_id))


def _new_recovery_code() -> str:
    half = ["".join(secrets.choice(_CODE_LETTERS) for _ in range(5)) for _ in range(2)]
    return "-".join(half)
