"""Looking at all money and saying what is wrong; nothing is mended here."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grover.core import encoding
from grover.core.db import atomic
from payments.enums import CheckKind
from payments.models import MoneyCheck
from payments.policies.faults import BookFault, compare
from payments.providers.base import LineKind
from payments.providers.registry import provider
from payments.selectors.books import our_books, their_books
from payments.selectors.ledger import LedgerReport, check_ledger

logger = logging.getLogger(__name__)

LOOKED_BACK = dt.timedelta(days=3)
SETTLES_FOR = dt.timedelta(hours=6)  # until then the provider may not have written its own books
MOST_FAULTS_KEPT = 1_000


def check_own_books() -> LedgerReport:
    """Add all money up again, and keep what was found."""
    report = check_ledger()
    _keep(CheckKind.LEDGER, report.faults)
    return report


def check_against_provider(now: dt.datetime) -> list[BookFault]:
    """Compare the books of the last days with the provider's, and keep what was found."""
    faults = compare_books(now - LOOKED_BACK, now - SETTLES_FOR)
    _keep(CheckKind.PROVIDER, faults)
    return faults


def compare_books(since: dt.datetime, until: dt.datetime) -> list[BookFault]:
    """Find what is only in one of the two books, or otherwise in the other.

    What stands at the edge of the time in one book may stand beyond it in the other, so the provider is
    asked about a longer time.
    """
    teller = provider()
    theirs = their_books(teller.lines_between(since - SETTLES_FOR, until + SETTLES_FOR))
    ours = our_books(teller.name, since, until, beside=theirs)
    kinds = (LineKind.CAPTURE, LineKind.REFUND, LineKind.PAYOUT)
    return [fault for kind in kinds for fault in compare(kind.value, ours.of(kind), theirs.of(kind))]


@atomic
def _keep(kind: CheckKind, faults: Sequence[Any]) -> None:
    plain = encoding.loads(encoding.dumps([asdict(fault) for fault in faults[:MOST_FAULTS_KEPT]]))
    MoneyCheck.objects.create(kind=kind, fault_count=len(faults), faults=plain)
    for fault in faults[:MOST_FAULTS_KEPT]:
        logger.critical("Money does not add up: %s", fault)
