"""The jobs of media."""

import uuid

from celery import shared_task
from django.utils import timezone

from grover.media.actions import processing, stored, sweeps


@shared_task(name="media.tasks.process_media")
def process_media(media_id: str) -> None:
    """Make the variants of an upload."""
    processing.process_media(uuid.UUID(media_id))


@shared_task(name="media.tasks.delete_files")
def delete_files(names: list[str]) -> None:
    """Delete the files of uploads that are gone."""
    stored.delete_files(names)


@shared_task(name="media.tasks.delete_unregistered")
def delete_unregistered(media_id: str, names: list[str]) -> None:
    """Delete the files of an upload that never was."""
    sweeps.delete_unregistered(uuid.UUID(media_id), names)


@shared_task(name="media.tasks.sweep_orphans")
def sweep_orphans() -> None:
    """Delete uploads that nothing shows."""
    sweeps.sweep_orphans(timezone.now())
