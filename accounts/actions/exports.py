"""Making copies of everything the platform holds on a person, and throwing them away after a week."""

import datetime as dt
import tempfile
import uuid
import zipfile
from collections.abc import Iterable
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage, storages
from django.db import IntegrityError
from django.utils import timezone

from accounts.cards.people import ExportCard
from accounts.enums import ExportState
from accounts.errors.people import ExportExpired, ExportFailed
from accounts.events.people import ExportFinished, ExportRequested
from accounts.models import Export
from accounts.selectors.exports import card_of, everything_on, find_row, find_running_export
from grover.core import encoding
from grover.core.db import atomic, on_commit
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.viewers import Viewer
from grover.media.selectors import files_of

KEPT = dt.timedelta(days=7)
GIVEN_UP_AFTER = dt.timedelta(days=1)
PRIVATE = "private"  # of settings.STORAGES: no address leads there
COPIED_AT_ONCE = 256 * 1024


def request_export(actor: Viewer) -> ExportCard:
    """Have a copy of everything made by a job; while one is being made, give that one."""
    running = find_running_export(actor)
    if running is not None:
        return running
    try:
        return _begin(actor)
    except IntegrityError:
        running = find_running_export(actor)
        if running is None:
            raise
        return running


def open_export(actor: Viewer, *, export_id: uuid.UUID) -> tuple[ExportCard, IO[bytes] | None]:
    """Give an export and, once it is ready, its open ZIP; refuse one that failed or has expired."""
    row = find_row(actor, export_id)
    if row.state == ExportState.FAILED:
        raise ExportFailed
    if row.state == ExportState.EXPIRED:
        raise ExportExpired
    if row.state == ExportState.PENDING:
        return card_of(row), None
    try:
        return card_of(row), storages[PRIVATE].open(row.file_name)
    except FileNotFoundError as error:
        raise ExportExpired from error


def make_export(export_id: uuid.UUID) -> None:
    """Write the ZIP of a pending export; one that is done is left alone."""
    row = Export.objects.filter(pk=export_id, state=ExportState.PENDING).first()
    if row is None:
        return
    name = f"exports/{export_id}.zip"
    storages[PRIVATE].delete(name)  # what an earlier, broken run left
    with tempfile.TemporaryFile() as file:
        write_zip(file, row.user_id)
        size = file.tell()
        file.seek(0)
        storages[PRIVATE].save(name, File(file))
    now = timezone.now()
    _finish(export_id, ExportState.READY, file_name=name, size=size, expires_at=now + KEPT)


def write_zip(file: IO[bytes], user_id: uuid.UUID) -> None:
    """Write a JSON file for each model that holds something on a person, and the files they uploaded."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for label, rows in everything_on(user_id):
            _write_rows(archive, f"{label}.json", rows)
        for name, stored_name in files_of(user_id):
            _write_file(archive, f"media/{name}", stored_name)


def expire_exports(now: dt.datetime) -> int:
    """Throw away exports of more than a week ago and give up those stuck for a day; give their number."""
    ready = Export.objects.filter(state=ExportState.READY, expires_at__lt=now)
    stuck = Export.objects.filter(state=ExportState.PENDING, created_at__lt=now - GIVEN_UP_AFTER)
    expired = [_finish(pk, ExportState.EXPIRED) for pk in ready.values_list("pk", flat=True)]
    failed = [_finish(pk, ExportState.FAILED) for pk in stuck.values_list("pk", flat=True)]
    return len(expired) + len(failed)


def delete_exports(user_id: uuid.UUID) -> None:
    """Remove all exports of a person with their files."""
    for row in Export.objects.filter(user_id=user_id):
        storages[PRIVATE].delete(row.file_name or f"exports/{row.pk}.zip")
        atomic(row.delete)()


@atomic
def _begin(actor: Viewer) -> ExportCard:
    row = Export.objects.create(user_id=actor.id)
    enqueue_durable("accounts.tasks.make_export", export_id=row.pk)
    emit(ExportRequested(actor.id, row.pk))
    return card_of(row)


@atomic
def _finish(export_id: uuid.UUID, state: ExportState, **values: Any) -> None:
    """Move an export on from where it may come from; its file goes when it is kept no more."""
    before = ExportState.READY if state == ExportState.EXPIRED else ExportState.PENDING
    rows = Export.objects.filter(pk=export_id, state=before)
    if not rows.update(state=state, is_running=False, **values):
        return
    if state != ExportState.READY:
        on_commit(lambda: storages[PRIVATE].delete(f"exports/{export_id}.zip"))
    emit(ExportFinished(export_id, state.value))


def _write_rows(archive: zipfile.ZipFile, name: str, rows: Iterable[dict[str, Any]]) -> None:
    with archive.open(name, "w", force_zip64=True) as entry:
        separator = b"["
        for row in rows:
            entry.write(separator + encoding.dumps(row))
            separator = b",\n"
        entry.write(b"]" if separator != b"[" else b"[]")


def _write_file(archive: zipfile.ZipFile, name: str, stored_name: str) -> None:
    try:
        source = default_storage.open(stored_name)
    except FileNotFoundError:
        return  # deleted since it was listed
    with source, archive.open(name, "w", force_zip64=True) as entry:
        while part := source.read(COPIED_AT_ONCE):
            entry.write(part)
