"""The core's own jobs; each is thin and safe to run twice."""

import uuid

from celery import shared_task
from django.utils import timezone

from grover.core import idempotency, jobs


@shared_task(name="core.tasks.run_outbox_job")
def run_outbox_job(*, job_id: str) -> None:
    """Run one durable job."""
    jobs.run_outbox_job(uuid.UUID(job_id), timezone.now())


@shared_task(name="core.tasks.sweep_outbox")
def sweep_outbox() -> None:
    """Start again the durable jobs that were not started or failed."""
    jobs.sweep_outbox(timezone.now())


@shared_task(name="core.tasks.sweep_idempotent_requests")
def sweep_idempotent_requests() -> None:
    """Forget old idempotency keys."""
    idempotency.sweep_idempotent_requests(timezone.now())
