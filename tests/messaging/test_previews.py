"""What pages say of themselves is shown under the messages that link to them, and nothing else is."""

import time
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from grover.core.links import first_link
from grover.core.models import OutboxJob
from grover.core.outbound import Fetched
from grover.core.providers import ProviderRefused
from messaging.actions import previews
from messaging.cards.messages import PreviewCard
from messaging.models import Conversation, Message
from messaging.providers import pages
from messaging.providers.pages import preview_of
from tests.core.test_outbound import Site, page, redirect, site
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message
from tests.messaging.frames import published
from tests.messaging.test_messages import path_of

__all__ = ["site"]

HEAD = """
<html><head><title>Plain</title>
<meta property="og:title" content="The &amp; Engine">
<meta content='Notes on it' property='og:description'/>
<meta name=description content="other">
<META PROPERTY="og:image" CONTENT="/engine.png">
<meta property="og:site_name" content="Engines">
</head><body></body></html>
"""


def answer(
    content: bytes | str, content_type: str = "text/html", url: str = "https://a.example/x"
) -> Fetched:
    """Make what a page answered."""
    raw = content if isinstance(content, bytes) else content.encode()
    return Fetched(url, 200, content_type, raw)


def title_of(content: bytes | str, content_type: str = "text/html") -> str | None:
    """Give the title of the preview of a page."""
    preview = preview_of("https://a.example/x", answer(content, content_type))
    return None if preview is None else preview.title


# --- Links -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://a.example/b?c=d#e.", "https://a.example/b?c=d#e"),
        ("(http://a.example/b_(c))", "http://a.example/b_(c)"),
        ("HTTPS://A.example, or https://b.example", "HTTPS://A.example"),
        ("<https://a.example>", "https://a.example"),
        ("https://a.example/é/日本", "https://a.example/é/日本"),
        ("no link: a.example", ""),
        ("ftp://a.example javascript:alert(1)", ""),
        ("https://", ""),
        ("https://intranet", ""),
        (f"https://a.example/{'x' * 2_000}", ""),
        ("", ""),
    ],
)
def test_first_link_of_a_text_is_found(text: str, link: str) -> None:
    assert first_link(text) == link


# --- Pages -------------------------------------------------------------------------------------


def test_page_is_shown_as_it_says() -> None:
    assert preview_of("https://short.example", answer(HEAD)) == PreviewCard(
        url="https://short.example",
        title="The & Engine",
        description="Notes on it",
        image_url="https://a.example/engine.png",
        site_name="Engines",
    )


def test_page_that_says_little_is_shown_by_its_title() -> None:
    assert preview_of("https://a.example/x", answer("<title>\n Two\t words </title>")) == PreviewCard(
        url="https://a.example/x", title="Two words", description="", image_url=None, site_name="a.example"
    )


@pytest.mark.parametrize(
    "content", ["", "<p>Hello", "<title></title>", "<title> </title>", "<title", "<meta"]
)
def test_page_without_a_title_is_not_shown(content: str) -> None:
    assert title_of(content) is None


def test_page_that_is_not_there_is_not_shown() -> None:
    assert (
        preview_of("https://a.example", Fetched("https://a.example", 404, "text/html", HEAD.encode())) is None
    )


def test_what_a_page_says_is_cut_and_made_plain() -> None:
    said = f"""<meta property="og:title" content="{"x" * 500}">
        <meta property="og:description" content="a&#0;b\x07c&#xD800;d &#101;&#769; <b>{"y" * 500}">
        <meta property="og:site_name" content="{"z" * 101}">"""
    preview = preview_of("https://a.example", answer(said))

    assert preview is not None
    assert preview.title == "x" * 199 + "…"
    assert preview.description.startswith("a\ufffdb c\ufffdd é <b>yy")
    assert (len(preview.description), len(preview.site_name)) == (400, 100)


@pytest.mark.parametrize(
    ("raw", "image_url"),
    [
        ("https://b.example/i.png", "https://b.example/i.png"),
        ("i.png", "https://a.example/i.png"),
        ("//b.example/i.png", "https://b.example/i.png"),
        ("data:image/png;base64,AA==", None),
        ("javascript:alert(1)", None),
        ("https://user:secret@b.example/i.png", None),
        ("http://[", None),
        (f"https://b.example/{'x' * 2_000}", None),
        ("", None),
    ],
)
def test_picture_of_a_page_is_an_address_of_the_web(raw: str, image_url: str | None) -> None:
    said = f'<title>A</title><meta property="og:image" content="{raw}">'
    preview = preview_of("https://a.example/x", answer(said))
    assert preview is not None
    assert preview.image_url == image_url


@pytest.mark.parametrize(
    ("content", "content_type", "title"),
    [
        ("<title>é</title>".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        ("<title>é</title>".encode("latin-1"), 'text/html; charset="latin1"', "é"),
        ('<meta charset="shift_jis"><title>日本</title>'.encode("shift_jis"), "text/html", "日本"),
        ("\ufeff<title>é</title>".encode("utf-16"), "text/html", "é"),
        (b"\xef\xbb\xbf<title>\xc3\xa9</title>", "text/html; charset=latin-1", "é"),
        ("<title>é</title>".encode(), "text/html; charset=klingon", "é"),
        ("<title>é</title>".encode(), "text/html; charset=base64", "é"),
        ("<title>é</title>".encode(), "text/html; charset=punycode", "é"),
        (b"<title>+AOk-</title>", "text/html; charset=utf-7", "+AOk-"),
        (b"<title>\xff\xfe\xfa</title>", "text/html; charset=utf-8", "\ufffd\ufffd\ufffd"),
    ],
)
def test_page_is_read_in_its_charset(content: bytes, content_type: str, title: str) -> None:
    assert title_of(content, content_type) == title


@pytest.mark.parametrize("piece", ["<meta ", '<meta content="', "<title>", "<!--", "<", "a='", "<meta a=b "])
def test_page_made_to_be_slow_is_not(piece: str) -> None:
    started = time.process_time()
    title_of((piece * (1024 * 1024 // len(piece)))[: 1024 * 1024])
    assert time.process_time() - started < 1


# --- Messages ----------------------------------------------------------------------------------


def preview_at(client: Any, message_id: str) -> Any:
    return client.get(f"messages/{message_id}").json()["preview"]


@pytest.mark.django_db(transaction=True)
def test_preview_is_fetched_once_the_message_is_stored(api: Any, site: Site) -> None:
    ada, bob = make_people()
    talk = make_conversation("direct", ada, bob)
    site.pages = {"/a": redirect("/b"), "/b": page(HEAD.encode())}

    with published() as frames:
        sent = api(ada).post(path_of(talk), json={"text": f"see {site.url}/a!"}).json()

    preview = {
        "url": f"{site.url}/a",
        "title": "The & Engine",
        "description": "Notes on it",
        "image_url": f"{site.url}/engine.png",
        "site_name": "Engines",
    }
    assert sent["preview"] is None
    card = api(bob).get(f"messages/{sent['id']}").json()
    assert (card["preview"], card["edited_at"]) == (preview, None)
    assert [frame.type for frame in frames] == ["message.created", "message.edited"]
    assert frames[1].data == {"conversation_id": str(talk.pk), "message": card}
    assert not OutboxJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_preview_follows_the_link_when_the_text_is_edited(api: Any, site: Site) -> None:
    ada, bob = make_people()
    talk = make_conversation("direct", ada, bob)
    site.pages = {"/a": page(b"<title>A</title>"), "/b": page(b"<title>B</title>")}
    client = api(ada)
    message_id = client.post(path_of(talk), json={"text": f"{site.url}/a"}).json()["id"]
    titles = [preview_at(client, message_id)["title"]]

    for text in (f"look: {site.url}/a", f"{site.url}/b", "nothing"):
        client.patch(f"messages/{message_id}", json={"text": text})
        titles.append((preview_at(client, message_id) or {}).get("title"))

    assert titles == ["A", "A", "B", None]
    assert [path for _, path, _ in site.asked] == ["/a", "/b"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "answer_of",
    [
        page(b"{}", "application/json"),
        page(HEAD.encode(), "image/svg+xml"),
        page(HEAD.encode(), status=404),
        page(HEAD.encode(), status=500),
        redirect("http://10.0.0.1/"),
        redirect("http://[::1]/"),
        redirect("file:///etc/passwd"),
        redirect("/a"),
    ],
)
def test_page_that_cannot_be_had_leaves_no_preview(api: Any, site: Site, answer_of: Any) -> None:
    ada, bob = make_people()
    site.pages = {"/a": answer_of}

    with published() as frames:
        response = api(ada).post(
            path_of(make_conversation("direct", ada, bob)), json={"text": f"{site.url}/a"}
        )

    assert response.status_code == 201
    assert Message.objects.get().preview is None
    assert [frame.type for frame in frames] == ["message.created"]
    assert not OutboxJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_the_beginning_of_a_large_page_is_read(api: Any, site: Site) -> None:
    ada, bob = make_people()
    site.pages = {"/a": page(HEAD.encode() + b"x" * (3 * 1024 * 1024))}
    sent = api(ada).post(path_of(make_conversation("direct", ada, bob)), json={"text": f"{site.url}/a"})
    assert preview_at(api(bob), sent.json()["id"])["title"] == "The & Engine"


@pytest.mark.django_db(transaction=True)
def test_links_to_ourselves_and_our_neighbours_are_not_followed(api: Any) -> None:
    ada, bob = make_people()
    client, path = api(ada), path_of(make_conversation("direct", ada, bob))
    for link in ("http://127.0.0.1:8000/admin", "http://localhost/", "http://169.254.169.254/latest/"):
        assert client.post(path, json={"text": link}).status_code == 201
    assert [message.preview for message in Message.objects.all()] == [None] * 3


def test_name_that_changes_its_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["10.0.0.1"], ["93.184.216.34"]])
    with pytest.raises(ProviderRefused):
        pages.read_page("http://a.example/", resolve=lambda host: next(answers))


def test_preview_of_a_message_changed_meanwhile_is_dropped(
    monkeypatch: pytest.MonkeyPatch, talk: Conversation, ada: User
) -> None:
    card = PreviewCard(url="u", title="t", description="", image_url=None, site_name="s")
    changes = {
        "edited": {"text": "https://b.example"},
        "unsent": {"text": "", "unsent_at": timezone.now()},
        "same": {"version": 2},
    }
    found = {}
    for name, change in changes.items():
        message = make_message(talk, ada, "https://a.example")

        def read(url: str, pk: uuid.UUID = message.pk, change: dict[str, Any] = change) -> PreviewCard:
            Message.objects.filter(pk=pk).update(**change)
            return card

        monkeypatch.setattr(pages, "read_page", read)
        previews.fetch_preview(message.pk)
        message.refresh_from_db()
        found[name] = message.preview

    assert found["edited"] is None
    assert found["unsent"] is None
    assert found["same"] == {"url": "u", "title": "t", "description": "", "image_url": None, "site_name": "s"}


@pytest.mark.django_db
def test_preview_of_a_message_that_is_gone_is_nothing() -> None:
    previews.fetch_preview(uuid.uuid4())


def make_people() -> tuple[User, User]:
    return make_user("ada"), make_user("bob")
