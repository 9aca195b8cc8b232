import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from grover.core import logs

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
SECRET = "hunter2-correct-horse"
EMAIL = "ada.lovelace+x@mail.example.org"


@pytest.fixture(params=["json", "console"])
def output(request: Any) -> Iterator[io.StringIO]:
    """What a logger of this name writes, through the real formatter."""
    stream = io.StringIO()
    configuration = logs.configuration(request.param, "DEBUG")
    settings = dict(configuration["formatters"]["structured"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(settings.pop("()")(**settings))
    logger = logging.getLogger("tests.output")
    logger.addHandler(handler)
    logger.setLevel("DEBUG")
    yield stream
    logger.removeHandler(handler)


def plain() -> logging.Logger:
    return logging.getLogger("tests.output")


def structured() -> Any:
    return structlog.get_logger("tests.output")


class Talkative:
    def __repr__(self) -> str:
        return f"User(password={SECRET!r}, email={EMAIL!r})"


class Broken:
    def __repr__(self) -> str:
        raise ValueError(SECRET)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "PASSWORD",
        "passwd",
        "secret",
        "client_secret",
        "SECRET_KEY",
        "token",
        "access_token",
        "refreshToken",
        "Authorization",
        "authorization",
        "HTTP_AUTHORIZATION",
        "cookie",
        "Set-Cookie",
        "otp",
        "totp_code",
        "email",
        "e-mail",
        "user_email",
        "api_key",
        "api-key",
        "X-Api-Key",
        "recovery_codes",
        "card_number",
        "cvv",
        "SENTRY_DSN",
    ],
)
@pytest.mark.parametrize("value", [SECRET, SECRET.encode(), [SECRET], {"inner": SECRET}, 12345678])
def test_value_of_a_secret_name_is_taken_out(name: str, value: Any) -> None:
    for record in ({name: value}, {"data": {name: value}}, {"data": [{"deep": {name: value}}]}):
        printed = str(logs.redact(None, "info", dict(record)))
        assert SECRET not in printed
        assert "12345678" not in printed
        assert logs.REDACTED in printed


@pytest.mark.parametrize(
    "text",
    [
        f"signed in with {JWT}",
        f"Authorization: Bearer {SECRET}",
        f"'authorization': 'Bearer {SECRET}'",
        f"Basic {SECRET}",
        f"GET /reset?token={SECRET}&x=1",
        f"GET /reset?x=1&access_token={SECRET}",
        f"password={SECRET}",
        f"password = '{SECRET}'",
        f'{{"password": "{SECRET}", "a": 1}}',
        f'{{"new_password":"{SECRET}"}}',
        f"mail to {EMAIL} failed",
        f"<{EMAIL}>",
        "mail to ada.lovelace%2Bx%40mail.example.org failed",
        f"postgres://grover:{SECRET}@db.internal:5432/grover",
        f"redis://:{SECRET}@cache:6379",
        f"DETAIL: Key (email)=({EMAIL}) already exists.",
        f"email={EMAIL}",
        f"otp: {SECRET}",
        f"Cookie secret={SECRET}; path=/",
    ],
)
def test_text_that_looks_like_a_secret_is_taken_out(text: str) -> None:
    printed = logs.redact_text(text)
    for secret in (JWT, SECRET, EMAIL, "lovelace"):
        assert secret not in printed


@pytest.mark.parametrize(
    "text",
    [
        "request",
        "Waiting for 3 tasks of @ada to end",
        "The job content.tasks.publish (01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e) failed",
        "hotpath=1 options=2",
        "post.published",
        "http://127.0.0.1:8000/api/v1/me",
        "key: value",
    ],
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert logs.redact_text(text) == text


def test_harmless_values_are_left_alone() -> None:
    record = {"event": "request", "status": 200, "ms": 1.5, "user_id": None, "ok": True, "ids": ["a", 1]}
    assert logs.redact(None, "info", dict(record)) == record


@pytest.mark.parametrize(
    "value",
    [Talkative(), [Talkative()], {"a": Talkative()}, Broken(), EMAIL.encode(), {EMAIL: 1}, {EMAIL}, (EMAIL,)],
)
def test_things_do_not_tell_secrets_of_themselves(value: Any) -> None:
    printed = str(logs.redact(None, "info", {"event": "x", "thing": value}))
    assert SECRET not in printed
    assert EMAIL not in printed


def test_endless_things_end() -> None:
    endless: dict[str, Any] = {"password": SECRET}
    endless["self"] = endless
    assert SECRET not in str(logs.redact(None, "info", {"thing": endless}))


@pytest.mark.parametrize(
    "piece", ["a", "a.", "eyJ", "://", "password", "password=", "'", "Bearer ", "a@", "@", "\\"]
)
def test_hostile_text_is_redacted_fast(piece: str) -> None:
    started = time.process_time()
    logs.redact_text(piece * 200_000)
    assert time.process_time() - started < 1.0


def test_line_of_structlog_and_of_logging_are_redacted(output: io.StringIO) -> None:
    structured().info("signed.in", password=SECRET, email=EMAIL, note=f"by {EMAIL}")
    plain().warning("User %s has %s", EMAIL, {"password": SECRET})
    plain().warning("token=%s", SECRET)
    plain().warning("extra", extra={"password": SECRET})
    printed = output.getvalue()
    assert SECRET not in printed
    assert EMAIL not in printed
    assert "signed.in" in printed


def test_traceback_shows_no_local_variables_and_no_secret(output: io.StringIO) -> None:
    def sign_in(innocent_name: str) -> None:
        raise ValueError(f"bad password={SECRET} of {EMAIL}")

    try:
        sign_in("-".join(["4111"] * 4))
    except ValueError:
        structured().exception("failed")
        plain().exception("failed")
    printed = output.getvalue()
    assert printed.count("Traceback") == 2
    assert SECRET not in printed
    assert EMAIL not in printed
    assert "4111-4111" not in printed


def test_request_and_user_are_on_every_line(output: io.StringIO) -> None:
    token = logs.begin_request("request-1")
    logs.bind_user("user-1")
    structured().info("one")
    plain().info("two")
    logs.end_request(token)
    for line in output.getvalue().strip().splitlines():
        assert "request-1" in line
        assert "user-1" in line


def test_next_request_does_not_inherit_the_user(output: io.StringIO) -> None:
    token = logs.begin_request("request-1")
    logs.bind_user("user-1")
    logs.end_request(token)
    token = logs.begin_request("request-2")
    structured().info("one")
    logs.end_request(token)
    assert "user-1" not in output.getvalue()


def test_json_line_is_one_line_whatever_it_holds() -> None:
    stream = io.StringIO()
    formatter = dict(logs.configuration("json", "INFO")["formatters"]["structured"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    record = logging.LogRecord("a", logging.INFO, "", 0, 'evil\n{"level": "info"}\r\x1b[2J %s', ("\n",), None)
    handler.emit(record)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["event"].startswith("evil\n")


@pytest.mark.parametrize("value", ["\ud800", 2**80, -(2**80), float("nan"), object])
def test_value_that_is_hard_to_print_does_not_lose_the_line(output: io.StringIO, value: Any) -> None:
    structured().warning("odd", thing=value)
    assert output.getvalue().count("odd") == 1


@pytest.mark.parametrize("name", ["daphne", "django.channels.server", "django.server", "httpx"])
def test_servers_and_clients_do_not_log_addresses_with_queries(name: str) -> None:
    loggers = logs.configuration("json", "DEBUG")["loggers"]
    assert loggers[name]["level"] in ("WARNING", "ERROR")
    assert logs.configuration("json", "CRITICAL")["loggers"][name]["level"] == "CRITICAL"
