"""What a page of the web says of itself, in its head: read with patterns that look at each byte once."""

import codecs
import html
import itertools
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

from grover.core.outbound import Fetched, Resolve, fetch, resolve
from messaging.cards.messages import PreviewCard

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 400
LONGEST_SITE_NAME = 100
LONGEST_ADDRESS = 2_000
LONGEST_TAG = 4_000
MOST_TAGS = 200
MOST_ATTRIBUTES = 20

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TAG = re.compile(r"<(meta|title)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?<![a-z:_-])([a-z][a-z:_-]{0,30})\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?([a-z0-9_:.-]{1,40})", re.IGNORECASE)
_TEXT_CODEC = re.compile(r"(utf|iso|cp|koi|gb|big5|shift|euc|ascii|latin|mac|windows)", re.IGNORECASE)
_BOUNDARIES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_page(url: str, *, resolve: Resolve = resolve) -> PreviewCard | None:
    """Read what the page at an address says of itself; None when it has no title.

    Raises what `fetch` raises.
    """
    return preview_of(url, fetch(url, content_types=_HTML_TYPES, resolve=resolve))


def preview_of(url: str, page: Fetched) -> PreviewCard | None:
    """Make the preview of a link out of the page behind it."""
    if page.status != 200:
        return None
    said = _said_in_head(_text_of(page))
    title = _first(said, LONGEST_TITLE, "og:title", "twitter:title", "title")
    if not title:
        return None
    return PreviewCard(
        url=url,
        title=title,
        description=_first(said, LONGEST_DESCRIPTION, "og:description", "twitter:description", "description"),
        image_url=_image_url(page.url, said),
        site_name=_first(said, LONGEST_SITE_NAME, "og:site_name") or (urlsplit(page.url).hostname or ""),
    )


def _text_of(page: Fetched) -> str:
    for mark, codec in _BOUNDARIES:
        if page.content.startswith(mark):
            return page.content.decode(codec, errors="replace")
    named = _CHARSET.search(page.content_type.encode(errors="replace")) or _CHARSET.search(
        page.content[:4096]
    )
    return page.content.decode(_codec(named.group(1).decode() if named else ""), errors="replace")


def _codec(name: str) -> str:
    """Find the codec of a name that a page gives; UTF-8 for one that is unknown or makes no text."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return found if _TEXT_CODEC.match(found) and found != "utf-7" else "utf-8"


def _said_in_head(text: str) -> dict[str, str]:
    """Collect what the first tags say, by name; what is said first counts."""
    said: dict[str, str] = {}
    for number, tag in enumerate(_TAG.finditer(text)):
        if number == MOST_TAGS:
            break
        rest = text[tag.end() : tag.end() + LONGEST_TAG]
        if tag.group(1).lower() == "title":
            said.setdefault("title", rest.partition(">")[2].partition("<")[0])
            continue
        attributes = _attributes(rest)
        name = (attributes.get("property") or attributes.get("name") or "").lower()
        if name and attributes.get("content"):
            said.setdefault(name, attributes["content"])
    return said


def _attributes(rest: str) -> dict[str, str]:
    """Read the attributes up to the end of a tag."""
    found: dict[str, str] = {}
    place = 0
    for match in itertools.islice(_ATTRIBUTE.finditer(rest), MOST_ATTRIBUTES):
        if ">" in rest[place : match.start()]:
            break
        name, *values = match.groups()
        found.setdefault(name.lower(), next(value for value in values if value is not None))
        place = match.end()
    return found


def _first(said: dict[str, str], longest: int, *names: str) -> str:
    texts = (_plain(said[name], longest) for name in names if name in said)
    return next((text for text in texts if text), "")


def _plain(raw: str, longest: int) -> str:
    """Write what a page says as one line of plain text."""
    text = unicodedata.normalize("NFC", html.unescape(raw))
    kept = "".join(one if unicodedata.category(one) not in ("Cc", "Cs") else " " for one in text)
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _image_url(base: str, said: dict[str, str]) -> str | None:
    raw = said.get("og:image") or said.get("og:image:url") or said.get("twitter:image") or ""
    try:
        address = urljoin(base, _plain(raw, LONGEST_ADDRESS + 1))
        parts = urlsplit(address)
    except ValueError:
        return None
    is_fit = raw and len(address) <= LONGEST_ADDRESS and parts.scheme in ("http", "https") and parts.hostname
    return address if is_fit and "@" not in parts.netloc else None
