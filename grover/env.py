"""Environment variables, read strictly through django-environ.

django-environ alone takes `flase` for False and a value that begins with `$` for the name of another
variable; here the first is refused and the second is just a value.
"""

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0", ""}
_REQUIRED: Any = object()


class Environment:
    """The variables of the process, and of the file `.env` beside `manage.py` where it exists."""

    def __init__(self, path: Path | None = None) -> None:
        self._env = environ.Env()
        self._env.prefix = ""
        self.defaults: dict[str, str] = {}
        if path is not None and path.exists():
            environ.Env.read_env(path)

    def text(self, name: str, default: Any = _REQUIRED, hint: str = "") -> str:
        """Read a text; one that is empty counts as not set.

        Without a default the variable is required, and `hint` says how to set it.
        """
        self.defaults[name] = "" if default is _REQUIRED else str(default)
        value = self._env.ENVIRON.get(name)
        if value:
            return value
        if default is _REQUIRED:
            raise ImproperlyConfigured(f"Set {name}: {hint}")
        return default

    @property
    def names(self) -> list[str]:
        """List the variables that have been read."""
        return sorted(self.defaults)

    def is_set(self, name: str) -> bool:
        """Tell whether a variable is set at all."""
        return bool(self._env.ENVIRON.get(name))

    def flag(self, name: str, default: bool) -> bool:
        """Read a yes or no; anything else is refused."""
        value = self.text(name, str(default)).strip().lower()
        if value not in _TRUE | _FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")
        return value in _TRUE

    def number(self, name: str, default: int) -> int:
        """Read a whole number that is not negative."""
        value = self.text(name, str(default)).strip()
        if not (value.isascii() and value.isdecimal()):
            raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        """Read a list separated by commas."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def choice(self, name: str, default: str, *, of: tuple[str, ...]) -> str:
        """Read one of a few words."""
        value = self.text(name, default).strip()
        if value not in of:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(of)}, not {value!r}")
        return value

    def pairs(self, name: str, default: str) -> dict[str, str]:
        """Read a list of name:value pairs separated by commas; their values are never repeated."""
        pairs = [word.partition(":") for word in self.words(name, default)]
        if not pairs or any(not (key and value) for key, _, value in pairs):
            raise ImproperlyConfigured(f"{name} must be name:value pairs, separated by commas")
        return {key: value for key, _, value in pairs}

    def networks(self, name: str, default: str) -> list[str]:
        """Read a list of addresses and networks, such as 10.0.0.0/8, separated by commas."""
        words = self.words(name, default)
        for word in words:
            try:
                ipaddress.ip_network(word, strict=False)
            except ValueError:
                raise ImproperlyConfigured(
                    f"{name} must be addresses or networks such as 10.0.0.0/8, not {word!r}"
                ) from None
        return words

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Read the URL of the database: sqlite, postgres, mongodb or mongodb+srv."""
        url = self.text(name, default)
        scheme = urlsplit(url).scheme
        try:
            reader = _DATABASES[scheme]
        except KeyError:
            known = ", ".join(sorted(_DATABASES))
            raise ImproperlyConfigured(f"{name} must begin with one of {known}; got {scheme!r}") from None
        return reader(url)

    def email(self, url: str) -> dict[str, Any]:
        """Turn a mail URL, such as `smtp+tls://user:password@host:587`, into Django's settings."""
        return dict(environ.Env.email_url_config(url))


def _sqlite(url: str) -> dict[str, Any]:
    path = unquote(url.split("://", 1)[1]).removeprefix("/") if "://" in url else ""
    name = ":memory:" if path in ("", ":memory:") else str(BASE_DIR / path)
    if url.startswith("sqlite:////"):
        name = "/" + path.lstrip("/")
    if name != ":memory:":
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django_prometheus.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    settings = environ.Env.db_url_config(url)
    options = dict(settings.get("OPTIONS", {}))
    size = int(options.pop("pool_size", 10))
    settings["ENGINE"] = "django_prometheus.db.backends.postgresql"
    settings["OPTIONS"] = {
        "connect_timeout": 5,
        **options,
        "pool": {"min_size": 1, "max_size": size, "timeout": 10},
    }
    return settings


def _mongodb(url: str) -> dict[str, Any]:
    name = urlsplit(url).path.removeprefix("/") or "grover"
    return {
        "ENGINE": "django_mongodb_backend",
        "HOST": url,
        "NAME": name,
        "OPTIONS": {"serverSelectionTimeoutMS": 5000, "connectTimeoutMS": 5000, "tz_aware": False},
    }


_DATABASES = {
    "sqlite": _sqlite,
    "postgres": _postgresql,
    "postgresql": _postgresql,
    "mongodb": _mongodb,
    "mongodb+srv": _mongodb,
}
