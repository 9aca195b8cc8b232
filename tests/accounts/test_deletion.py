"""Leaving: hidden at once, erased after a month."""

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import models
from django.utils import timezone

from accounts.actions.counters import recount_people
from accounts.actions.deletion import begin_due_erasures, erase_account, reactivate_account
from accounts.actions.moderation import suspend_user
from accounts.enums import AccountStatus, RelationKind
from accounts.errors.people import TransitionRefused
from accounts.models import (
    AccountSettings,
    Case,
    Export,
    MailToken,
    RecoveryCode,
    RefreshToken,
    Relation,
    Report,
    Session,
    TwoFactor,
    UsedCode,
    User,
)
from accounts.ports import audience_changed, erase_person
from grover.core.ids import new_id
from grover.core.models import AuditEntry, IdempotentRequest
from grover.core.privacy import Erasure, Holds, check_declarations, declaration_of, declarations, holds
from tests.accounts.test_exports import private_files  # noqa: F401
from tests.accounts.test_follows import counts
from tests.accounts.test_profiles import make_image
from tests.factories.accounts import make_decision, make_user
from tests.factories.content import make_post

PASSWORD = "the password of these tests"


@pytest.fixture
def ada(db):
    user = make_user("ada")
    user.set_password(PASSWORD)
    user.save()
    return user


def leave(client, password=PASSWORD):
    return client.delete("me", json={"password": password})


def after_grace():
    return timezone.now() + dt.timedelta(days=30, minutes=1)


def test_leaving_hides_at_once_and_ends_sessions(api, ada, monkeypatch):
    heard = []
    monkeypatch.setattr(audience_changed, "_fillers", [heard.append])
    client, other, viewer = api(ada), api(ada), api(make_user("bob"))
    assert viewer.get("users/@ada").status_code == 200

    response = leave(client)

    assert response.status_code == 202
    assert response.json()["state"] == "deactivated"
    erased_after = dt.datetime.fromisoformat(response.json()["erased_after"])
    assert dt.timedelta(days=29) < erased_after - timezone.now() < dt.timedelta(days=30, seconds=5)
    assert client.get("me").status_code == other.get("me").status_code == 401
    assert viewer.get("users/@ada").status_code == viewer.get(f"users/{ada.pk}").status_code == 404
    assert viewer.put("users/@ada/follow").status_code == 404
    assert heard == [ada.pk]


def test_leaving_asks_for_the_password(api, ada):
    client = api(ada)

    wrong = leave(client, "wrong")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert client.delete("me", json={}).status_code == 422
    assert client.delete("me").status_code == 422
    assert client.delete("me", json={"password": PASSWORD, "really": True}).status_code == 422
    assert api().delete("me", json={"password": PASSWORD}).status_code == 401
    ada.refresh_from_db()
    assert ada.status == AccountStatus.ACTIVE
    assert client.get("me").status_code == 200


def test_coming_back_within_the_grace_undoes_it(api, ada):
    viewer = api(make_user("bob"))
    viewer.put("users/@ada/follow")
    leave(api(ada))
    assert viewer.get("users/@bob/following").json()["results"] == []

    assert reactivate_account(ada.pk) is True
    assert reactivate_account(ada.pk) is False

    assert viewer.get("users/@ada").json()["relation"]["following"] is True
    ada.refresh_from_db()
    assert (ada.status, ada.deactivated_at) == (AccountStatus.ACTIVE, None)
    assert begin_due_erasures(after_grace()) == 0


def test_suspended_people_do_not_come_back_by_the_same_door(db):
    staff, bob = make_user("staff", is_staff=True), make_user("bob")
    suspend_user(staff.pk, user_id=bob.pk, reason="x")

    assert reactivate_account(bob.pk) is False
    bob.refresh_from_db()
    assert bob.status == AccountStatus.SUSPENDED


def test_left_account_is_not_suspended_away_from_its_erasure(api, ada):
    staff = make_user("staff", is_staff=True)
    leave(api(ada))

    with pytest.raises(TransitionRefused):
        suspend_user(staff.pk, user_id=ada.pk, reason="x")


def test_nothing_is_erased_before_the_grace_is_over(api, ada):
    leave(api(ada))

    assert begin_due_erasures(timezone.now() + dt.timedelta(days=29, hours=23)) == 0

    ada.refresh_from_db()
    assert (ada.status, ada.username) == (AccountStatus.DEACTIVATED, "ada")


def fill(user, other):
    """Give a person at least one row of everything that accounts, media and core hold on people."""
    now = timezone.now()
    session = Session.objects.create(user=user, last_seen_at=now, expires_at=now, address="192.0.2.1")
    RefreshToken.objects.create(session=session, parent_id=new_id())
    AccountSettings.objects.create(user=user)
    TwoFactor.objects.create(user=user, secret="s")
    UsedCode.objects.create(user=user, step=1)
    RecoveryCode.objects.create(user=user, code_hash=uuid.uuid4().hex)
    MailToken.objects.create(
        user=user, purpose="verify", token_hash=uuid.uuid4().hex, email=user.email, expires_at=now
    )
    Report.objects.create(reporter=user, target_kind="user", target_id=other.pk, reason="spam", note="N")
    make_decision(user)
    IdempotentRequest.objects.create(scope="s", key_hash=uuid.uuid4().hex, owner_id=user.pk, fingerprint="f")
    export = Export.objects.create(user=user, state="ready", is_running=False)
    Export.objects.filter(pk=export.pk).update(file_name=f"exports/{export.pk}.zip")
    storages["private"].save(f"exports/{export.pk}.zip", ContentFile(b"zip"))
    image = make_image(user)
    default_storage.save(image.file_name, ContentFile(b"pixels"))
    return image, export


def remains_of(user):
    """Name the models that still hold something of a person which nothing says to keep."""
    return [
        declaration.model._meta.label
        for declaration in declarations(Holds.PERSONAL, Holds.SHARED)
        if declaration.model is not User
        and declaration.erasure is not Erasure.KEEP
        and declaration.model._default_manager.filter(**{declaration.owner: user.pk}).exists()
    ]


def test_erasure_leaves_nothing_but_a_nameless_row(api, ada):
    bob = make_user("bob")
    make_user("cyd", is_private=True)
    for source, target in ((ada, "bob"), (bob, "ada"), (ada, "cyd"), (bob, "cyd")):
        api(source).put(f"users/@{target}/follow")
    api(bob).put("users/@ada/mute")
    api(make_user("dan")).put("users/@ada/block")
    image, export = fill(ada, bob)
    kept, _ = fill(bob, ada)
    group = Group.objects.create(name="moderators")
    ada.groups.add(group)
    leave(api(ada))

    assert begin_due_erasures(after_grace()) == 1

    ada.refresh_from_db()
    assert ada.status == AccountStatus.ERASED
    assert ada.username.startswith("deleted_")
    assert ada.email.endswith("@erased.invalid")
    assert not ada.has_usable_password()
    assert (ada.display_name, ada.bio, ada.birth_date, ada.last_login) == ("", "", None, None)
    assert remains_of(ada) == []
    assert ada.groups.count() == 0
    assert not default_storage.exists(image.file_name)
    assert not storages["private"].exists(f"exports/{export.pk}.zip")
    assert default_storage.exists(kept.file_name)
    assert counts(bob) == (0, 0)
    assert Relation.objects.filter(target=ada).count() == Relation.objects.filter(source=ada).count() == 0
    assert list(Relation.objects.values_list("kind", flat=True)) == [RelationKind.REQUEST]
    assert Report.objects.filter(reporter=None).count() == 1
    assert [case.owner_id for case in Case.objects.order_by("id")] == [None, bob.pk]
    assert set(remains_of(bob)) >= {"accounts.Session", "media.Media", "accounts.Report"}
    assert api().get(f"users/{ada.pk}").status_code == api().get("users/@ada").status_code == 404
    assert api().get(f"users/@{ada.username}").status_code == 404


def test_erasure_frees_name_and_address(api, ada):
    leave(api(ada))
    begin_due_erasures(after_grace())

    again = make_user("ada")

    assert api().get("users/@ada").json()["id"] == str(again.pk)


def test_erasure_calls_the_apps_above_first_and_may_be_repeated(api, ada, monkeypatch):
    seen = []

    def filler(user_id):
        seen.append(User.objects.get(pk=user_id).username)
        if len(seen) == 1:
            raise RuntimeError("the job is killed")

    monkeypatch.setattr(erase_person, "_fillers", [filler])
    leave(api(ada))

    begin_due_erasures(after_grace())
    ada.refresh_from_db()
    assert ada.status == AccountStatus.ERASING
    assert reactivate_account(ada.pk) is False

    begin_due_erasures(after_grace())
    erase_account(ada.pk)

    ada.refresh_from_db()
    assert (ada.status, seen) == (AccountStatus.ERASED, ["ada", "ada"])


def test_erasure_of_an_account_in_use_does_nothing(ada):
    erase_account(ada.pk)
    erase_account(new_id())

    ada.refresh_from_db()
    assert (ada.status, ada.username) == (AccountStatus.ACTIVE, "ada")


def test_erasure_keeps_the_audit_log(api, ada):
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    suspend_user(ada.pk, user_id=make_user("bob").pk, reason="x")
    leave(api(ada))

    begin_due_erasures(after_grace())

    assert AuditEntry.objects.filter(actor_id=ada.pk).count() == 1


def test_every_model_declares_what_it_holds(db):
    assert [model._meta.label for model in apps.get_models() if declaration_of(model) is None] == []
    assert check_declarations() == []


def test_every_model_that_points_at_a_person_names_an_owner(db):
    for model in apps.get_models():
        points = {
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.related_model is User
        }
        if points:
            assert declaration_of(model).owner in points, model


def test_model_that_declares_nothing_or_nonsense_fails_the_check(monkeypatch):
    from grover.core import privacy

    monkeypatch.setattr(privacy, "_declarations", dict(privacy._declarations))
    del privacy._declarations[Report]
    holds(Holds.PERSONAL, owner="nobody", exported=("nothing",))(Session)
    holds(Holds.PERSONAL, owner="user_id", erasure=Erasure.DETACH)(Export)
    holds(Holds.NONE, owner="user_id")(MailToken)
    holds(Holds.FINANCIAL, owner="user_id")(UsedCode)

    found = {(message.obj, message.id) for message in check_declarations()}

    assert found == {
        (Report, "privacy.E001"),
        (Session, "privacy.E003"),
        (Session, "privacy.E005"),
        (Export, "privacy.E004"),
        (MailToken, "privacy.E002"),
        (UsedCode, "privacy.E006"),
    }


def test_erasure_leaves_the_counts_of_others_exact(api, ada):
    bob = make_user("bob")
    mine, theirs = make_post(ada), make_post(bob)
    client = api(ada)
    client.put(f"posts/{theirs.pk}/reaction", json={"kind": "love"})
    client.put(f"posts/{theirs.pk}/save")
    client.post(f"posts/{theirs.pk}/comments", json={"text": "Mine."})
    api(bob).post(f"posts/{mine.pk}/comments", json={"text": "Theirs."})
    api(bob).put(f"posts/{mine.pk}/reaction", json={"kind": "like"})
    assert api(bob).get(f"posts/{theirs.pk}").json()["counts"]["comments"] == 1
    leave(client)

    begin_due_erasures(after_grace())

    post = api(bob).get(f"posts/{theirs.pk}").json()
    assert (post["counts"]["reactions"], post["counts"]["comments"], post["counts"]["saves"]) == (0, 0, 0)
    assert api(bob).get(f"posts/{mine.pk}").status_code == 404
    assert remains_of(ada) == []
    assert recount_people() == []
