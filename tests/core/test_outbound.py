"""Nothing that a client names leads to where it must not."""

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import override_settings

from grover.core.outbound import MOST_BYTES, AddressRefused, fetch, is_public, post
from grover.core.providers import ProviderRefused, ProviderUnavailable
from tests.services import black_hole

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server of a test's own: what it answers at each path, and what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, str, bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.command, self.path, b""))
                site.pages[self.path](self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                site.asked.append((self.command, self.path, body))
                site.pages[self.path](self)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,))
    thread.start()
    with override_settings(OUTBOUND_ALLOW=["127.0.0.1/32"]):
        yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def page(content: bytes, content_type: str = "text/html", status: int = 200) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


def redirect(to: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", to)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def test_page_is_read_where_redirects_lead(site: Site) -> None:
    site.pages = {"/a": redirect("/b"), "/b": page(b"<title>B</title>", "text/html; charset=utf-8")}

    found = fetch(f"{site.url}/a")

    assert (found.url, found.status, found.content_type, found.content) == (
        f"{site.url}/b",
        200,
        "text/html; charset=utf-8",
        b"<title>B</title>",
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://224.0.0.1/",
        "http://93.184.216.34:22/",
        "http://user:secret@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "http://[::1",
        "not an address",
    ],
)
def test_addresses_that_are_not_public_are_refused(url: str) -> None:
    with pytest.raises(ProviderRefused):
        fetch(url)


def test_name_that_leads_to_a_private_address_is_refused() -> None:
    for addresses in (["127.0.0.1"], ["93.184.216.34", "10.0.0.8"], ["fe80::1%eth0"], []):
        with pytest.raises(AddressRefused):
            fetch("http://inside.example/", resolve=lambda host, found=addresses: found)


def test_redirect_to_a_private_address_is_refused(site: Site) -> None:
    site.pages = {"/a": redirect("http://10.0.0.1/"), "/b": redirect("file:///etc/passwd")}
    for path in ("/a", "/b"):
        with pytest.raises(AddressRefused):
            fetch(site.url + path)


def test_name_is_looked_up_once_a_connection(site: Site) -> None:
    """Whoever checked one answer and connected by another would be led astray here."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    site.pages = {"/": page(b"once")}
    url = site.url.replace("127.0.0.1", "twofaced.example")

    assert fetch(f"{url}/", resolve=lambda host: next(answers)).content == b"once"
    with pytest.raises(AddressRefused):
        fetch(f"{url}/", resolve=lambda host: next(answers))


def test_redirects_have_an_end(site: Site) -> None:
    site.pages = {"/": redirect("/")}
    with pytest.raises(ProviderRefused):
        fetch(f"{site.url}/")
    assert len(site.asked) == 6


def test_other_types_are_refused(site: Site) -> None:
    site.pages = {"/": page(b"\x89PNG", "image/png")}
    with pytest.raises(ProviderRefused):
        fetch(f"{site.url}/")


def test_no_more_is_read_than_wanted(site: Site) -> None:
    site.pages = {"/": page(b"a" * (3 * MOST_BYTES))}
    assert len(fetch(f"{site.url}/").content) == MOST_BYTES


def test_what_drips_is_given_up_in_time(site: Site) -> None:
    over = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not over.wait(0.05):
            request.wfile.write(b"a")

    site.pages = {"/": drip}
    started = time.monotonic()
    try:
        with pytest.raises(ProviderUnavailable):
            fetch(f"{site.url}/", seconds=0.5)
    finally:
        over.set()
    assert time.monotonic() - started < 5


def test_who_never_answers_is_given_up() -> None:
    with (
        override_settings(OUTBOUND_ALLOW=["127.0.0.1/32"]),
        black_hole() as port,
        pytest.raises(ProviderUnavailable),
    ):
        fetch(f"http://127.0.0.1:{port}/", seconds=0.3)


def test_post_does_not_follow(site: Site) -> None:
    site.pages = {"/": redirect("/elsewhere")}
    answer = post(f"{site.url}/", content=b"hello", headers={"ttl": "60"})
    assert (answer.status_code, site.asked) == (302, [("POST", "/", b"hello")])


def test_forms_of_addresses_are_seen_through() -> None:
    public = ("93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34")
    others = ("127.0.0.1", "100.64.0.1", "::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2001:0:1::1")
    assert [is_public(ipaddress.ip_address(text)) for text in public] == [True] * 3
    assert [is_public(ipaddress.ip_address(text)) for text in others] == [False] * 7
