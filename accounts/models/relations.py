"""What people are to each other."""

from django.db import models

from accounts.enums import RelationKind
from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds


@holds(Holds.SHARED, owner="source_id", exported=("kind", "target_id", "created_at"))
class Relation(Identified):
    """One person follows, asks to follow, blocks or mutes another.

    All kinds stand in one table, so what two people are to each other is one query.
    """

    source = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    target = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=RelationKind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "kind"], name="relation_once")]
        indexes = [
            models.Index(fields=["source", "kind", "-id"], name="relation_by_source"),
            models.Index(fields=["target", "kind", "-id"], name="relation_by_target"),
        ]
