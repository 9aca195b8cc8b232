"""Whom connections to PayPal trust: the roots that come with httpx, read once."""

import functools
import ssl
import warnings

import httpx
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning


@functools.cache
def tls() -> ssl.SSLContext:
    """Give what connections are made with."""
    return httpx.create_ssl_context(trust_env=False)


@functools.cache
def roots() -> list[x509.Certificate]:
    """Give the roots themselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # some are older than the rules
        return [x509.load_der_x509_certificate(root) for root in tls().get_ca_certs(binary_form=True)]
