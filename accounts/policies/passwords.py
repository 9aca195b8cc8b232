"""Which passwords are good enough, and who is old enough."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from grover.core.errors import FieldError, Invalid

SHORTEST, LONGEST = 8, 128
YOUNGEST = 13
OLDEST = 130


def check_password_quality(password: str, user: User, *, at: str = "/password") -> None:
    """Refuse a password that is too short or long, common, or close to its owner's name or address."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid.at(at, "length", f"From {SHORTEST} to {LONGEST} characters")
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems = [FieldError(at, one.code or "weak", one.messages[0]) for one in error.error_list]
        raise Invalid(errors=tuple(problems)) from error


def check_age(birth_date: dt.date, today: dt.date) -> None:
    """Refuse who is younger than 13, and dates that nobody alive was born on."""
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    age = today.year - birth_date.year - (0 if had_birthday else 1)
    if birth_date > today or age > OLDEST:
        raise Invalid.at("/birth_date", "impossible", "Not a date of birth")
    if age < YOUNGEST:
        raise Invalid.at("/birth_date", "too_young", f"One must be {YOUNGEST} to have an account")
