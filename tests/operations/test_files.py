"""The files of a deployment agree with each other and with the settings."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from grover.celery import QUEUES
from grover.env import BASE_DIR
from grover.settings import env

ENV_EXAMPLE = (BASE_DIR / ".env.example").read_text()
COMPOSE = (BASE_DIR / "docker-compose.yml").read_text()
NGINX = (BASE_DIR / "deploy" / "nginx.conf").read_text()
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text()
SCRIPTS = sorted((BASE_DIR / "deploy").glob("*.sh"))

LINE = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
INTERPOLATION = re.compile(r"(?<!\$)\$\{([A-Z_]+)(:?[-?])?([^}]*)\}")

OURS = ("migrate", "api", "realtime", "worker", "beat")


def documented() -> dict[str, tuple[bool, str]]:
    """Give each variable of .env.example: whether it is only a comment, and its value."""
    return {name: (bool(hidden), value.strip('"')) for hidden, name, value in LINE.findall(ENV_EXAMPLE)}


def read_by_scripts() -> set[str]:
    return {name for path in SCRIPTS for name, _, _ in INTERPOLATION.findall(path.read_text())}


def read_by_compose() -> set[str]:
    return {name for name, _, _ in INTERPOLATION.findall(COMPOSE)}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


# --- .env.example --------------------------------------------------------------------------------


def test_each_variable_is_documented_once_and_each_documented_one_is_read() -> None:
    names = [name for _, name, _ in LINE.findall(ENV_EXAMPLE)]

    assert sorted(names) == sorted(set(env.names) | read_by_scripts() | read_by_compose())


def test_documented_defaults_are_the_real_ones() -> None:
    for name, (is_comment, value) in documented().items():
        if is_comment and name in env.defaults:
            default = env.defaults[name]
            assert value == (default.lower() if default in ("True", "False") else default), name


def test_each_variable_has_a_comment() -> None:
    lines = ENV_EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if LINE.match(line):
            before = next(above for above in reversed(lines[:number]) if not LINE.match(above))
            assert before.startswith("# "), line


def test_copied_file_changes_nothing(tmp_path: Path) -> None:
    set_by_copying = {name: value for name, (is_comment, value) in documented().items() if not is_comment}

    assert {name: value for name, value in set_by_copying.items() if value} == {"ENVIRONMENT": "development"}


# --- docker-compose.yml --------------------------------------------------------------------------


def test_every_process_of_production_is_composed() -> None:
    assert set(services()) == {*OURS, "postgres", "mongodb", "redis", "nginx"}
    assert services()["mongodb"]["profiles"] == ["mongodb"]
    assert [name for name, service in services().items() if "profiles" in service] == ["mongodb"]
    commands = {name: services()[name]["command"] for name in OURS}
    assert commands == {
        "migrate": ["python", "manage.py", "migrate", "--noinput"],
        "api": ["deploy/api.sh"],
        "realtime": ["deploy/realtime.sh"],
        "worker": ["deploy/worker.sh"],
        "beat": ["deploy/beat.sh"],
    }


def test_every_service_that_stays_has_a_health_check() -> None:
    assert [name for name, service in services().items() if "healthcheck" not in service] == ["migrate"]


@pytest.mark.parametrize("name", OURS)
def test_processes_are_given_every_variable(name: str) -> None:
    given = services()[name]["environment"]

    assert set(env.names) <= set(given)
    assert (given["ENVIRONMENT"], given["DEBUG"], given["JOBS"]) == ("production", "false", "celery")


def test_variables_of_scripts_reach_their_process() -> None:
    for path in SCRIPTS:
        read = {name for name, _, _ in INTERPOLATION.findall(path.read_text())}
        given = set(services()[path.stem]["environment"])
        assert read - given <= {"HOST", "PORT", "PROMETHEUS_MULTIPROC_DIR"}, path.name


def test_no_secret_stands_in_the_file() -> None:
    required = {name for name, sign, _ in INTERPOLATION.findall(COMPOSE) if sign == ":?"}

    assert required == {
        "SECRET_KEY",
        "JWT_SIGNING_KEYS",
        "ALLOWED_HOSTS",
        "PUBLIC_URL",
        "DATABASE_URL",
        "EMAIL_URL",
        "POSTGRES_PASSWORD",
    }
    for service in services().values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|KEYS|DSN|DATABASE_URL|EMAIL_URL|CLOUDINARY", name):
                assert str(value).startswith("${"), name
    without_messages = re.sub(r":\?[^}]*", "", COMPOSE)
    assert not re.search(r"://[^\s/]+:[^\s/]+@", without_messages)


def test_only_nginx_is_reachable_from_outside() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["nginx"]


def test_dependencies_and_volumes_exist() -> None:
    compose = yaml.safe_load(COMPOSE)
    for service in services().values():
        assert set(service.get("depends_on", {})) <= set(services())
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (BASE_DIR / source).exists()


def test_processes_are_given_longer_to_end_than_they_take() -> None:
    def seconds(name: str) -> int:
        return int(services()[name]["stop_grace_period"].removesuffix("s"))

    api = (BASE_DIR / "deploy" / "api.sh").read_text()
    realtime = (BASE_DIR / "deploy" / "realtime.sh").read_text()
    assert seconds("api") > int(re.search(r"--workers-kill-timeout (\d+)", api)[1])  # type: ignore[index]
    assert seconds("realtime") > int(re.search(r"--timeout-graceful-shutdown (\d+)", realtime)[1])  # type: ignore[index]
    assert seconds("worker") > seconds("api")


# --- nginx, scripts, image -----------------------------------------------------------------------


def test_nginx_sends_sockets_to_realtime_and_the_rest_to_the_api() -> None:
    locations = dict(re.findall(r"location ([^{]+?) \{\s*(?:proxy_pass )?([^;]+);", NGINX))

    assert locations == {
        "/ws/": "http://realtime",
        "~ ^/(api/)?metrics$": "return 404",
        "/": "http://api",
    }
    upstreams = dict(re.findall(r"upstream (\w+) \{ server ([\w:]+);", NGINX))
    assert upstreams == {"api": "api:8000", "realtime": "realtime:8001"}
    assert set(upstreams) <= set(services())
    assert "${PORT:-8000}" in (BASE_DIR / "deploy" / "api.sh").read_text()
    assert "${PORT:-8001}" in (BASE_DIR / "deploy" / "realtime.sh").read_text()


def test_nginx_is_the_one_trusted_proxy() -> None:
    for name in ("api", "realtime"):
        assert services()[name]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-1}"
    told = re.findall(r"proxy_set_header (X-Forwarded-For|X-Forwarded-Proto|Host) ([^;]+);", NGINX)
    assert set(told) == {
        ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
        ("X-Forwarded-Proto", "$client_proto"),
        ("Host", "$http_host"),
    }


def test_nginx_lets_the_largest_upload_through() -> None:
    assert "client_max_body_size 60m;" in NGINX


def test_blocks_of_nginx_are_balanced() -> None:
    code = re.sub(r"#.*", "", NGINX)

    assert code.count("{") == code.count("}")
    for line in code.splitlines():
        assert re.fullmatch(r".*[;{}]\s*|\s*", line), line


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_executable_and_replace_the_shell(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
    text = path.read_text()
    assert "set -eu" in text
    assert "\nexec " in text  # so that the signal of a manager reaches the server


def test_worker_serves_every_queue() -> None:
    assert f"${{QUEUES:-{','.join(QUEUES)}}}" in (BASE_DIR / "deploy" / "worker.sh").read_text()
    assert services()["worker"]["environment"]["QUEUES"] == f"${{QUEUES:-{','.join(QUEUES)}}}"


def test_defaults_of_scripts_are_the_documented_ones() -> None:
    for text in (COMPOSE, *(path.read_text() for path in SCRIPTS)):
        for name, sign, default in INTERPOLATION.findall(text):
            if sign == ":-" and name not in env.names and not (name == "PORT" and default == "8001"):
                assert documented()[name] == (True, default), name


def test_image_is_built_in_two_stages_and_does_not_run_as_root() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]

    assert len(stages) == 2
    assert "--require-hashes" in stages[0]
    assert "COPY --from=build" in stages[1]
    assert "collectstatic" in stages[1]
    assert stages[1].index("collectstatic") < stages[1].index("\nUSER grover\n") < stages[1].index("\nCMD ")


def test_nothing_private_goes_into_the_image() -> None:
    ignored = (BASE_DIR / ".dockerignore").read_text().split()

    assert {".env", ".git", "var", ".venv"} <= set(ignored)
