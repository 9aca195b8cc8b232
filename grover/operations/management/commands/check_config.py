"""`manage.py check_config`: what is configured, how it is, and what production would refuse."""

import dataclasses
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from grover.deployment import doubtful_settings
from grover.operations.health import check_health, check_readiness
from grover.operations.startup import check_database
from grover.settings import UNSAFE, env

SECRETS = ("KEY", "_URL", "DSN", "TOKEN")
HARMLESS = frozenset({"PUBLIC_URL"})


class Command(BaseCommand):
    """Lists the variables and their state, asks the dependencies, and judges as production does.

    It ends with 1 when the server would not start: in production when anything is unsafe, elsewhere
    only with --production.
    """

    help = "Shows each variable of the environment, each dependency, and what production would refuse."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--production", action="store_true", help="fail as if this were production")
        parser.add_argument("--offline", action="store_true", help="ask no dependency")

    def handle(self, *, production: bool, offline: bool, **options: Any) -> None:
        refused = list(UNSAFE)
        self._tell("Variables", [(name, _state(name)) for name in env.names])
        if not offline:
            refused += [f"{error.msg}: {error.hint}" for error in check_database(["default"])]
            self._tell("Dependencies", _dependencies())
        self._tell("Unsafe, refused in production", [("!", advice) for advice in refused])
        self._tell("Doubtful", [("?", advice) for advice in doubtful_settings(_settings())])
        if refused and (production or settings.IS_PRODUCTION):
            raise CommandError(f"production refuses to start: {len(refused)} to mend")
        self.stdout.write("Production would refuse this." if refused else "Production would start.")

    def _tell(self, title: str, lines: list[tuple[str, str]]) -> None:
        if lines:
            width = max(len(name) for name, _ in lines)
            self.stdout.write(f"{title}:\n" + "".join(f"  {name:{width}}  {text}\n" for name, text in lines))


def _settings() -> dict[str, Any]:
    return {name: getattr(settings, name) for name in dir(settings) if name.isupper()}


def _state(name: str) -> str:
    if not env.is_set(name):
        return "default"
    is_secret = name not in HARMLESS and any(part in name for part in SECRETS)
    return "set" if is_secret else f"set to {env.text(name, env.defaults[name])}"


def _dependencies() -> list[tuple[str, str]]:
    cards = check_health().dependencies
    lines = [
        (field.name, getattr(cards, field.name).state.replace("_", " "))
        for field in dataclasses.fields(cards)
    ]
    if "migrations" in check_readiness().blocked_by:
        lines.append(("migrations", "some are not applied: run `manage.py migrate`"))
    return lines
