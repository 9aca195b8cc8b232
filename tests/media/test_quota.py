"""The room that one person's uploads may take."""

import io
import uuid
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import User
from grover.core.viewers import Viewer
from grover.media.actions import uploads
from grover.media.errors import QuotaExceeded
from grover.media.models import Media, StorageUse
from tests.factories.accounts import make_user
from tests.factories.media import picture
from tests.media.conftest import assert_nothing_left, stored_files
from tests.races import run_parallel


def upload_as(user: User, content: bytes) -> Any:
    viewer = Viewer(user.pk, uuid.uuid4())
    return uploads.upload_media(viewer, file=io.BytesIO(content), size=len(content))


def used_by(user: User) -> int:
    use = StorageUse.objects.filter(pk=user.pk).first()
    return use.used if use else 0


def test_a_file_beyond_the_quota_is_refused_and_leaves_nothing(upload: Any, ada: User, settings: Any) -> None:
    settings.MEDIA_QUOTA_BYTES = 100
    answer = upload(ada, picture())
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
    assert_nothing_left()


def test_the_quota_can_be_filled_to_the_last_byte(upload: Any, ada: User, settings: Any) -> None:
    size = upload(ada, picture()).json()["size"]
    settings.MEDIA_QUOTA_BYTES = 2 * size
    assert upload(ada, picture()).status_code == 201
    assert upload(ada, picture()).status_code == 413
    settings.MEDIA_QUOTA_BYTES = 3 * size - 1
    assert upload(ada, picture()).status_code == 413
    settings.MEDIA_QUOTA_BYTES = 3 * size
    assert upload(ada, picture()).status_code == 201
    assert used_by(ada) == 3 * size


def test_the_quota_of_one_is_not_that_of_another(upload: Any, ada: User, bob: User, settings: Any) -> None:
    settings.MEDIA_QUOTA_BYTES = upload(ada, picture()).json()["size"]
    assert upload(ada, picture()).status_code == 413
    assert upload(bob, picture()).status_code == 201


def test_deleting_makes_room(upload: Any, api: Any, ada: User, settings: Any) -> None:
    card = upload(ada, picture()).json()
    settings.MEDIA_QUOTA_BYTES = card["size"]
    assert upload(ada, picture()).status_code == 413
    api(ada).delete(f"media/{card['id']}")
    assert upload(ada, picture()).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_parallel_uploads_never_pass_the_quota(settings: Any) -> None:
    user = make_user()
    size = upload_as(make_user(), picture()).size
    settings.MEDIA_QUOTA_BYTES = 5 * size + 1

    results = run_parallel(12, lambda number: upload_as(user, picture()))

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in refused] == [QuotaExceeded] * 7
    assert used_by(user) == 5 * size
    assert len({name.partition("/")[0] for name in stored_files()}) == 6  # five, and that of another


@pytest.mark.django_db(transaction=True)
def test_room_is_exact_after_parallel_uploads_and_deletions() -> None:
    user = make_user()
    viewer = Viewer(user.pk, uuid.uuid4())
    cards = [upload_as(user, picture()) for _ in range(5)]

    def change(number: int) -> None:
        if number % 2:
            uploads.delete_media(viewer, media_id=cards[number // 2].id)
        else:
            upload_as(user, picture(size=(40 + number, 30)))

    assert run_parallel(10, change) == [None] * 10
    rows = Media.objects.filter(owner_id=user.pk)
    assert rows.count() == 5
    assert used_by(user) == rows.aggregate(total=Sum("size"))["total"]


@pytest.mark.django_db(transaction=True)
def test_one_upload_deleted_twice_at_once_makes_room_once() -> None:
    user = make_user()
    viewer = Viewer(user.pk, uuid.uuid4())
    kept, gone = upload_as(user, picture()), upload_as(user, picture())
    run_parallel(6, lambda number: uploads.delete_media(viewer, media_id=gone.id))
    assert used_by(user) == kept.size
