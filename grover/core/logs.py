"""Structured logs: JSON lines, or coloured ones for a console, none of which holds a secret.

Every record of structlog and of the standard library passes one redaction, by the names of its values
and by what texts look like. Tracebacks never show local variables.
"""

import contextvars
import functools
import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from grover.core import encoding

REDACTED = "[redacted]"
LONGEST_TEXT = 20_000
_DEEPEST = 8

_request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
_user_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("user_id", default=None)

Record = MutableMapping[str, Any]
Token = contextvars.Token[str | None]


def current_request_id() -> str | None:
    """Give the id of the request being answered."""
    return _request_id.get()


def begin_request(request_id: str) -> Token:
    """Put an id on every line until `end_request`."""
    _user_id.set(None)
    return _request_id.set(request_id)


def end_request(token: Token) -> None:
    """Take the id off again."""
    _request_id.reset(token)


def bind_user(user_id: object) -> None:
    """Put the signed-in person's id on every further line of this request."""
    _user_id.set(None if user_id is None else str(user_id))


_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase|code)|secret|token|authori[sz]ation|cookie|e_?mail|credential|api_?key|signing_?key"
    r"|private_?key|session_?key|recovery_?code|card_?number|(^|_)(otp|totp|pin|cvv|cvc|jwt|bearer|dsn)($|_)",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(
    r"""(?ix)
    (?P<name> [\w-]{0,40}? (?: password | passwd | passphrase | secret | token | authorization | cookie
        | e-?mail | api[_-]?key | (?<![a-z]) otp ) [\w-]{0,40} )
    (?P<between> ["']? \s{0,5} (?: [=:] | => ) \s{0,5} )
    (?P<value> "(?:[^"\\]|\\.)*+" | '(?:[^'\\]|\\.)*+' | (?:bearer|basic)\s+[^\s,;&)}\]]+ | [^\s,;&)}\]"']+ )
    """
)
_SECRET_TEXTS = (
    (re.compile(r"eyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*"), REDACTED),  # a JWT
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {REDACTED}"),
    (re.compile(r"://[^\s/@:]{0,100}:[^\s/@]{1,200}@"), f"://{REDACTED}@"),
    (re.compile(r"[^\s@<>\"'(),;:=/\[\]{}]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), REDACTED),
)
_OURS = frozenset({"level", "timestamp", "_record", "_from_structlog"})  # put there by structlog itself

# What each of the patterns needs: most lines have none of these, and cost one search in place of five.
_MARKS_OF_SECRETS = re.compile(r"[@=:]|%40|eyJ|(?i:bearer|basic)")


def redact(logger: Any, method: str, record: Record) -> Record:
    """Take secrets and addresses of people out of a record."""
    return {
        name: value if name in _OURS else _redact_value(str(name), value, 0) for name, value in record.items()
    }


@functools.lru_cache(maxsize=1_000)
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.search(name.replace("-", "_")) is not None


def _redact_value(name: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _is_secret_name(name):
        return REDACTED
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {
            redact_text(str(key)): _redact_value(str(key), inner, depth + 1) for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
        return [_redact_value("", inner, depth + 1) for inner in value]
    if isinstance(value, bytes):
        return redact_text(value.decode(errors="replace"))
    return redact_text(_as_text(value))


def _as_text(value: Any) -> str:
    try:
        return value if isinstance(value, str) else str(value)
    except Exception:  # noqa: BLE001 - a thing that cannot be printed must not lose the line
        return f"<{type(value).__name__}>"


def redact_text(text: str) -> str:
    """Take out of a text what looks like a secret or an e-mail address."""
    text = text[:LONGEST_TEXT]
    if _MARKS_OF_SECRETS.search(text) is None:
        return text
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return _ASSIGNMENT.sub(rf"\g<name>\g<between>{REDACTED}", text)


def _add_context(logger: Any, method: str, record: Record) -> Record:
    for name, variable in (("request_id", _request_id), ("user_id", _user_id)):
        value = variable.get()
        if value is not None and record.get(name) is None:
            record[name] = value
    return record


_QUIET = {  # these write one line a request, with its query
    "daphne": "WARNING",
    "django.channels.server": "ERROR",
    "django.request": "ERROR",
    "django.server": "ERROR",
    "httpx": "WARNING",
}

_SHARED: list[Any] = [
    _add_context,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.format_exc_info,
    redact,
]


def configuration(log_format: str, level: str) -> dict[str, Any]:
    """Give Django's LOGGING for a format, `json` or `console`, and set structlog up alike."""
    _ask_for_nothing_unused()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=_as_json)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["standard_error"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            **{name: {"level": _louder(level, least)} for name, least in _QUIET.items()},
        },
    }


def _ask_for_nothing_unused() -> None:
    """Have no line look for its thread, its process and its place in the code, as none tells of them.

    These are the switches that the logging HOWTO names, under Optimization.
    """
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # type: ignore[attr-defined]


def _as_json(record: Record, **_: Any) -> str:
    try:
        return encoding.dumps(record).decode()
    except TypeError:  # half a character, or a number of more than 64 bits
        return json.dumps(record, default=str)


def _louder(level: str, least: str) -> str:
    names = logging.getLevelNamesMapping()
    return max(level, least, key=lambda name: names[name])
