"""Accounts by what people sign in with."""

import uuid

from accounts.enums import AccountStatus
from accounts.models import User
from grover.core.errors import NotSignedIn
from grover.core.viewers import Viewer

MAY_SIGN_IN = (AccountStatus.ACTIVE, AccountStatus.SUSPENDED, AccountStatus.DEACTIVATED)


def accounts_named(identifier: str) -> list[User | None]:
    """Find the accounts a name or address may mean: always one for a name, two for an address.

    An address means the account that proved it, then the newest that only claims it. Where there is
    none stands None, so that whoever checks the password does the same work for all.
    """
    name = identifier.strip().lower()
    accounts = User.objects.filter(status__in=MAY_SIGN_IN)
    if "@" not in name:
        return [accounts.filter(username=name).first()]
    claims = accounts.filter(email=name, verified_email=None).order_by("-id")
    return [accounts.filter(verified_email=name).first(), claims.first()]


def account_to_reset(email: str) -> User | None:
    """Find the account that whoever reads mail to an address may reset."""
    return next((account for account in accounts_named(email) if account is not None), None)


def account_of(viewer: Viewer) -> User:
    """Read the viewer's own account; NotSignedIn when it is no longer active."""
    user = User.objects.filter(pk=viewer.id, status=AccountStatus.ACTIVE).first()
    if user is None:
        raise NotSignedIn
    return user


def staff_may(user_id: uuid.UUID, permission: str) -> bool:
    """Tell whether somebody is of the staff, and has a right such as `app.change_thing`."""
    person = User.objects.filter(pk=user_id, status=AccountStatus.ACTIVE, is_staff=True).first()
    return person is not None and person.has_perm(permission)


def is_verified_elsewhere(email: str, user_id: uuid.UUID) -> bool:
    """Tell whether somebody else has proven that an address is theirs."""
    return User.objects.filter(verified_email=email.lower()).exclude(pk=user_id).exists()
