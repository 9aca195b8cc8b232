"""Refuse files that the house has no place for: names outside the list, and files past 400 lines."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "messaging", "payments", "content", "grover/media")
FREE = ("grover/core", "grover/operations", "grover/realtime")
LAYERS = {
    "apps",
    "urls",
    "commands",
    "tasks",
    "admin",
    "views",
    "serializers",
    "actions",
    "selectors",
    "policies",
    "models",
    "providers",
    "cards",
    "events",
    "ports",
    "errors",
    "enums",
    "migrations",
    "management",
    "templates",
    "static",
}
NOWHERE = {"utils", "helpers", "signals", "services", "managers"}
MOST_LINES = 400


def problems() -> list[str]:
    found = []
    for app in APPS:
        found += [
            f"{entry.relative_to(ROOT)}: not a file of an app"
            for entry in sorted((ROOT / app).iterdir())
            if entry.stem not in LAYERS | {"__init__", "__pycache__"}
        ]
    for folder in (*APPS, *FREE, "bench", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT)
            if path.stem in NOWHERE:
                found.append(f"{name}: a name that says nothing")
            if "migrations" not in str(path) and path.read_text().count("\n") > MOST_LINES:
                found.append(f"{name}: past {MOST_LINES} lines a file becomes a package")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or None)
