"""What people are found by, beside their username."""

from django.db import models

from accounts.models.users import User
from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from grover.core.words import LONGEST_WORD


@holds(Holds.SHARED, owner="user_id")
class NameWord(Identified):
    """A word of the name that somebody shows, folded; written whenever the name is."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=LONGEST_WORD, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "word"], name="name_word_once")]
