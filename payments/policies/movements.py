"""What the transfers of the ledger are about."""

import uuid
from dataclasses import dataclass

from grover.core.ids import parse_id

INCOME = "income"
_KINDS = {"capture": "payment", "release": INCOME}


@dataclass(frozen=True, slots=True)
class About:
    """A thing that money was moved for; of an income it is the id of the hold."""

    kind: str
    id: uuid.UUID


def about_of(key: str) -> About | None:
    """Read from the key of a transfer what it was for: `refund-failed:…` was for a refund."""
    name, _, rest = key.partition(":")
    thing_id = parse_id(rest)
    if thing_id is None:
        return None
    return About(_KINDS.get(name, name.partition("-")[0]), thing_id)
