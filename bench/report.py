"""Tables of results, printed and put into docs/benchmarks.md."""

import math
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from bench.environment import Services
from bench.servers import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
PACKAGES = (
    *("Django", "djangorestframework", "granian", "psycopg", "orjson", "fastapi", "uvicorn", "asyncpg"),
    *("uvloop", "channels-redis", "python-socketio"),
)


@dataclass(slots=True)
class Table:
    """Rows under a title, all of the same columns."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    note: str = ""

    def markdown(self) -> str:
        """Print the table as Markdown, numbers to the right."""
        head = f"| {' | '.join(self.columns)} |"
        rule = f"|{'|'.join(['---'] + ['---:'] * (len(self.columns) - 1))}|"
        body = [f"| {' | '.join(show(value) for value in row)} |" for row in self.rows]
        text = [f"### {self.title}", "", head, rule, *body]
        return "\n".join([*text, "", self.note] if self.note else text)


def show(value: object) -> str:
    """Print a number with as many digits as mean something."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def machine(services: Services) -> str:
    """Describe what this ran on, in one paragraph."""
    with services.connect() as connection:
        row = connection.execute("SHOW server_version").fetchone()
    postgres = str(row[0]).split()[0] if row else "?"
    redis = services.redis().info("server")["redis_version"]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}, PostgreSQL {postgres}, "
        f"Redis {redis}; {packages}. The load generator, the databases and the server share the machine."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
            found = re.search(r"^model name\s*: (.+)$", lines.read(), re.MULTILINE)
    except OSError:
        return platform.machine()
    return found[1] if found else platform.machine()


def write(text: str) -> None:
    """Put the results of this run into the document."""
    old = DOCUMENT.read_text()
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
