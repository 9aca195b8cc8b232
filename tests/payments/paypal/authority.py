"""A certificate authority of our own, and what it signs: certificates, and webhooks with their keys."""

import base64
import datetime as dt
import functools
import uuid
import zlib
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "messageverificationcerts.paypal.com"
ONE_DAY = dt.timedelta(days=1)
ALWAYS = (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2099, 1, 1, tzinfo=dt.UTC))


@functools.cache
def leaf_key() -> rsa.RSAPrivateKey:
    """Make the key that webhooks are signed with, once a run."""
    return rsa.generate_private_key(65537, 2048)


class Authority:
    """Issues certificates below a root of its own."""

    def __init__(self, name: str = "Test root") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._begin(self._subject, self._key.public_key(), *ALWAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        self.root = builder.sign(self._key, hashes.SHA256())

    def issue(
        self,
        name: str = NAME,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        key: Any = None,
    ) -> bytes:
        """Issue a certificate for a name, for a day unless told otherwise, as PEM with the root below it."""
        now = dt.datetime.now(dt.UTC)
        since, until = since or now - dt.timedelta(hours=1), until or now + ONE_DAY
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._begin(subject, key or leaf_key().public_key(), since, until)
        for extension, critical in (
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (x509.SubjectAlternativeName([x509.DNSName(name)]), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
        ):
            builder = builder.add_extension(extension, critical=critical)
        issued = builder.sign(self._key, hashes.SHA256())
        return issued.public_bytes(Encoding.PEM) + self.root.public_bytes(Encoding.PEM)

    def _begin(self, subject: x509.Name, key: Any, since: dt.datetime, until: dt.datetime) -> Any:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )


def _usage(**allowed: bool) -> x509.KeyUsage:
    usages = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**(dict.fromkeys(usages.split(), False) | allowed))


@dataclass(frozen=True)
class SentEvent:
    """A webhook as it goes out: it is signed when its headers are first read."""

    type: str
    id: str
    body: bytes = field(repr=False)
    sent_at: dt.datetime
    webhook_id: str
    certificate_url: str

    @functools.cached_property
    def headers(self) -> dict[str, str]:
        """The headers, with names in lower case."""
        return signed_headers(self.body, self.sent_at, self.webhook_id, self.certificate_url)


def signed_headers(
    body: bytes, sent_at: dt.datetime, webhook_id: str, certificate_url: str
) -> dict[str, str]:
    """Sign a body as PayPal does."""
    transmission_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{sent_at}{zlib.crc32(body)}"))
    moment = sent_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"{transmission_id}|{moment}|{webhook_id}|{zlib.crc32(body)}"
    signature = leaf_key().sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())
    return {
        "content-type": "application/json",
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-cert-url": certificate_url,
        "paypal-transmission-id": transmission_id,
        "paypal-transmission-sig": base64.b64encode(signature).decode(),
        "paypal-transmission-time": moment,
    }
