"""People."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from accounts.enums import AccountStatus
from grover.core.ids import Identified
from grover.core.privacy import Erasure, Holds, holds


class UserManager(BaseUserManager["User"]):
    """Finds people by the name they sign in to the admin with."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").lower())


@holds(
    Holds.PERSONAL,
    owner="id",
    exported=(
        "username",
        "email",
        "display_name",
        "bio",
        "website",
        "location",
        "birth_date",
        "is_private",
        "email_verified_at",
        "created_at",
    ),
    erasure=Erasure.DETACH,
)
class User(Identified, AbstractBaseUser, PermissionsMixin):
    """A person: who they are, how they show themselves, and what is counted of them.

    `username_skeleton` is the name with its look-alike characters made equal, so that no two names
    can be taken for each other. Anybody may claim an `email`; `verified_email` is set once it is proven to
    be theirs, and then nobody else's. `version` grows with each change of the profile. `relations_version`
    grows with each change of whom one follows, blocks and is followed by: growing it first is what puts
    changes that race in a row.
    """

    username = models.CharField(max_length=30, unique=True)
    username_skeleton = models.CharField(max_length=60, unique=True)
    email = models.EmailField(max_length=254, db_index=True)
    verified_email = models.EmailField(max_length=254, unique=True, null=True)
    email_verified_at = models.DateTimeField(null=True)
    password_changed_at = models.DateTimeField(null=True)

    display_name = models.CharField(max_length=50, blank=True)
    bio = models.CharField(max_length=500, blank=True)
    website = models.URLField(max_length=200, blank=True)
    location = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True)
    avatar_id = models.UUIDField(null=True)
    cover_id = models.UUIDField(null=True)
    is_verified = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)

    status = models.CharField(max_length=12, choices=AccountStatus, default=AccountStatus.ACTIVE)
    suspension_reason = models.CharField(max_length=500, blank=True)
    deactivated_at = models.DateTimeField(null=True, db_index=True)

    follower_count = models.PositiveIntegerField(default=0)
    following_count = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)

    is_staff = models.BooleanField(default=False)
    last_active_on = models.DateField(null=True, db_index=True)
    version = models.PositiveIntegerField(default=1)
    relations_version = models.PositiveBigIntegerField(default=0)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = ["email"]

    class Meta:
        pass

    def __str__(self) -> str:
        return f"@{self.username}"

    @property
    def is_active(self) -> Any:  # type: ignore[override, misc]
        return self.status == AccountStatus.ACTIVE
