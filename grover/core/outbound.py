"""Asking addresses that clients name: the one way out to the internet that they can point anywhere.

A name is looked up here and the connection goes to the very address that was checked, so that no
answer of a name server given later can lead elsewhere. Only public addresses are asked, at the usual
ports, and each redirect is checked like the first address. Sizes and times are bounded as a whole.
"""

import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from django.conf import settings

from grover.core.providers import ProviderRefused, ProviderUnavailable

PORTS = (80, 443)
MOST_REDIRECTS = 5
MOST_BYTES = 1024 * 1024
SECONDS = 10.0
OUR_HEADERS = {"user-agent": "Grover", "accept-encoding": "identity"}

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], Iterable[str]]

# Addresses of IPv6 that stand for one of IPv4, through a gateway that we cannot look behind.
_GATEWAYS = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class AddressRefused(ProviderRefused):
    """The address is none that may be asked from here."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered in the end; `content` ends after as many bytes as were wanted."""

    url: str
    status: int
    content_type: str
    content: bytes


def resolve(host: str) -> list[str]:
    """Look up all addresses of a name."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})


def fetch(
    url: str,
    *,
    content_types: Collection[str] = ("text/html",),
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
    resolve: Resolve = resolve,
) -> Fetched:
    """Read what is at an address, following redirects.

    AddressRefused where one of them leads to what must not be asked, ProviderRefused where the answer
    is of another type or there is no end of redirects, ProviderUnavailable where it takes too long.
    """
    deadline = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        with _ask("GET", url, {"accept": ", ".join(content_types)}, b"", deadline, resolve) as answer:
            if not answer.has_redirect_location:
                return _read(answer, content_types, most_bytes)
            url = urljoin(url, answer.headers["location"])
    raise ProviderRefused("Too many redirects")


def post(
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    seconds: float = SECONDS,
    resolve: Resolve = resolve,
) -> httpx.Response:
    """Send something to an address that a client named; redirects are not followed."""
    with _ask("POST", url, headers, content, time.monotonic() + seconds, resolve) as answer:
        kept = _first_bytes(answer, MOST_BYTES)
        return httpx.Response(answer.status_code, headers=answer.headers, content=kept)


def check_url(url: str) -> None:
    """Refuse what is no plain address of the web: other schemes, and names or passwords in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise AddressRefused("Not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise AddressRefused("Not an address of the web")


def is_public(address: IpAddress) -> bool:
    """Tell whether an address is somewhere in the public internet, in whichever form it is written."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    if any(address in network for network in _GATEWAYS if network.version == address.version):
        return False
    is_local = getattr(address, "is_site_local", False)
    return address.is_global and not (is_local or address.is_multicast or address.is_reserved)


def _may_be_asked(text: str, port: int) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if any(address in network for network in _allowed(tuple(settings.OUTBOUND_ALLOW))):
        return True
    return port in PORTS and is_public(address)


@functools.cache
def _allowed(words: tuple[str, ...]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(word, strict=False) for word in words]


@contextmanager
def _ask(
    method: str, url: str, headers: Mapping[str, str], content: bytes, deadline: float, resolve: Resolve
) -> Iterator[httpx.Response]:
    check_url(url)
    transport = httpx.HTTPTransport(trust_env=False)
    transport._pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=_GuardedBackend(resolve, deadline)
    )
    try:
        with (
            httpx.Client(transport=transport, trust_env=False, timeout=SECONDS) as client,
            client.stream(method, url, headers={**OUR_HEADERS, **headers}, content=content or None) as answer,
        ):
            yield answer
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused("Not an address") from error
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise ProviderUnavailable(type(error).__name__) from error


def _read(answer: httpx.Response, content_types: Collection[str], most_bytes: int) -> Fetched:
    content_type = answer.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() not in content_types:
        raise ProviderRefused("The answer is of another type")
    return Fetched(str(answer.url), answer.status_code, content_type, _first_bytes(answer, most_bytes))


def _first_bytes(answer: httpx.Response, most_bytes: int) -> bytes:
    content = b""
    for part in answer.iter_raw():
        content += part
        if len(content) >= most_bytes:
            break
    return content[:most_bytes]


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to nothing but addresses that were looked up and checked here, until a deadline."""

    def __init__(self, resolve: Resolve, deadline: float) -> None:
        self._resolve, self._deadline = resolve, deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        addresses = self._look_up(host)
        if not addresses or not all(_may_be_asked(address, port) for address in addresses):
            raise AddressRefused("Not a public address")
        left = _left(self._deadline, timeout)
        stream = self._network.connect_tcp(addresses[0], port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise AddressRefused("Not an address of the web")

    def _look_up(self, host: str) -> list[str]:
        try:
            found = _resolvers().submit(self._resolve, host).result(timeout=_left(self._deadline, None))
            return list(found)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise ProviderUnavailable("The name is not known") from error


class _TimedStream(httpcore.NetworkStream):
    """A connection of which each step takes no longer than what is left of the whole."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, timeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise ProviderUnavailable("It took too long")
    return left if timeout is None else min(left, timeout)


@functools.cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")
