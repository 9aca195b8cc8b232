"""How people want to be told of what others do, and who of them may be mentioned."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q

from accounts.cards.people import Relation
from accounts.enums import AccountStatus, Audience, NotificationChannel, NotificationKind, RelationKind
from accounts.models import AccountSettings, User
from accounts.models import Relation as RelationRow
from accounts.selectors.relations import relations_by_id
from accounts.selectors.settings import default_notifications
from grover.core.viewers import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReader:
    """Somebody who is told of some kinds of things by mail, at an address that is theirs."""

    email: str
    username: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an active person reads mail, at an address that is theirs."""

    email: str
    username: str


@dataclass(frozen=True, slots=True)
class Mentionable:
    """Somebody who may be mentioned, and what the one who mentions them and they are to each other."""

    user_id: uuid.UUID
    relation: Relation


def channels_to(
    user_id: uuid.UUID, actor_id: uuid.UUID, kind: str, *, relation: Relation | None = None
) -> frozenset[str]:
    """Find how somebody is told of what another one did, in two queries at most.

    By no channel at all when a block stands between the two or they mute the other one. `relation` is
    what the actor and they are to each other; it is read when the caller does not know it.
    """
    if _is_unheard(user_id, actor_id) if relation is None else relation.is_unheard:
        return frozenset()
    chosen = AccountSettings.objects.filter(user_id=user_id).values_list("notifications", flat=True).first()
    return _channels(chosen or {}, kind)


def _is_unheard(user_id: uuid.UUID, actor_id: uuid.UUID) -> bool:
    apart = RelationRow.objects.filter(
        Q(source_id=user_id, target_id=actor_id, kind__in=[RelationKind.BLOCK, RelationKind.MUTE])
        | Q(source_id=actor_id, target_id=user_id, kind=RelationKind.BLOCK)
    )
    return apart.exists()


def mail_readers(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, MailReader]:
    """Find those of these people who are told of anything by mail, in two queries.

    Only active people who confirmed their address are among them.
    """
    rows = User.objects.filter(pk__in=set(ids), status=AccountStatus.ACTIVE)
    people = {
        user_id: (email, username)
        for user_id, email, username in rows.values_list("pk", "verified_email", "username")
        if email is not None
    }
    settings = AccountSettings.objects.filter(user_id__in=list(people))
    chosen = dict(settings.values_list("user_id", "notifications"))
    found = {
        user_id: MailReader(email=email, username=username, kinds=_mailed_kinds(chosen.get(user_id, {})))
        for user_id, (email, username) in people.items()
    }
    return {user_id: reader for user_id, reader in found.items() if reader.kinds}


def address_of(user_id: uuid.UUID) -> Address | None:
    """Find where somebody reads what must reach them, whatever they want to be told of, in one query."""
    rows = User.objects.filter(pk=user_id, status=AccountStatus.ACTIVE)
    row = rows.values_list("verified_email", "username").first()
    if row is None or row[0] is None:
        return None
    return Address(email=row[0], username=row[1])


def mentionable(actor: Viewer, names: Collection[str]) -> dict[str, Mentionable]:
    """Find who of the people of these names may be mentioned by the actor, in three queries."""
    if not names:
        return {}
    people = User.objects.filter(username__in=set(names), status=AccountStatus.ACTIVE).exclude(pk=actor.id)
    ids = dict(people.values_list("username", "pk"))
    if not ids:
        return {}
    rows = AccountSettings.objects.filter(user_id__in=list(ids.values()))
    wishes = dict(rows.values_list("user_id", "who_may_mention"))
    relations = relations_by_id(actor, list(ids.values()))
    return {
        name: Mentionable(user_id, relations[user_id])
        for name, user_id in ids.items()
        if _may_mention(wishes.get(user_id, Audience.EVERYONE), relations[user_id])
    }


def _may_mention(who_may_mention: str, relation: Relation) -> bool:
    if relation.is_blocked or who_may_mention == Audience.NOBODY:
        return False
    return who_may_mention == Audience.EVERYONE or relation.following


def _channels(chosen: Mapping[str, Mapping[str, bool]], kind: str) -> frozenset[str]:
    merged = {**default_notifications()[kind], **chosen.get(kind, {})}
    return frozenset(channel for channel in NotificationChannel.values if merged[channel])


def _mailed_kinds(chosen: Mapping[str, Mapping[str, bool]]) -> frozenset[str]:
    return frozenset(
        kind for kind in NotificationKind.values if NotificationChannel.MAIL in _channels(chosen, kind)
    )
