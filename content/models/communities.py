"""Communities: places where people post for each other, under rules of their own."""

from django.conf import settings
from django.db import models

from content.enums import CommunityRole
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 1_000
LONGEST_RULES = 5_000


@holds(Holds.NONE)
class Community(Identified):
    """A place with members; what is posted in a private one is for them alone.

    Whether it is private is settled when it is founded, for those who posted relied on it.
    """

    name = models.CharField(max_length=LONGEST_NAME)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    rules = models.TextField(blank=True)
    is_private = models.BooleanField(default=False)
    member_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)


@holds(Holds.SHARED, owner="user_id", exported=("community_id", "role", "created_at"))
class CommunityMember(Identified):
    """That somebody is a member of a community, and what they may do there."""

    community = models.ForeignKey(
        Community, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    role = models.CharField(max_length=10, choices=CommunityRole, default=CommunityRole.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "community"], name="community_member_once")]
        indexes = [models.Index(fields=["community", "-id"], name="member_of_community")]


@holds(Holds.PERSONAL, owner="user_id", exported=("community_id", "created_at"))
class CommunityRequest(Identified):
    """That somebody asks to become a member of a private community."""

    community = models.ForeignKey(
        Community, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "community"], name="community_asked_once")]
        indexes = [models.Index(fields=["community", "-id"], name="request_to_community")]
