"""What production refuses, each with one line that says what to set."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from grover.env import BASE_DIR
from tests.operations.processes import PRODUCTION, SECRET, environment, run_manage
from tests.operations.wire import answer_mongodb


def test_deployment_check_is_clean_in_production() -> None:
    result = run_manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("System check identified no issues (")


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY to 50 or more random characters"),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY to 50 or more random characters"),
        ({"SECRET_KEY": "a" * 60}, "Set SECRET_KEY to 50 or more random characters"),
        (
            {"JWT_SIGNING_KEYS": ""},
            "Set JWT_SIGNING_KEYS to name:key with 50 or more random characters",
        ),
        (
            {"JWT_SIGNING_KEYS": "2026:short"},
            "Set JWT_SIGNING_KEYS to name:key with 50 or more random characters",
        ),
        ({"JWT_SIGNING_KEYS": f"2026:{SECRET}"}, "JWT_SIGNING_KEYS must not repeat SECRET_KEY"),
        ({"JWT_SIGNING_KEYS": SECRET}, "JWT_SIGNING_KEYS must be name:value pairs, separated by commas"),
        ({"DEBUG": "true"}, "DEBUG must be false in production"),
        ({"DEBUG": "flase"}, "DEBUG must be true or false, not 'flase'"),
        ({"CORS_ALLOWED_ORIGINS": "*"}, "CORS_ALLOWED_ORIGINS must name origins, not *"),
        ({"JOBS": "inline"}, "Set JOBS=celery, so that jobs outlive the request"),
        (
            {"EMAIL_URL": ""},
            "Set EMAIL_URL to a mail server; mail goes to the console",
        ),
        (
            {"EMAIL_URL": "consolemail://"},
            "Set EMAIL_URL to a mail server; mail goes to the console",
        ),
        (
            {"DATABASE_URL": "sqlite:///var/grover.sqlite3"},
            "Set DATABASE_URL to a PostgreSQL or MongoDB server; SQLite serves one process",
        ),
        (
            {"REDIS_URL": ""},
            "Set REDIS_URL: caches, limits and sockets are shared by processes",
        ),
        (
            {"REDIS_URL": "", "BROKER_URL": ""},
            "Set BROKER_URL to RabbitMQ or Redis: JOBS=celery needs a broker",
        ),
        ({"PUBLIC_URL": "http://api.grover.test"}, "Set PUBLIC_URL to the https:// address"),
        (
            {"PAYMENT_PROVIDER": "sandbox"},
            "Set PAYMENT_PROVIDER=paypal: the sandbox takes no money",
        ),
        (
            {"PAYPAL_SECRET": ""},
            "Set PAYPAL_CLIENT_ID, PAYPAL_SECRET, PAYPAL_WEBHOOK_ID, PAYPAL_MERCHANT_ID: PayPal needs them",
        ),
        ({"PAYMENT_PROVIDER": ""}, "Set PAYMENT_PROVIDER=paypal: the sandbox takes no money"),
        ({"ALLOWED_HOSTS": "api.grover.test,*"}, "Set ALLOWED_HOSTS to the names of this server, not *"),
        ({"ALLOWED_HOSTS": ".test,api.grover.test"}, "Set ALLOWED_HOSTS to the names of this server, not *"),
        (
            {"ALLOWED_HOSTS": ""},
            "Set ALLOWED_HOSTS to the names of this server, that of PUBLIC_URL among them",
        ),
        ({"ENVIRONMENT": "prod"}, "ENVIRONMENT must be one of development, production, not 'prod'"),
        ({"JOBS": "threads"}, "JOBS must be one of inline, celery, not 'threads'"),
        (
            {"DATABASE_URL": "mysql://h/d"},
            (
                "DATABASE_URL must begin with one of mongodb, mongodb+srv, postgres, postgresql, sqlite; "
                "got 'mysql'"
            ),
        ),
        (
            {"METRICS_ALLOW": "everybody"},
            "METRICS_ALLOW must be addresses or networks such as 10.0.0.0/8, not 'everybody'",
        ),
    ],
)
def test_production_refuses_with_one_line(variables: dict[str, str], line: str) -> None:
    result = run_manage("check", **{**PRODUCTION, **variables})

    assert (result.returncode, result.stdout, result.stderr) == (1, "", f"grover: {line}\n")


@pytest.mark.parametrize("application", ["grover.wsgi", "grover.asgi"])
def test_servers_refuse_with_one_line_as_well(application: str) -> None:
    result = import_application(application, **{**PRODUCTION, "SECRET_KEY": "short"})

    assert (result.returncode, result.stderr) == (
        1,
        "grover: Set SECRET_KEY to 50 or more random characters\n",
    )


def import_application(module: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import {module}"],
        env=environment(DJANGO_SETTINGS_MODULE="grover.settings", **variables),
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# --- A MongoDB without transactions --------------------------------------------------------------


@pytest.fixture
def lone_mongodb() -> Iterator[str]:
    """What a MongoDB that is no replica set says of itself."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer_mongodb, args=(listener,), daemon=True).start()
    yield f"mongodb://127.0.0.1:{listener.getsockname()[1]}/grover?directConnection=true"
    listener.close()


ADVICE = (
    "MongoDB at DATABASE_URL is no replica set, and only those have transactions: start mongod with "
    "--replSet rs0, run rs.initiate() once, add ?replicaSet=rs0 to DATABASE_URL"
)


@pytest.mark.parametrize("application", ["grover.wsgi", "grover.asgi"])
def test_mongodb_without_transactions_is_refused(application: str, lone_mongodb: str) -> None:
    result = import_application(application, **{**PRODUCTION, "DATABASE_URL": lone_mongodb})

    assert (result.returncode, result.stderr) == (1, f"grover: {ADVICE}\n")


def test_configuration_check_finds_a_mongodb_without_transactions(lone_mongodb: str) -> None:
    result = run_manage("check_config", **{**PRODUCTION, "DATABASE_URL": lone_mongodb})

    assert result.returncode == 1
    assert ADVICE in result.stdout


# --- check_config --------------------------------------------------------------------------------


def test_configuration_check_lists_everything_that_production_would_refuse() -> None:
    result = run_manage("check_config", "--offline", ENVIRONMENT="production", PUBLIC_URL="http://x.test")

    assert result.returncode == 1
    assert result.stderr == "CommandError: production refuses to start: 10 to mend\n"
    for name in (
        "SECRET_KEY",
        "JWT_SIGNING_KEYS",
        "DATABASE_URL",
        "REDIS_URL",
        "JOBS",
        "EMAIL_URL",
        "PAYMENT_PROVIDER",
    ):
        assert f"!  Set {name}" in result.stdout
    assert "  PUBLIC_URL             set to http://x.test\n" in result.stdout


def test_configuration_check_passes_in_production_and_tells_no_secret() -> None:
    result = run_manage("check_config", "--offline", **PRODUCTION)

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("Production would start.\n")
    assert "  SECRET_KEY             set\n" in result.stdout
    for secret in (SECRET, PRODUCTION["JWT_SIGNING_KEYS"], "grover:grover", PRODUCTION["DATABASE_URL"]):
        assert secret not in result.stdout


def test_configuration_check_tells_how_dependencies_are() -> None:
    result = run_manage("check_config", **PRODUCTION)

    assert "  database   unhealthy\n" in result.stdout
    assert "  cache      unhealthy\n" in result.stdout
    assert "  broker     unhealthy\n" in result.stdout
    assert "  payments   unhealthy\n" in result.stdout


def test_configuration_check_is_content_in_development_unless_asked_for_production() -> None:
    assert run_manage("check_config", "--offline").returncode == 0
    assert run_manage("check_config", "--offline", "--production").returncode == 1
