"""Profiles: a person as others see them, and as they see themselves."""

import uuid
from collections.abc import Iterable

from accounts.cards.people import OwnProfileCard, ProfileCard, ProfileCounts
from accounts.enums import AccountStatus
from accounts.models import TwoFactor, User
from accounts.selectors.people import AVATAR_WIDTH, user_id_of
from accounts.selectors.relations import card_of, relation_to
from grover.core import caching
from grover.core.errors import NotFound
from grover.core.viewers import AnyViewer, Viewer
from grover.media.cards import public_url

COVER_WIDTH = 1280
SIZE_OF_A_PROFILE = 3_000  # bytes, roughly, as Python objects


def get_profile(viewer: AnyViewer, reference: str) -> ProfileCard:
    """Read the profile of whom a path names by id or `@username`; NotFound when hidden from the viewer."""
    key = f"profile:{reference.lower()}:{viewer.id}"
    return caching.remember(key, lambda: _read_profile(viewer, reference))


def _read_profile(viewer: AnyViewer, reference: str) -> tuple[ProfileCard, Iterable[str], int]:
    user = User.objects.filter(pk=user_id_of(reference), status=AccountStatus.ACTIVE).first()
    if user is None:
        raise NotFound
    relation = relation_to(viewer, user.pk)
    if relation.is_blocked:
        raise NotFound
    card = ProfileCard(
        id=user.pk,
        username=user.username,
        display_name=user.display_name,
        avatar_url=_url(user.avatar_id, AVATAR_WIDTH),
        is_verified=user.is_verified,
        cover_url=_url(user.cover_id, COVER_WIDTH),
        bio=user.bio,
        website=user.website,
        location=user.location,
        is_private=user.is_private,
        created_at=user.created_at,
        counts=_counts(user),
        relation=card_of(relation),
    )
    depends_on = [f"user:{user.pk}", f"relations:{user.pk}", f"relations:{viewer.id}"]
    return card, depends_on, SIZE_OF_A_PROFILE


def get_own_profile(viewer: Viewer) -> OwnProfileCard:
    """Read the viewer's own profile, with what only they see."""
    user = User.objects.filter(pk=viewer.id, status=AccountStatus.ACTIVE).first()
    if user is None:
        raise NotFound
    return OwnProfileCard(
        id=user.pk,
        username=user.username,
        display_name=user.display_name,
        avatar_id=user.avatar_id,
        avatar_url=_url(user.avatar_id, AVATAR_WIDTH),
        is_verified=user.is_verified,
        cover_id=user.cover_id,
        cover_url=_url(user.cover_id, COVER_WIDTH),
        bio=user.bio,
        website=user.website,
        location=user.location,
        email=user.email,
        is_email_verified=user.email_verified_at is not None,
        birth_date=user.birth_date,
        is_private=user.is_private,
        is_staff=user.is_staff,
        has_two_factor=TwoFactor.objects.filter(user_id=user.pk, confirmed_at__isnull=False).exists(),
        created_at=user.created_at,
        counts=_counts(user),
    )


def _counts(user: User) -> ProfileCounts:
    return ProfileCounts(followers=user.follower_count, following=user.following_count, posts=user.post_count)


def _url(media_id: uuid.UUID | None, width: int) -> str | None:
    return None if media_id is None else public_url(media_id, width)
