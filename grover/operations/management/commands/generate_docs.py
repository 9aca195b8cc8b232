"""`manage.py generate_docs`: the documents that are written from the code, or compared with it."""

import dataclasses
import enum
import importlib
import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import get_resolver

from grover.core import commands
from grover.core.errors import all_problems
from grover.core.events import Event, all_events, wire_events
from grover.core.json_schema import of_serializer, summary_of

DOCS = settings.BASE_DIR / "docs"
NOTICE = "<!-- Written by `make docs`; do not edit. -->\n\n"
LIFE_CYCLES = {
    "Account": ("accounts.enums", "TRANSITIONS"),
    "Report": ("accounts.enums", "REPORT_TRANSITIONS"),
    "Case": ("accounts.enums", "CASE_TRANSITIONS"),
    "Appeal": ("accounts.enums", "APPEAL_TRANSITIONS"),
    "Export": ("accounts.enums", "EXPORT_TRANSITIONS"),
    "Call": ("messaging.enums", "CALL_TRANSITIONS"),
    "Payment": ("payments.enums", "PAYMENT_TRANSITIONS"),
    "Refund": ("payments.enums", "REFUND_TRANSITIONS"),
    "Dispute": ("payments.enums", "DISPUTE_TRANSITIONS"),
    "Payout": ("payments.enums", "PAYOUT_TRANSITIONS"),
    "Subscription": ("payments.enums", "SUBSCRIPTION_TRANSITIONS"),
    "Product": ("payments.enums", "PRODUCT_TRANSITIONS"),
    "Order": ("payments.enums", "ORDER_TRANSITIONS"),
    "Webhook": ("payments.enums", "WEBHOOK_TRANSITIONS"),
    "Post": ("content.enums", "DRAFT_TRANSITIONS"),
    "Upload": ("grover.media.enums", "TRANSITIONS"),
}


class Command(BaseCommand):
    help = "Writes docs/errors.md, docs/events.md and docs/states.md; with --check only compares them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when one is out of date")

    def handle(self, *, check: bool, **options: Any) -> None:
        get_resolver()._populate()  # loads every view, and with them all errors, events and commands
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


EVENTS = f"""# Events

{NOTICE}What the socket at `/ws/` carries, and the facts that actions tell after the commit. Each is
counted in `grover_events_total{{type}}` and logged under its type, without what people wrote.
`/api/asyncapi` describes the socket as AsyncAPI 3.
"""
ON_THE_SOCKET = """
## On the socket

A frame is `{"type": "...", "data": {...}, "at": "..."}`; these are the fields of its `data`.
"""
COMMANDS = """
## What a client may send

A command is `{"id": "c7", "type": "...", "data": {...}}`. Its answer is
`{"type": "ack", "id": "c7", "data": {...}}`, or `{"type": "error", "id": "c7", "error": {...}}` with the
problem that REST gives.
"""


def _events() -> str:
    told = [event for event in all_events() if not event.audience]
    asked = commands.all_commands().values()
    cards = _cards(
        [hint for event in wire_events() for _, hint in _fields(event)] + [one.card for one in asked]
    )
    parts = [
        EVENTS,
        ON_THE_SOCKET,
        *(_event(event, f"To {event.audience}.") for event in wire_events()),
        COMMANDS,
        *(_command(one) for one in asked),
        "\n## Cards\n\nWhat stands inside the frames.\n",
        *(_section(card, summary_of(card)) for card in cards),
        "\n## Only told to logs and metrics\n",
        *(_event(event) for event in told),
    ]
    return "".join(parts)


def _cards(hints: list[Any]) -> list[Any]:
    """Find the dataclasses that types are made of, by name."""
    found: dict[str, Any] = {}
    while hints:
        hint = hints.pop()
        if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint.__name__ not in found:
            found[hint.__name__] = hint
            hints += [inner for _, inner in _fields(hint)]
        hints += typing.get_args(hint)
    return [found[name] for name in sorted(found)]


def _event(event: type[Event], audience: str = "") -> str:
    return _section(event, f"{summary_of(event)} {audience}".strip(), event.type)


def _section(thing: Any, text: str, name: str = "") -> str:
    rows = [(f"`{field}`", f"`{_type_name(hint)}`") for field, hint in _fields(thing)]
    return f"\n### `{name or thing.__name__}`\n\n{text}\n\n" + _table(("Field", "Type"), rows)


def _fields(thing: Any) -> list[tuple[str, Any]]:
    hints = typing.get_type_hints(thing)
    return [(field.name, hints[field.name]) for field in dataclasses.fields(thing)]


def _command(command: commands.Command) -> str:
    fields = of_serializer(command.serializer())
    rows = [
        (f"`{name}`", _kind_of(schema), "yes" if name in fields["required"] else "no")
        for name, schema in fields["properties"].items()
    ]
    card = "nothing" if command.card is None else f"`{_type_name(command.card)}`"
    text = f"\n### `{command.name}`\n\n{summary_of(command.function)} Its ack carries {card}.\n"
    return text + ("\n" + _table(("Field", "Type", "Required"), rows) if rows else "")


def _kind_of(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind_of(part) for part in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind_of(schema['items'])}"
    longest = f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
    return f"`{schema.get('format') or schema['type']}`{longest}"


def _type_name(hint: Any) -> str:
    if isinstance(hint, type) and typing.get_origin(hint) is None:
        return hint.__name__
    return re.sub(r"\b[a-z_]+\.(?:[a-z_]+\.)*", "", str(hint)).replace("|", "or")


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
