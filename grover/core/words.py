"""The words of texts, folded so that the spellings of one word are one: what search compares.

A text that is searched for is only ever a list of such words, letters and digits, so nothing in it can
be syntax to any database.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Iterator

import snowballstemmer

MOST_WORDS = 2_000
MOST_WORDS_SOUGHT = 10
LONGEST_WORD = 40

_APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")
_WORD = re.compile(r"[^\W_]+")
# Scripts that put no space between words: Thai, Lao, Khmer, Myanmar, kana and the Han characters.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]+"
)


class _Stemmers(threading.local):
    """A stemmer keeps the word it works on, so each thread has its own."""

    def __init__(self) -> None:
        self.english = snowballstemmer.stemmer("english")


_stemmers = _Stemmers()


def fold(text: str) -> str:
    """Make equal what differs in case, width, composition or accents alone."""
    if text.isascii():
        return text.lower()
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) != "Mn")
    return unicodedata.normalize("NFKC", plain.casefold())


def words_of_name(text: str) -> list[str]:
    """List the distinct words of a name as they are written."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _plain_words(text)))[:MOST_WORDS_SOUGHT]


def words_of(text: str) -> list[str]:
    """List the words that a text is found by, in their order; the first two thousand.

    English words are reduced to their stems (Porter's second algorithm). Where a script puts no spaces,
    each character is a word, and so is each pair of neighbours.
    """
    found: list[str] = []
    for word in _plain_words(text):
        found += _pieces(word, pairs_only=False)
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def words_sought(text: str) -> list[str]:
    """List the words that a text must have to be found by another one; each once, the first ten."""
    found = (piece for word in _plain_words(text) for piece in _pieces(word, pairs_only=True))
    return list(dict.fromkeys(found))[:MOST_WORDS_SOUGHT]


def _plain_words(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(_APOSTROPHE.sub("", fold(text))))


def _pieces(word: str, *, pairs_only: bool) -> list[str]:
    """Cut a word at the ends of its unspaced stretches, and those into characters and pairs."""
    found: list[str] = []
    start = 0
    for match in _UNSPACED.finditer(word):
        found += _stems(word[start : match.start()])
        pairs = [match[0][index : index + 2] for index in range(len(match[0]) - 1)]
        found += pairs if pairs and pairs_only else [*match[0], *pairs]
        start = match.end()
    return found + _stems(word[start:])


def _stems(word: str) -> list[str]:
    return [_stem(word[:LONGEST_WORD])] if word else []


@functools.lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_stemmers.english.stemWord(word))
