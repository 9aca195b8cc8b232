"""Opening accounts."""

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.utils import timezone

from accounts.cards.identity import RegistrationCard
from accounts.errors.identity import UsernameTaken
from accounts.events.identity import UserRegistered
from accounts.models import User
from accounts.policies.passwords import check_age, check_password_quality
from accounts.policies.usernames import check_username, skeleton_of
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable


def register(*, username: str, email: str, password: str, birth_date: dt.date) -> RegistrationCard:
    """Open an account; a mail asks to confirm the address.

    Nothing in the answer, nor in what the account can do, tells whether somebody else has the address:
    it stays a claim until it is confirmed. UsernameTaken when the name, or one that looks like it, is.
    """
    name = check_username(username)
    check_age(birth_date, timezone.now().date())
    user = User(
        username=name,
        username_skeleton=skeleton_of(name),
        email=email.strip().lower(),
        birth_date=birth_date,
    )
    check_password_quality(password, user)
    user.password = make_password(password)
    try:
        _register(user)
    except IntegrityError as error:
        raise UsernameTaken from error
    return RegistrationCard(username=name, email=user.email, status="verification_sent")


@atomic
def _register(user: User) -> None:
    user.save(force_insert=True)
    enqueue_durable("accounts.tasks.send_verification", user_id=user.pk, email=user.email)
    emit(UserRegistered(user_id=user.pk))
    bump("names")
