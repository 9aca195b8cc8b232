"""People, as rows."""

import itertools
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.policies.usernames import skeleton_of

PASSWORD = "correct horse battery staple"

_numbers = itertools.count(1)


def make_user(username: str = "", *, password: str = PASSWORD, **fields: Any) -> User:
    """Make an active person whose address is confirmed; without a name they get one of their own."""
    name = username or f"person_{next(_numbers)}"
    fields.setdefault("username_skeleton", skeleton_of(name))
    fields.setdefault("email", f"{name}@example.com")
    fields.setdefault("verified_email", fields["email"])
    return User.objects.create(username=name, password=make_password(password), **fields)
