"""The certificates that webhooks are signed with: fetched from PayPal alone, and trusted by their chain.

The address is named by whoever sends the webhook, so it is held to PayPal's hosts before it is asked.
"""

import datetime as dt
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from grover.core.providers import ProviderUnavailable
from payments.providers.base import SignatureInvalid
from payments.providers.paypal import trust

LIVE_HOSTS = frozenset({"api.paypal.com", "api-m.paypal.com"})
SANDBOX_HOSTS = frozenset({"api.sandbox.paypal.com", "api-m.sandbox.paypal.com"})
LIVE_NAME = "messageverificationcerts.paypal.com"
SANDBOX_NAME = "messageverificationcerts.sandbox.paypal.com"
SECONDS = 5.0

_PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_-]{1,100}", re.ASCII)
_MOST_KEPT = 16
_MOST_BYTES = 64 * 1024


class Certificates:
    """Gives the keys of certificates, which it keeps; their chain and time are checked anew each time."""

    def __init__(
        self, base_url: str, *, roots: Sequence[x509.Certificate] | None = None, seconds: float = SECONDS
    ) -> None:
        self._base_url, self._seconds = base_url, seconds
        self._roots = Store(list(trust.roots() if roots is None else roots))
        self._kept: OrderedDict[str, list[x509.Certificate]] = OrderedDict()
        self._lock = threading.Lock()
        self._http = httpx.Client(trust_env=False, verify=trust.tls())

    def key_at(self, url: str) -> RSAPublicKey:
        """Give the key of the certificate at an address.

        SignatureInvalid when it is not PayPal's, ProviderUnavailable when PayPal does not hand it out now.
        """
        check_address(url, self._base_url)
        with self._lock:
            chain = self._kept.get(url)
        if chain is not None:
            return self._verified(url, chain)
        chain = _read_chain(self._fetch(url))
        key = self._verified(url, chain)
        with self._lock:
            self._kept[url] = chain
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return key

    def close(self) -> None:
        """Close what connections there are."""
        self._http.close()

    def _fetch(self, url: str) -> bytes:
        ends_at = time.monotonic() + self._seconds
        content = bytearray()
        try:
            with self._http.stream("GET", url, timeout=self._seconds) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise SignatureInvalid("PayPal has no such certificate")
                if answer.status_code != httpx.codes.OK:
                    raise ProviderUnavailable(f"PayPal gave no certificate: {answer.status_code}")
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > _MOST_BYTES or time.monotonic() > ends_at:
                        raise ProviderUnavailable("PayPal gave no certificate in time")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise ProviderUnavailable(f"PayPal gave no certificate: {type(error).__name__}") from error
        return bytes(content)

    def _verified(self, url: str, chain: list[x509.Certificate]) -> RSAPublicKey:
        """Check that a chain leads to a root we trust, now, and give the key of its first certificate."""
        leaf, *others = chain
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            raise SignatureInvalid("The certificate is of another sort")
        policy = PolicyBuilder().store(self._roots).time(dt.datetime.now(dt.UTC))
        failures = []
        for name in _names_at(url):
            try:
                policy.build_server_verifier(x509.DNSName(name)).verify(leaf, others)
            except VerificationError as error:
                failures.append(error)
            else:
                return key
        raise SignatureInvalid(f"The certificate is not trusted: {failures[0]}")


def check_address(url: str, base_url: str) -> None:
    """Refuse other hosts than PayPal's, and those of its sandbox when we are not there; SignatureInvalid.

    A base URL that is none of PayPal's is a simulator's, which serves its certificates itself.
    """
    base = urlsplit(base_url)
    hosts = LIVE_HOSTS if base.netloc in LIVE_HOSTS else LIVE_HOSTS | SANDBOX_HOSTS
    try:
        found = urlsplit(url)
    except ValueError:
        raise SignatureInvalid("The certificate has no address") from None
    is_at_paypal = found.scheme == "https" and found.netloc in hosts
    is_at_simulator = base.netloc not in LIVE_HOSTS | SANDBOX_HOSTS and found[:2] == base[:2]
    if (
        not (is_at_paypal or is_at_simulator)
        or not _PATH.fullmatch(found.path)
        or found.query
        or found.fragment
    ):
        raise SignatureInvalid("The certificate is not at PayPal")


def _names_at(url: str) -> tuple[str, ...]:
    return (LIVE_NAME, SANDBOX_NAME) if urlsplit(url).netloc in SANDBOX_HOSTS else (LIVE_NAME,)


def _read_chain(content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise SignatureInvalid("There is no certificate") from None
