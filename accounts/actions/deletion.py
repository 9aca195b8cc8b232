"""Leaving: an account is hidden at once, and erased after a month unless its owner signs in again."""

import datetime as dt
import uuid

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import ports
from accounts.actions.exports import delete_exports
from accounts.actions.reauthentication import confirm_password
from accounts.actions.relations import BATCH, bump_relations, count_follows, take_turns
from accounts.actions.sessions import end_all_sessions
from accounts.cards.people import DeletionCard
from accounts.enums import AccountStatus, RelationKind
from accounts.errors.people import TransitionRefused
from accounts.events.people import AccountDeactivated, AccountErased, AccountReactivated
from accounts.models import Relation, User
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue, enqueue_durable
from grover.core.privacy import Declaration, Erasure, Holds, declarations
from grover.core.viewers import Viewer
from grover.media.actions.sweeps import delete_owned

GRACE = dt.timedelta(days=30)
PARTED_AT_ONCE = 100  # people whose relations wait for each other meanwhile


def deactivate_account(actor: Viewer, *, password: str, otp: str) -> DeletionCard:
    """Hide the actor's account and end their sessions, at once; signing in again undoes it."""
    confirm_password(actor, password=password, otp=otp)
    return _deactivate(actor.id, timezone.now())


@atomic
def reactivate_account(user_id: uuid.UUID) -> bool:
    """Undo a deletion within its grace; tell whether there was one. Joins the transaction of signing in."""
    deactivated = User.objects.filter(pk=user_id, status=AccountStatus.DEACTIVATED)
    if not deactivated.update(status=AccountStatus.ACTIVE, deactivated_at=None):
        return False
    _show_or_hide(user_id)
    emit(AccountReactivated(user_id))
    return True


@atomic
def _deactivate(user_id: uuid.UUID, now: dt.datetime) -> DeletionCard:
    active = User.objects.filter(pk=user_id, status=AccountStatus.ACTIVE)
    if not active.update(status=AccountStatus.DEACTIVATED, deactivated_at=now):
        raise TransitionRefused
    end_all_sessions(user_id, reason="deactivated")
    _show_or_hide(user_id)
    emit(AccountDeactivated(user_id))
    return DeletionCard(state="deactivated", erased_after=now + GRACE)


def _show_or_hide(user_id: uuid.UUID) -> None:
    ports.audience_changed.call(user_id)
    bump(f"user:{user_id}", f"relations:{user_id}")


def begin_due_erasures(now: dt.datetime) -> int:
    """Start to erase the accounts whose grace is over, give their number, and go on with those half done."""
    for user_id in list(User.objects.filter(status=AccountStatus.ERASING).values_list("pk", flat=True)):
        enqueue("accounts.tasks.erase_account", user_id=user_id)
    due = User.objects.filter(status=AccountStatus.DEACTIVATED, deactivated_at__lte=now - GRACE)
    return sum(_begin_erasure(user_id) for user_id in list(due.values_list("pk", flat=True)))


@atomic
def _begin_erasure(user_id: uuid.UUID) -> bool:
    """Pass the point of no return, unless the owner has just come back."""
    deactivated = User.objects.filter(pk=user_id, status=AccountStatus.DEACTIVATED)
    if not deactivated.update(status=AccountStatus.ERASING):
        return False
    enqueue_durable("accounts.tasks.erase_account", user_id=user_id)
    return True


def erase_account(user_id: uuid.UUID) -> None:
    """Remove what the platform holds on a person, as every model declares; a second call goes on.

    What others see of them goes first, by the apps it belongs to, so that counts stay exact. The row
    of the person stays as a nameless tombstone, for what must be kept.
    """
    if not User.objects.filter(pk=user_id, status=AccountStatus.ERASING).exists():
        return
    ports.erase_person.call(user_id)
    delete_owned(user_id)
    delete_exports(user_id)
    _end_relations(user_id)
    for declaration in declarations(Holds.PERSONAL, Holds.SHARED, Holds.FINANCIAL):
        if declaration.model is not User:
            _erase_rows(declaration, user_id)
    _leave_tombstone(user_id)


def _end_relations(user_id: uuid.UUID) -> None:
    """Remove all relations from and to a person, in small transactions, with both sides counted."""
    for end, other in (("source_id", "target_id"), ("target_id", "source_id")):
        rows = Relation.objects.filter(**{end: user_id}).order_by("pk")
        while part := list(rows[:PARTED_AT_ONCE]):
            _end_some(user_id, [row.pk for row in part], [getattr(row, other) for row in part])


@atomic
def _end_some(user_id: uuid.UUID, ids: list[uuid.UUID], others: list[uuid.UUID]) -> None:
    take_turns(user_id, *others)
    rows = Relation.objects.filter(pk__in=ids)
    follows = list(rows.filter(kind=RelationKind.FOLLOW).values_list("source_id", "target_id"))
    for source_id, target_id in follows:
        count_follows([source_id], target_id, by=-1)
    rows.delete()
    bump_relations(user_id, *others)


def _erase_rows(declaration: Declaration, user_id: uuid.UUID) -> None:
    rows = declaration.model._default_manager.filter(**{declaration.owner: user_id})
    if declaration.erasure == Erasure.DETACH:
        atomic(rows.update)(**{declaration.owner: None})
    elif declaration.erasure == Erasure.DELETE:
        while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
            atomic(declaration.model._default_manager.filter(pk__in=ids).delete)()


@atomic
def _leave_tombstone(user_id: uuid.UUID) -> None:
    erasing = User.objects.filter(pk=user_id, status=AccountStatus.ERASING)
    erased = erasing.update(
        status=AccountStatus.ERASED,
        username=f"deleted_{user_id.hex[-20:]}",
        username_skeleton=f"deleted_{user_id.hex}",
        email=f"{user_id.hex}@erased.invalid",
        password=make_password(None),
        verified_email=None,
        email_verified_at=None,
        password_changed_at=None,
        last_login=None,
        last_active_on=None,
        display_name="",
        bio="",
        website="",
        location="",
        birth_date=None,
        avatar_id=None,
        cover_id=None,
        is_verified=False,
        is_private=True,
        is_staff=False,
        is_superuser=False,
        suspension_reason="",
    )
    if erased:
        User.groups.through.objects.filter(user_id=user_id).delete()
        User.user_permissions.through.objects.filter(user_id=user_id).delete()
        bump(f"user:{user_id}")
        emit(AccountErased(user_id))
