"""`manage.py generate_docs`: the documents that are written from the code, or compared with it."""

import dataclasses
import enum
import importlib
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import get_resolver

from grover.core.errors import all_problems
from grover.core.events import all_events

DOCS = settings.BASE_DIR / "docs"
NOTICE = "<!-- Written by `make docs`; do not edit. -->\n\n"
LIFE_CYCLES = {
    "Account": ("accounts.enums", "TRANSITIONS"),
    "Report": ("accounts.enums", "REPORT_TRANSITIONS"),
    "Export": ("accounts.enums", "EXPORT_TRANSITIONS"),
    "Upload": ("grover.media.enums", "TRANSITIONS"),
}


class Command(BaseCommand):
    help = "Writes docs/errors.md, docs/events.md and docs/states.md; with --check only compares them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when one is out of date")

    def handle(self, *, check: bool, **options: Any) -> None:
        get_resolver()._populate()  # loads every view, and with them all errors and events
        documents = {"errors.md": _errors(), "events.md": _events(), "states.md": _states()}
        outdated = [name for name, text in documents.items() if not _is_current(DOCS / name, text)]
        if check:
            if outdated:
                raise CommandError(f"out of date: {', '.join(outdated)}; run make docs")
            return
        DOCS.mkdir(exist_ok=True)
        for name in outdated:
            (DOCS / name).write_text(documents[name])
            self.stdout.write(f"wrote docs/{name}")


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


def _errors() -> str:
    rows = [(f"`{problem.code}`", str(problem.status), problem.title) for problem in all_problems()]
    return (
        f"# Errors\n\n{NOTICE}A refusal is `application/problem+json` (RFC 9457). Its `code` is stable.\n\n"
        + _table(("Code", "Status", "Meaning"), rows)
    )


def _events() -> str:
    parts = [f"# Events\n\n{NOTICE}Facts that actions tell after the commit; each is counted in\n"]
    parts.append("`grover_events_total{type}` and logged under its type.\n")
    for event in all_events():
        summary = (event.__doc__ or "").strip().splitlines()[0]
        parts.append(f"\n## `{event.type}`\n\n{summary}\n\n")
        hints = typing.get_type_hints(event)
        fields = dataclasses.fields(typing.cast(Any, event))
        rows = [(f"`{field.name}`", f"`{_type_name(hints[field.name])}`") for field in fields]
        parts.append(_table(("Field", "Type"), rows))
    return "".join(parts)


def _type_name(hint: Any) -> str:
    return (hint.__name__ if isinstance(hint, type) else str(hint)).replace("|", "or")


def _states() -> str:
    parts = [f"# States\n\n{NOTICE}Life cycles, drawn from the tables that decide them.\n"]
    for name, (module, table) in LIFE_CYCLES.items():
        transitions = getattr(importlib.import_module(module), table)
        parts.append(f"\n## {name}\n\n```mermaid\nstateDiagram-v2\n{_diagram(transitions)}```\n")
    return "".join(parts)


def _diagram(transitions: Mapping[enum.Enum, Iterable[enum.Enum]]) -> str:
    first = next(iter(transitions))
    lines = [f"    [*] --> {first.value}"]
    for state, following in transitions.items():
        reached = sorted(other.value for other in following)
        lines += [f"    {state.value} --> {other}" for other in reached or ["[*]"]]
    return "\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
