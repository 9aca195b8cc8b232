"""What named people are to each other, as rows, and told to those who keep what they read."""

from accounts.enums import AccountStatus, RelationKind
from accounts.models import Relation, User
from grover.core.caching import bump


def follow(source: User, target: User) -> None:
    """Make one person follow another."""
    _relate(source, target, RelationKind.FOLLOW)


def block(source: User, target: User) -> None:
    """Make one person block another."""
    _relate(source, target, RelationKind.BLOCK)


def mute(source: User, target: User) -> None:
    """Make one person mute another."""
    _relate(source, target, RelationKind.MUTE)


def suspend(user: User) -> None:
    """Suspend a person."""
    User.objects.filter(pk=user.pk).update(status=AccountStatus.SUSPENDED)
    bump(f"user:{user.pk}")


def _relate(source: User, target: User, kind: str) -> None:
    Relation.objects.create(source=source, target=target, kind=kind)
    bump(f"relations:{source.pk}", f"relations:{target.pk}")
