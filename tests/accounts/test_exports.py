"""Copies of everything the platform holds on somebody."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.utils import timezone

from accounts.actions.exports import expire_exports, make_export, request_export
from accounts.enums import ExportState
from accounts.models import Export
from grover.core.ids import new_id
from grover.core.models import OutboxJob
from grover.core.privacy import Holds, declarations
from grover.core.viewers import Viewer
from tests.accounts.test_profiles import make_image
from tests.factories.accounts import make_user
from tests.races import run_parallel


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    """Keep exports in a folder of the test's own."""
    backend = "django.core.files.storage.FileSystemStorage"
    private = {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path


def read_zip(response):
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_export_is_accepted_then_a_zip(api):
    client = api(make_user("ada"))

    accepted = client.post("me/export")

    assert accepted.status_code == 202
    assert accepted.json()["state"] == "pending"
    assert accepted["Location"] == accepted.json()["url"]
    response = client.get(accepted["Location"])
    assert read_zip(response)
    assert response["Content-Disposition"].startswith('attachment; filename="grover-export-')
    assert response["Cache-Control"] == "private, no-store"
    only_zip = client.get(accepted["Location"], Accept="application/zip")
    assert only_zip.status_code == 200
    row = Export.objects.get()
    assert (row.state, row.is_running, row.size > 0) == (ExportState.READY, False, True)
    assert dt.timedelta(days=6) < row.expires_at - timezone.now() <= dt.timedelta(days=7)
    assert not OutboxJob.objects.exists()


def test_export_holds_all_of_ones_own_and_nothing_of_others(api):
    ada, bob = make_user("ada", bio="Engines."), make_user("bob")
    image = make_image(ada)
    default_storage.save(image.file_name, ContentFile(b"pixels"))
    theirs = make_image(bob)
    default_storage.save(theirs.file_name, ContentFile(b"others"))
    client = api(ada)
    client.put("users/@bob/follow")
    api(bob).put("users/@ada/follow")
    client.post(
        "reports", json={"target": {"kind": "user", "id": str(bob.pk)}, "reason": "spam", "note": "N"}
    )

    files = read_zip(client.get(client.post("me/export")["Location"]))

    tables = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    [user] = tables["accounts.user.json"]
    assert (user["username"], user["email"], user["bio"]) == ("ada", ada.email, "Engines.")
    assert "password" not in user
    assert [(row["kind"], row["target_id"]) for row in tables["accounts.relation.json"]] == [
        ("follow", str(bob.pk))
    ]
    assert [row["note"] for row in tables["accounts.report.json"]] == ["N"]
    assert [row["id"] for row in tables["media.media.json"]] == [str(image.pk)]
    assert [row["device"] for row in tables["accounts.session.json"]] == ["tests"]
    assert [text for name, text in files.items() if name.startswith("media/")] == [b"pixels"]


def test_export_is_seen_by_its_owner_alone(api):
    client = api(make_user("ada"))
    location = client.post("me/export")["Location"]

    assert api(make_user("bob")).get(location).status_code == 404
    assert api().get(location).status_code == 401
    assert api().post("me/export").status_code == 401
    assert client.get(f"me/export/{new_id()}").status_code == 404
    assert client.get("me/export/nonsense").status_code == 404
    assert client.get(location, Accept="text/csv").status_code == 406


def test_export_asked_for_while_one_is_made_is_that_one(api):
    ada = make_user("ada")
    row = Export.objects.create(user=ada)
    client = api(ada)

    accepted = client.post("me/export")

    assert (accepted.status_code, accepted.json()["id"]) == (202, str(row.pk))
    waiting = client.get(accepted["Location"])
    assert (waiting.status_code, waiting.json()["state"]) == (202, "pending")
    make_export(row.pk)
    assert client.post("me/export").json()["id"] != str(row.pk)


def test_export_made_twice_is_made_once(api, private_files):
    row = Export.objects.create(user=make_user("ada"))
    make_export(row.pk)
    expires_at = Export.objects.get().expires_at

    make_export(row.pk)

    assert Export.objects.get().expires_at == expires_at
    assert [path.name for path in (private_files / "exports").iterdir()] == [f"{row.pk}.zip"]


def test_export_broken_off_is_made_anew(api):
    ada = make_user("ada")
    row = Export.objects.create(user=ada)
    storages["private"].save(f"exports/{row.pk}.zip", ContentFile(b"half"))

    make_export(row.pk)

    assert read_zip(api(ada).get(f"me/export/{row.pk}"))


def test_export_expires_after_a_week_with_its_file(api, private_files):
    ada = make_user("ada")
    location = api(ada).post("me/export")["Location"]

    assert expire_exports(timezone.now() + dt.timedelta(days=6)) == 0
    assert expire_exports(timezone.now() + dt.timedelta(days=8)) == 1
    assert expire_exports(timezone.now() + dt.timedelta(days=8)) == 0

    response = api(ada).get(location)
    assert (response.status_code, response.json()["code"]) == (410, "export_expired")
    assert list((private_files / "exports").iterdir()) == []


def test_export_stuck_for_a_day_is_given_up(api):
    ada = make_user("ada")
    row = Export.objects.create(user=ada)

    assert expire_exports(timezone.now() + dt.timedelta(hours=23)) == 0
    assert expire_exports(timezone.now() + dt.timedelta(hours=25)) == 1

    response = api(ada).get(f"me/export/{row.pk}")
    assert (response.status_code, response.json()["code"]) == (409, "export_failed")
    assert api(ada).post("me/export").json()["id"] != str(row.pk)


def test_export_never_shows_what_serves_to_sign_in(db):
    secrets = {"password", "secret", "code_hash", "token_hash", "answer", "key_hash"}
    for declaration in declarations(*Holds):
        assert not secrets & set(declaration.exported), declaration.model


@pytest.mark.django_db(transaction=True)
def test_exports_asked_for_in_parallel_are_one(settings):
    viewer = Viewer(make_user("ada").pk, new_id())
    settings.JOBS = "nowhere"  # the job is not started, as if the broker were down

    results = run_parallel(6, lambda _: request_export(viewer))

    assert len({card.id for card in results}) == 1
    assert Export.objects.count() == 1
    assert OutboxJob.objects.count() == 1


def test_export_asked_for_with_a_key_gives_the_first_answer_again(api):
    client = api(make_user("ada"))

    answers = [client.post("me/export", **{"Idempotency-Key": "one"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert Export.objects.count() == 1
    assert client.get(answers[0]["Location"]).status_code == 200
