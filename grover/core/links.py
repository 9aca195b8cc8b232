"""Links in what people write."""

import re

LONGEST_LINK = 2_000

_LINK = re.compile(r"https?://[^\s<>\"'`\x00-\x20]+", re.IGNORECASE)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def first_link(text: str) -> str:
    """Find the first http(s) address in a text, less the punctuation after it; empty when there is none."""
    for match in _LINK.finditer(text):
        link = _without_punctuation(match.group())
        if "." in link or "[" in link or "localhost" in link.lower():
            return link if len(link) <= LONGEST_LINK else ""
    return ""


def _without_punctuation(link: str) -> str:
    while link and (link[-1] in ".,;:!?*_~…" or _closes_nothing(link)):
        link = link[:-1]
    return link


def _closes_nothing(link: str) -> bool:
    opening = _CLOSING.get(link[-1])
    return opening is not None and link.count(link[-1]) > link.count(opening)
