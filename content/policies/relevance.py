"""In which order found posts are shown: the formula of docs/search.md, and nothing else."""

import datetime as dt
import math
from collections.abc import Sequence

SATURATION = 1.2
LENGTH_MATTERS = 0.75
USUAL_LENGTH = 30  # words
FOR_A_PHRASE = 1.0
TENFOLD = dt.timedelta(days=30)  # so much newer weighs as much as ten times the engagement


def score(words: Sequence[str], sought: Sequence[str], engaged: float, published_at: dt.datetime) -> float:
    """Weigh a post that has all the words sought: how much it is about them, how liked, how new.

    The age counts from a fixed moment, not from now, so that the order of two posts does not change
    while somebody reads on.
    """
    newness = published_at.timestamp() / TENFOLD.total_seconds()
    return closeness(words, sought) + math.log10(1 + max(0.0, engaged)) + newness


def closeness(words: Sequence[str], sought: Sequence[str]) -> float:
    """Tell how much a text is about the words sought: the mean of BM25's weights, and more for a phrase.

    As every text has all the words, how rare each is makes no difference between them and is left out.
    """
    length = SATURATION * (1 - LENGTH_MATTERS + LENGTH_MATTERS * len(words) / USUAL_LENGTH)
    weights = []
    for word in sought:
        times = words.count(word)
        weights.append(times * (SATURATION + 1) / (times + length))
    return math.fsum(weights) / len(weights) + (FOR_A_PHRASE if _has_phrase(words, sought) else 0.0)


def _has_phrase(words: Sequence[str], sought: Sequence[str]) -> bool:
    if len(sought) < 2:
        return False
    phrase = list(sought)
    starts = (index for index, word in enumerate(words) if word == phrase[0])
    return any(list(words[start : start + len(phrase)]) == phrase for start in starts)
