"""What the staff did to posts, comments and stories."""

from django.db import models

from accounts.enums import Moderation

COUNTED = (Moderation.VISIBLE, Moderation.HIDDEN)  # what is removed is taken from all counters at once


class Moderated(models.Model):
    """A thing that the staff can hide or remove, and show again."""

    moderation = models.CharField(max_length=7, choices=Moderation, default=Moderation.VISIBLE)

    class Meta:
        abstract = True

    @property
    def is_counted(self) -> bool:
        """Tell whether counters of others know of it."""
        return self.moderation in COUNTED
