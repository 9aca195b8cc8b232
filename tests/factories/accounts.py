"""People, and what was decided about them, as rows."""

import itertools
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Case, Decision, User
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


def make_decision(owner: User, *, kind: str = "warn", **fields: Any) -> Decision:
    """Decide about a person, whom nobody reported before."""
    target = {"target_kind": "user", "target_id": owner.pk}
    case = Case.objects.create(owner=owner, state="decided", last_reported_at=timezone.now(), **target)
    return Decision.objects.create(case=case, owner=owner, kind=kind, reason="Rules", **target, **fields)
