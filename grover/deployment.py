"""What production must not be started with, each with the words that mend it."""

import sys
from typing import Any
from urllib.parse import urlsplit

SHORTEST_SECRET = 50  # as `check --deploy` wants it
PAYPAL = ("PAYPAL_CLIENT_ID", "PAYPAL_SECRET", "PAYPAL_WEBHOOK_ID", "PAYPAL_MERCHANT_ID")


def unsafe_settings(settings: dict[str, Any]) -> list[str]:
    """List what is unsafe in the settings of a production server; empty when nothing is."""
    return [
        advice
        for is_unsafe, advice in (
            (settings["DEBUG"], "DEBUG must be false in production"),
            (
                _is_weak(settings["SECRET_KEY"]),
                f"Set SECRET_KEY to {SHORTEST_SECRET} or more random characters",
            ),
            (
                any(_is_weak(key) for key in settings["JWT_SIGNING_KEYS"].values()),
                f"Set JWT_SIGNING_KEYS to name:key with {SHORTEST_SECRET} or more random characters",
            ),
            (
                settings["SECRET_KEY"] in settings["JWT_SIGNING_KEYS"].values(),
                "JWT_SIGNING_KEYS must not repeat SECRET_KEY",
            ),
            (
                _has_wildcard(settings["ALLOWED_HOSTS"]),
                "Set ALLOWED_HOSTS to the names of this server, not *",
            ),
            (
                urlsplit(settings["PUBLIC_URL"]).hostname not in settings["ALLOWED_HOSTS"],
                "Set ALLOWED_HOSTS to the names of this server, that of PUBLIC_URL among them",
            ),
            (
                _has_wildcard(settings["CORS_ALLOWED_ORIGINS"]),
                "CORS_ALLOWED_ORIGINS must name origins, not *",
            ),
            (
                "sqlite3" in settings["DATABASES"]["default"]["ENGINE"],
                "Set DATABASE_URL to a PostgreSQL or MongoDB server; SQLite serves one process",
            ),
            (not settings["REDIS_URL"], "Set REDIS_URL: caches, limits and sockets are shared by processes"),
            (settings["JOBS"] != "celery", "Set JOBS=celery, so that jobs outlive the request"),
            (not settings["BROKER_URL"], "Set BROKER_URL to RabbitMQ or Redis"),
            (
                settings["EMAIL_BACKEND"].endswith(("console.EmailBackend", "dummy.EmailBackend")),
                "Set EMAIL_URL to a mail server; mail goes to the console",
            ),
            (urlsplit(settings["PUBLIC_URL"]).scheme != "https", "Set PUBLIC_URL to the https:// address"),
            (
                settings["PAYMENT_PROVIDER"] == "sandbox",
                "Set PAYMENT_PROVIDER=paypal: the sandbox takes no money",
            ),
            (
                settings["PAYMENT_PROVIDER"] == "paypal" and not all(map(settings.get, PAYPAL)),
                f"Set {', '.join(PAYPAL)}: PayPal needs them",
            ),
        )
        if is_unsafe
    ]


def doubtful_settings(settings: dict[str, Any]) -> list[str]:
    """List what is allowed in production, and seldom meant."""
    return [
        advice
        for is_doubtful, advice in (
            (
                not settings["TRUSTED_PROXIES"],
                "TRUSTED_PROXIES is 0: behind a proxy that ends TLS, all requests redirect to https forever",
            ),
            (
                not settings["CLOUDINARY_URL"],
                "CLOUDINARY_URL is not set: uploads are files below MEDIA_ROOT, which all servers must share",
            ),
            (
                not (settings["AGORA_APP_ID"] and settings["AGORA_APP_CERTIFICATE"]),
                "AGORA_APP_ID and AGORA_APP_CERTIFICATE are not both set: calls carry no sound",
            ),
            (not settings["SENTRY_DSN"], "SENTRY_DSN is not set: unforeseen errors stand only in the log"),
            (
                settings["DEFAULT_FROM_EMAIL"].rstrip(">").endswith(".example"),
                "DEFAULT_FROM_EMAIL is not an address of yours",
            ),
            (
                not settings["VAPID_PRIVATE_KEY"],
                "VAPID_PRIVATE_KEY is not set: browsers are not woken (see `manage.py make_vapid_keys`)",
            ),
            (
                settings["VAPID_PRIVATE_KEY"] and settings["VAPID_SUBJECT"].endswith(".example"),
                "VAPID_SUBJECT is not an address of yours",
            ),
            (settings["RATE_LIMIT_FACTOR"] > 1, "RATE_LIMIT_FACTOR raises all rate limits"),
        )
        if is_doubtful
    ]


def in_one_line(advice: list[str]) -> str:
    """Say the first thing to mend, and where the others are told."""
    others = len(advice) - 1
    return advice[0] + (f" ({others} more: see `manage.py check_config`)" if others else "")


def is_checking_configuration() -> bool:
    """Tell whether this process was started only to list what is unsafe, and so must not stop at it."""
    return sys.argv[1:2] == ["check_config"]


def _is_weak(secret: str) -> bool:
    return (
        len(secret) < SHORTEST_SECRET
        or "development" in secret
        or "not-a-" in secret
        or len(set(secret)) < 10
    )


def _has_wildcard(names: list[str]) -> bool:
    return any("*" in name or name.startswith(".") for name in names)
