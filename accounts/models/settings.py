"""How people want things."""

from django.db import models

from accounts.enums import Audience
from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(
    Holds.PERSONAL,
    owner="user_id",
    exported=("who_may_message", "who_may_mention", "notifications"),
)
class AccountSettings(Identified):
    """The settings of one person; the row appears with the first change.

    `notifications` maps a kind to the channels that are on: `{"follow": {"push": true, "mail": false}}`.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    who_may_message = models.CharField(max_length=10, choices=Audience, default=Audience.EVERYONE)
    who_may_mention = models.CharField(max_length=10, choices=Audience, default=Audience.EVERYONE)
    notifications = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
