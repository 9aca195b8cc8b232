"""Counters of reactions, one column a kind, so that each is changed by an exact `F()` update."""

from django.db import models

from messaging.enums import ReactionKind

_FIELDS = tuple((kind.value, f"{kind.value}_count") for kind in ReactionKind)


class ReactionCounts(models.Model):
    """How many reactions of each kind a thing has, and how many in all."""

    reaction_count = models.PositiveIntegerField(default=0)
    like_count = models.PositiveIntegerField(default=0)
    love_count = models.PositiveIntegerField(default=0)
    wow_count = models.PositiveIntegerField(default=0)
    sad_count = models.PositiveIntegerField(default=0)
    angry_count = models.PositiveIntegerField(default=0)
    care_count = models.PositiveIntegerField(default=0)
    haha_count = models.PositiveIntegerField(default=0)
    dislike_count = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def counts_by_kind(self) -> dict[str, int]:
        """Give the kinds that occur, with their counts."""
        return {kind: count for kind, field in _FIELDS if (count := getattr(self, field))}
