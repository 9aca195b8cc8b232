"""Keeping what people are found by."""

import uuid

from accounts.models import NameWord
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.words import words_of_name


@atomic
def keep_name_words(user_id: uuid.UUID, display_name: str) -> None:
    """Have somebody found by the words of the name they show now; joins the caller's transaction."""
    words = words_of_name(display_name)
    rows = NameWord.objects.filter(user_id=user_id)
    rows.exclude(word__in=words).delete()
    known = set(rows.values_list("word", flat=True))
    NameWord.objects.bulk_create(
        [NameWord(user_id=user_id, word=word) for word in words if word not in known]
    )
    bump("names")
