"""Where the benchmark runs: the databases it makes, and the settings its servers get."""

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

DATABASE = "grover_bench"
MARK = "grover_bench"  # in a Redis database that an earlier run left behind


class Unavailable(Exception):
    """A service the benchmark needs does not answer."""


@dataclass(frozen=True, slots=True)
class Services:
    """The PostgreSQL and the Redis to measure with, and the secrets of this run."""

    postgres_url: str
    redis_url: str
    signing_key: str
    secret_key: str

    @classmethod
    def found(cls) -> "Services":
        """Take the services the environment names, or those at their usual ports; see that they answer."""
        services = cls(
            os.environ.get("BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
            os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/5"),
            secrets.token_hex(32),
            secrets.token_hex(32),
        )
        try:
            with services.connect() as connection:
                connection.execute("SELECT 1")
            is_taken = services.redis().dbsize() > 0 and not services.redis().exists(MARK)
        except (psycopg.OperationalError, redis.RedisError) as error:
            raise Unavailable(
                "The benchmark needs PostgreSQL and Redis; set BENCH_POSTGRES_URL and "
                f"BENCH_REDIS_URL, or start them at their usual ports: {error}"
            ) from error
        if is_taken:
            raise Unavailable("The Redis database holds something; name an empty one in BENCH_REDIS_URL")
        return services

    def forget_cache(self) -> None:
        """Empty our Redis database."""
        with self.redis() as client:
            client.flushdb()
            client.set(MARK, 1)

    def url(self, database: str) -> str:
        """Give the address of a database of ours."""
        parts = urlsplit(self.postgres_url)
        return urlunsplit(parts._replace(path=f"/{database}"))

    def connect(self, database: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
        """Open a connection without transactions, to a database of ours or the one to make them from."""
        url = self.postgres_url if database is None else self.url(database)
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def redis(self) -> redis.Redis:
        """Open the Redis database that is ours alone while the benchmark runs."""
        return redis.Redis.from_url(self.redis_url, socket_connect_timeout=2)

    def settings(self, database: str) -> dict[str, str]:
        """Give the variables of a Grover process in production, whose rate limits nobody reaches."""
        return {
            "DJANGO_SETTINGS_MODULE": "grover.settings",
            "ENVIRONMENT": "production",
            "DEBUG": "false",
            "SECRET_KEY": self.secret_key,
            "JWT_SIGNING_KEYS": f"bench:{self.signing_key}",
            "ALLOWED_HOSTS": "grover.example,127.0.0.1",
            "PUBLIC_URL": "https://grover.example",
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": self.url(database),
            "REDIS_URL": self.redis_url,
            "JOBS": "celery",
            "BROKER_URL": self.redis_url,
            "RATE_LIMIT_FACTOR": "100000",
            "EMAIL_URL": "smtp://127.0.0.1:1025",
            "SENTRY_DSN": "",
            "CLOUDINARY_URL": "",
            "PAYMENT_PROVIDER": "paypal",  # nobody pays here, so none of these is used
            "PAYPAL_CLIENT_ID": "bench",
            "PAYPAL_SECRET": "bench",
            "PAYPAL_WEBHOOK_ID": "bench",
            "PAYPAL_MERCHANT_ID": "bench",
        }

    def fastapi_settings(self, database: str) -> dict[str, str]:
        """Give the variables of the hand-written feed."""
        return {"BENCH_DATABASE_URL": self.url(database), "BENCH_SIGNING_KEY": self.signing_key}

    def socketio_settings(self) -> dict[str, str]:
        """Give the variables of the room of python-socketio."""
        return {"BENCH_REDIS_URL": self.redis_url}


def set_up_django(services: Services) -> None:
    """Make this process a Grover process too, for its models and to count its queries."""
    import django  # its settings read the environment

    os.environ.update(services.settings(DATABASE))
    os.environ["LOG_LEVEL"] = "ERROR"
    warnings.filterwarnings("ignore", message="No directory at")
    django.setup()


@contextmanager
def databases(services: Services, names: list[str]) -> Iterator[None]:
    """Make empty databases with all tables, and drop them whatever happens."""
    try:
        _drop(services, names)
        services.forget_cache()
        _create(services, DATABASE)
        _migrate()
        for name in names:
            if name != DATABASE:
                _create(services, name, template=DATABASE)
        yield
    finally:
        _disconnect()
        _drop(services, names)
        services.redis().flushdb()


def _migrate() -> None:
    from django.core.management import call_command  # needs its settings

    call_command("migrate", verbosity=0, interactive=False)
    _disconnect()


def _disconnect() -> None:
    from django.db import connection  # needs its settings

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone has it


def _create(services: Services, name: str, template: str = "template0") -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with services.connect() as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(services: Services, names: list[str]) -> None:
    with services.connect() as connection:
        for name in names:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
