"""The books of the sandbox: a line for all that it took for us, gave back, or paid out."""

import datetime as dt
from collections.abc import Iterator

from grover.core.db import atomic
from grover.core.ids import smallest_id_at
from payments.cards.money import Money
from payments.providers.base import LineKind, SeenLine
from payments.providers.sandbox.records import SandboxRecord, write

KIND = "line"


class SandboxBooks:
    """Shows its books."""

    def lines_between(self, since: dt.datetime, until: dt.datetime) -> Iterator[SeenLine]:
        of_the_time = SandboxRecord.objects.filter(
            kind=KIND, id__gte=smallest_id_at(since), id__lt=smallest_id_at(until)
        )
        for line in of_the_time.order_by("id").iterator():
            document = line.document
            yield SeenLine(
                id=document["id"],
                kind=LineKind(document["kind"]),
                amount=Money(document["value"], document["currency"]),
                reference=document["reference"],
                happened_at=line.created_at,
            )


@atomic
def enter(
    kind: LineKind, line_id: str, amount: Money, reference: str, *, at: dt.datetime | None = None
) -> None:
    """Write a line; joins the caller's transaction, which must be `settled`."""
    document = {
        "id": line_id,
        "kind": kind,
        "value": amount.value,
        "currency": amount.currency,
        "reference": reference,
    }
    write(KIND, f"{kind}:{line_id}", document, at=at)
