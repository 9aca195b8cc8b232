"""The jobs of payments; each is thin and safe to run twice."""

import logging

from celery import shared_task

from payments.selectors.ledger import check_ledger

logger = logging.getLogger(__name__)


@shared_task(name="payments.tasks.check_ledger")
def check_ledger_nightly() -> None:
    """Add all money up again, and cry out when it does not add up."""
    report = check_ledger()
    for fault in report.faults:
        logger.critical(
            "The ledger does not add up: %s %s, %s instead of %s",
            fault.kind,
            fault.id,
            fault.found,
            fault.expected,
        )
