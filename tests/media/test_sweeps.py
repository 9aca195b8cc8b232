"""What is cleaned up after crashes, and what nobody wants."""

import datetime as dt
import io
import uuid
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from grover.core.db import atomic
from grover.core.ids import new_id_at
from grover.core.jobs import sweep_outbox
from grover.core.models import JobState, OutboxJob
from grover.core.viewers import Viewer
from grover.media import tasks
from grover.media.actions import processing, stored, sweeps, uploads
from grover.media.enums import MediaState
from grover.media.models import Media, StorageUse
from tests.factories.accounts import make_user
from tests.factories.media import make_media, picture
from tests.media.conftest import assert_nothing_left, stored_files

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


class Crash(BaseException):
    """The process dies here."""


def upload_as(user: User) -> Any:
    content = picture()
    viewer = Viewer(user.pk, uuid.uuid4())
    return uploads.upload_media(viewer, file=io.BytesIO(content), size=len(content))


def test_an_orphan_is_swept_after_a_day(db: None, ada: User) -> None:
    card = upload_as(ada)
    born = card.created_at
    assert sweeps.sweep_orphans(born + DAY - MINUTE) == 0
    assert len(stored_files()) == 4
    assert sweeps.sweep_orphans(born + DAY + MINUTE) == 1
    assert_nothing_left()
    assert sweeps.sweep_orphans(born + DAY + MINUTE) == 0


def test_what_something_shows_is_not_swept(db: None, ada: User) -> None:
    media = make_media(ada.pk, attached_to="post:1")
    tasks.sweep_orphans()
    assert sweeps.sweep_orphans(timezone.now() + 2 * DAY) == 0
    assert media.file_name in stored_files()


def test_a_sweep_passes_over_what_is_attached_meanwhile(db: None, ada: User) -> None:
    media = make_media(ada.pk)
    remove = sweeps.remove_uploads

    def attach_first(rows: Any, **still: str) -> int:
        Media.objects.filter(pk=media.pk).update(attached_to="post:1")
        return remove(rows, **still)

    with patch.object(sweeps, "remove_uploads", attach_first):
        assert sweeps.sweep_orphans(timezone.now() + 2 * DAY) == 0
    assert media.file_name in stored_files()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies_at", ["_register_or_remove", "register_upload"])
def test_a_crash_between_file_and_row_leaves_nothing_after_the_sweep(dies_at: str) -> None:
    user = make_user()
    keeps_file = patch.object(default_storage, "delete")  # a dead process deletes nothing
    with patch.object(uploads, dies_at, side_effect=Crash), keeps_file, pytest.raises(Crash):
        upload_as(user)
    assert len(stored_files()) == 1
    assert not Media.objects.exists()

    _let_pass(DAY - MINUTE)
    assert len(stored_files()) == 1
    _let_pass(2 * MINUTE)
    assert_nothing_left()
    assert not OutboxJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_registered_upload_outlives_the_job_against_crashes() -> None:
    card = upload_as(make_user())
    files = stored_files()
    _let_pass(DAY + MINUTE)
    assert not OutboxJob.objects.exists()
    assert stored_files() == files
    assert Media.objects.get().pk == card.id


def _let_pass(time: dt.timedelta) -> None:
    """Let time pass, for the jobs that wait."""
    for job in OutboxJob.objects.filter(state=JobState.WAITING):
        moved = {name: getattr(job, name) - time for name in ("due_at", "published_until", "claimed_until")}
        OutboxJob.objects.filter(pk=job.pk).update(**moved)
    sweep_outbox(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_failed_registration_leaves_nothing_at_once() -> None:
    user = make_user()
    with patch.object(uploads, "register_upload", side_effect=RuntimeError), pytest.raises(RuntimeError):
        upload_as(user)
    assert_nothing_left()


@pytest.mark.django_db(transaction=True)
def test_copies_that_were_not_made_are_made_by_the_next_run() -> None:
    with patch.object(processing, "_store_copy", side_effect=ConnectionError):
        card = upload_as(make_user())
    assert (card.state, card.variants, card.blurhash) == ("processing", [], "")

    _let_pass(dt.timedelta(hours=1))

    media = Media.objects.get()
    assert media.state == MediaState.READY
    assert len(stored_files()) == 4
    assert len(media.blurhash) == 28


def test_making_copies_twice_changes_nothing(db: None, ada: User) -> None:
    card = upload_as(ada)
    before = Media.objects.values().get()
    tasks.process_media(str(card.id))
    assert Media.objects.values().get() == before
    assert len(stored_files()) == 4


def test_copies_that_a_dead_run_left_are_replaced(db: None, ada: User) -> None:
    card = upload_as(ada)
    Media.objects.update(state=MediaState.PROCESSING, variants={})
    tasks.process_media(str(card.id))
    assert len(stored_files()) == 4  # none under another name
    assert set(Media.objects.get().variants) == {"200", "640", "1280"}


@pytest.mark.parametrize("spoil", ["lost", "broken"])
def test_an_upload_whose_file_is_useless_fails(db: None, ada: User, spoil: str) -> None:
    media = make_media(ada.pk, state=MediaState.PROCESSING, variants={})
    path = default_storage.path(media.file_name)
    default_storage.delete(media.file_name)
    if spoil == "broken":
        with open(path, "wb") as file:
            file.write(picture()[:200])
    tasks.process_media(str(media.pk))
    assert Media.objects.get().state == MediaState.FAILED


def test_copies_of_what_was_deleted_meanwhile_are_deleted(db: None, ada: User) -> None:
    media = make_media(ada.pk, state=MediaState.PROCESSING, variants={})
    store = processing._store_copy

    def delete_first(*args: Any) -> Any:
        sweeps.delete_owned(ada.pk)
        return store(*args)

    with patch.object(processing, "_store_copy", delete_first):
        tasks.process_media(str(media.pk))
    assert_nothing_left()


def test_copies_that_a_dead_run_left_of_what_was_deleted_are_deleted(db: None, ada: User) -> None:
    media = make_media(ada.pk, state=MediaState.PROCESSING, variants={})
    media_id = media.pk
    with patch.object(processing, "_finish", side_effect=Crash), pytest.raises(Crash):
        tasks.process_media(str(media_id))
    with patch.object(stored, "delete_files"):
        sweeps.delete_owned(ada.pk)
    default_storage.delete(media.file_name)
    assert len(stored_files()) == 3
    tasks.process_media(str(media_id))
    assert_nothing_left()


def test_files_made_while_their_upload_is_deleted_go_with_it(db: None, ada: User) -> None:
    """The row is read before its copies are registered, and deleted after."""
    media = make_media(ada.pk, state=MediaState.PROCESSING, variants={})
    stale = Media.objects.get()
    tasks.process_media(str(media.pk))
    assert len(stored_files()) == 4
    atomic(sweeps.remove_uploads)([stale], attached_to="")
    assert_nothing_left()


def test_deleting_files_twice_does_no_harm(db: None) -> None:
    tasks.delete_files(["00000000-0000-7000-8000-000000000000/200.webp"])


def test_everything_of_one_owner_is_deleted_in_batches(db: None, ada: User, bob: User) -> None:
    for _ in range(5):
        make_media(ada.pk)
    kept = make_media(bob.pk)
    with patch.object(sweeps, "SWEPT_AT_ONCE", 2):
        sweeps.delete_owned(ada.pk)
        sweeps.delete_owned(ada.pk)
    assert list(Media.objects.all()) == [kept]
    assert not StorageUse.objects.filter(pk=ada.pk).exists()
    assert all(name.startswith(str(kept.pk)) for name in stored_files())


def test_an_old_orphan_is_found_by_its_id(db: None, ada: User) -> None:
    old = make_media(ada.pk, id=new_id_at(timezone.now() - 2 * DAY))
    young = make_media(ada.pk)
    assert sweeps.sweep_orphans(timezone.now()) == 1
    assert list(Media.objects.all()) == [young]
    assert old.file_name not in stored_files()
