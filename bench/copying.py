"""Rows by the hundred thousand: COPY into the tables of models.

A row names only some columns; every other one gets the default of its field.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import psycopg
from django.db.models import Field, Model
from psycopg import sql

ROWS_A_WRITE = 2_000

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(
    connection: psycopg.Connection[Any],
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Write rows, given as values of these columns in order."""
    others = [field for field in model._meta.concrete_fields if field.column not in columns]
    names = sql.SQL(", ").join(
        [sql.Identifier(str(name)) for name in [*columns, *(field.column for field in others)]]
    )
    rest = "".join(f"\t{as_text(_default(field))}" for field in others) + "\n"
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    lines = ("\t".join(map(as_text, row)) + rest for row in rows)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while chunk := "".join(islice(lines, ROWS_A_WRITE)):
            copy.write(chunk)


def as_text(value: Any) -> str:
    """Write a value the way COPY reads it."""
    match value:
        case None:
            return r"\N"
        case bool():
            return "t" if value else "f"
        case str():
            return value.translate(_ESCAPES)
        case int() | float() | uuid.UUID():
            return str(value)
        case dt.date():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value).translate(_ESCAPES)
        case _:
            raise TypeError(f"COPY of a {type(value).__name__} is not foreseen")


def _default(field: "Field[Any, Any]") -> Any:
    if field.primary_key:
        raise ValueError(f"A row of {field.model.__name__} needs its {field.name}")
    value = field.get_default()
    return "" if value is None and not field.null else value
