"""What is rising just now, as the last computations found it."""

from django.db import models

from content.enums import TrendKind
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.NONE)
class Trend(Identified):
    """A place in a list of what is rising: of posts, tags or people.

    `thing_id` is a post, a tag or a person, `author_id` whose it is. All places that were computed
    together have the same `generation`, the second of that; a reader who is in the middle of a list goes
    on in the generation they began with.
    """

    kind = models.CharField(max_length=10, choices=TrendKind)
    generation = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    thing_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    score = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "generation", "rank"], name="one_trend_a_place")
        ]
        indexes = [models.Index(fields=["thing_id"], name="trend_of_thing")]
