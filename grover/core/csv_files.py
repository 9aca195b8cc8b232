"""Tables for spreadsheets: RFC 4180, in UTF-8, and never a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | Decimal | None


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Write a table line by line; a text that a spreadsheet would run as a formula gets an apostrophe."""
    yield _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[Cell]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_harmless(cell) for cell in cells])
    return buffer.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    """Numbers stay numbers, negative ones as well; only texts can be formulas."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell
