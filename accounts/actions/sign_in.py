"""Signing in: by name or address, password, and a code where two factors are on."""

import datetime as dt

from django.utils import timezone

from accounts.actions.credentials import accept_code, account_with_password, has_two_factor
from accounts.actions.deletion import reactivate_account
from accounts.actions.sessions import Client, open_session
from accounts.actions.tokens import tokens_of
from accounts.cards.identity import TokensCard
from accounts.enums import AccountStatus
from accounts.errors.identity import AccountSuspended, OtpRequired, WrongCredentials, WrongOtp
from accounts.models import Session, User
from accounts.selectors.identity import accounts_named
from grover.core import throttles
from grover.core.db import atomic
from grover.core.jobs import enqueue_durable


def sign_in(*, identifier: str, password: str, otp: str, client: Client) -> TokensCard:
    """Open a session; a deactivated account comes back by it.

    What is wrong is told only to who knows the password. Tries are limited per name and address.
    """
    throttles.spend_for("sign_in", f"identifier:{identifier.strip().lower()}")
    user = account_with_password(accounts_named(identifier), password)
    if user is None:
        raise WrongCredentials
    if user.status == AccountStatus.SUSPENDED:
        raise AccountSuspended(user.suspension_reason)
    _check_second_factor(user, otp)
    if user.status == AccountStatus.DEACTIVATED and not reactivate_account(user.pk):
        raise WrongCredentials
    return _open(user, client)


def _check_second_factor(user: User, otp: str) -> None:
    if not has_two_factor(user.pk):
        return
    if not otp:
        raise OtpRequired
    if not accept_code(user.pk, otp, timezone.now()):
        raise WrongOtp


@atomic
def _open(user: User, client: Client) -> TokensCard:
    now = timezone.now()
    _touch_if_active(user, now)
    earlier = Session.objects.filter(user_id=user.pk)
    is_known = earlier.filter(device=client.device[:200], address=client.address[:45]).exists()
    if not is_known and earlier.exists():
        enqueue_durable(
            "accounts.tasks.send_new_sign_in", user_id=user.pk, device=client.device, address=client.address
        )
    session, link = open_session(user.pk, client, now)
    return tokens_of(session, link)


def _touch_if_active(user: User, now: dt.datetime) -> None:
    """Write the row that suspending writes too, so that of two at once the later sees the earlier."""
    account = User.objects.filter(pk=user.pk)
    if account.filter(status=AccountStatus.ACTIVE).update(last_active_on=now.date()):
        return
    suspended = account.filter(status=AccountStatus.SUSPENDED).first()
    if suspended is not None:
        raise AccountSuspended(suspended.suspension_reason)
    raise WrongCredentials
