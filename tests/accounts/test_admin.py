"""The staff's pages for people, sessions, reports and the audit log."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.actions.credentials import recovery_code_hash
from accounts.actions.reports import file_report
from accounts.enums import AccountStatus
from accounts.models import RecoveryCode, Report, Session, TwoFactor, User
from grover.core import throttles
from grover.core.ids import new_id
from grover.core.models import AuditEntry
from grover.core.viewers import Viewer
from tests.factories.accounts import make_user

PASSWORD = "the password of the staff"


def make_staff(username, **fields):
    user = make_user(username, is_staff=True, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def chief(db):
    return make_staff("chief", is_superuser=True)


@pytest.fixture
def pages(chief):
    client = Client()
    client.force_login(chief)
    return client


def make_session(user):
    now = timezone.now()
    return Session.objects.create(
        user=user, device="Firefox", address="192.0.2.7", last_seen_at=now, expires_at=now
    )


def make_report(reporter, target):
    card, _ = file_report(
        Viewer(reporter.pk, new_id()), kind="user", target_id=target.pk, reason="spam", note="Look."
    )
    return Report.objects.get(pk=card.id)


def entries():
    return list(AuditEntry.objects.order_by("id").values_list("action", "target_id", "reason"))


def shown(response):
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


@pytest.mark.parametrize("page", ["accounts/user", "accounts/session", "accounts/report", "core/auditentry"])
def test_lists_open_filtered_searched_and_empty(pages, page):
    for query in ("", "?q=ada", f"?q={new_id()}", "?q=%27%22%25", "?p=0", "?e=1"):
        response = pages.get(f"/admin/{page}/{query}", follow=True)
        assert response.status_code == 200


def test_index_and_every_page_of_the_admin_open(pages, chief):
    ada = make_user("ada")
    session, report = make_session(ada), make_report(ada, chief)
    pages.post(f"/admin/accounts/user/act/suspend/?ids={ada.pk}", {"reason": "x"})
    paths = [
        "",
        "accounts/",
        f"accounts/user/{ada.pk}/change/",
        f"accounts/session/{session.pk}/change/",
        f"accounts/report/{report.pk}/change/",
        f"core/auditentry/{AuditEntry.objects.get().pk}/change/",
        f"accounts/user/{ada.pk}/history/",
        "auth/group/",
        "auth/group/add/",
    ]
    for path in paths:
        assert (path, pages.get(f"/admin/{path}").status_code) == (path, 200)


def test_people_are_found_by_name_address_and_id(pages):
    ada, bob = make_user("ada", display_name="Countess"), make_user("bob")

    for term in ("ada", "countess", ada.email, ada.pk):
        assert shown(pages.get("/admin/accounts/user/", {"q": str(term)})) == [ada]
    assert shown(pages.get("/admin/accounts/user/", {"q": "example.com"})) == []
    User.objects.filter(pk=bob.pk).update(status=AccountStatus.SUSPENDED)
    assert shown(pages.get("/admin/accounts/user/", {"status__exact": "suspended"})) == [bob]


def test_sessions_and_reports_are_filtered_and_searched(pages, chief):
    ada, bob = make_user("ada"), make_user("bob")
    session, report = make_session(ada), make_report(ada, bob)
    make_session(bob)

    assert shown(pages.get("/admin/accounts/session/", {"q": "ada"})) == [session]
    assert shown(pages.get("/admin/accounts/report/", {"q": "ada"})) == [report]
    assert shown(pages.get("/admin/accounts/report/", {"q": str(bob.pk)})) == [report]
    assert shown(pages.get("/admin/accounts/report/", {"state__exact": "open"})) == [report]
    assert shown(pages.get("/admin/accounts/report/", {"state__exact": "dismissed"})) == []


def test_lists_take_the_same_queries_for_one_and_three(pages, chief, django_assert_max_num_queries):
    for page in ("user", "session", "report"):
        spent = []
        for number in (1, 3):
            for _ in range(number):
                ada = make_user()
                make_session(ada), make_report(ada, chief)
            with django_assert_max_num_queries(15) as queries:
                pages.get(f"/admin/accounts/{page}/")
            spent.append(len(queries))
        assert spent[0] == spent[1], page


def test_email_is_masked(pages):
    ada = make_user("ada", email="lovelace@example.com")

    for path in ("", f"{ada.pk}/change/"):
        page = pages.get(f"/admin/accounts/user/{path}").content.decode()
        assert "lovelace@example.com" not in page
    assert "l***@example.com" in page


@pytest.mark.parametrize("page", ["accounts/user", "accounts/session", "accounts/report", "core/auditentry"])
def test_nothing_is_added_or_deleted(pages, chief, page):
    ada = make_user("ada")
    ids = {
        "accounts/user": ada.pk,
        "accounts/session": make_session(ada).pk,
        "accounts/report": make_report(ada, chief).pk,
    }
    pages.post(f"/admin/accounts/user/act/suspend/?ids={ada.pk}", {"reason": "x"})
    key = ids.get(page) or AuditEntry.objects.get().pk

    assert pages.get(f"/admin/{page}/add/").status_code == 403
    assert pages.post(f"/admin/{page}/{key}/delete/", {"post": "yes"}).status_code == 403
    pages.post(
        f"/admin/{page}/", {"action": "delete_selected", "_selected_action": [str(key)], "post": "yes"}
    )
    assert User.objects.filter(pk=ada.pk).exists()
    assert AuditEntry.objects.count() == Session.objects.count() == Report.objects.count() == 1


@pytest.mark.parametrize("page", ["accounts/session", "accounts/report", "core/auditentry"])
def test_what_is_read_only_takes_no_edit(pages, chief, page):
    ada = make_user("ada")
    ids = {"accounts/session": make_session(ada).pk, "accounts/report": make_report(ada, chief).pk}
    pages.post(f"/admin/accounts/user/act/suspend/?ids={ada.pk}", {"reason": "x"})
    key = ids.get(page) or AuditEntry.objects.get().pk

    assert pages.post(f"/admin/{page}/{key}/change/", {"reason": "hate", "device": "x"}).status_code == 403


def edit(pages, user, **changes):
    form = pages.get(f"/admin/accounts/user/{user.pk}/change/").context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    return pages.post(f"/admin/accounts/user/{user.pk}/change/", {**values, **changes})


def test_edit_writes_the_changed_fields_alone_and_is_recorded(pages, chief):
    ada = make_user("ada", bio="Rude.")
    User.objects.filter(pk=ada.pk).update(follower_count=7)

    response = edit(
        pages, ada, bio="", is_verified="on", follower_count="99", username="eve", email="e@e.example"
    )

    assert response.status_code == 302
    ada.refresh_from_db()
    assert (ada.bio, ada.is_verified, ada.follower_count, ada.username, ada.version) == (
        "",
        True,
        7,
        "ada",
        2,
    )
    entry = AuditEntry.objects.get()
    assert (entry.actor_label, entry.action, entry.target_id) == ("@chief", "change_user", str(ada.pk))
    assert sorted(entry.data["fields"]) == ["bio", "is_verified"]
    assert not LogEntry.objects.exists()


def test_edit_undoes_no_count_that_moved_meanwhile(pages):
    ada = make_user("ada")
    form = pages.get(f"/admin/accounts/user/{ada.pk}/change/").context["adminform"].form
    User.objects.filter(pk=ada.pk).update(follower_count=5)

    pages.post(
        f"/admin/accounts/user/{ada.pk}/change/", {"display_name": "New", "bio": form["bio"].value() or ""}
    )

    ada.refresh_from_db()
    assert (ada.display_name, ada.follower_count) == ("New", 5)


def test_staff_is_appointed_by_superusers_alone(pages, chief):
    helper, ada = make_staff("helper"), make_user("ada")
    allowed = ["view_user", "change_user", "view_session", "view_report"]
    helper.user_permissions.add(*Permission.objects.filter(codename__in=allowed))
    client = Client()
    client.force_login(helper)

    assert edit(client, ada, is_staff="on", is_superuser="on", bio="x").status_code == 302
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser, ada.bio) == (False, False, "x")

    group = Group.objects.create(name="helpers")
    assert edit(pages, ada, is_staff="on", groups=[group.pk]).status_code == 302
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser, list(ada.groups.all())) == (True, False, [group])


def test_groups_are_edited_and_every_edit_is_recorded(pages):
    assert pages.post("/admin/auth/group/add/", {"name": "helpers"}).status_code == 302
    group = Group.objects.get()
    assert pages.post(f"/admin/auth/group/{group.pk}/change/", {"name": "friends"}).status_code == 302
    assert pages.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 302

    assert [action for action, _, _ in entries()] == ["add_group", "change_group", "delete_group"]
    assert not LogEntry.objects.exists()
    assert not Group.objects.exists()


def test_suspending_asks_for_a_reason_first(pages, api):
    ada, bob = make_user("ada"), make_user("bob")
    client = api(ada)
    chosen = {"action": "suspend", "_selected_action": [str(ada.pk), str(bob.pk)]}

    asked = pages.post("/admin/accounts/user/", chosen)
    assert asked.status_code == 302
    page = pages.get(asked["Location"])
    assert page.status_code == 200
    assert {str(row) for row in page.context["rows"]} == {"@ada", "@bob"}
    assert pages.post(asked["Location"], {"reason": " "}).status_code == 200
    assert entries() == []

    done = pages.post(asked["Location"], {"reason": "Spam"}, follow=True)

    assert done.status_code == 200
    assert "2 done" in done.content.decode()
    assert set(User.objects.filter(status=AccountStatus.SUSPENDED)) == {ada, bob}
    assert client.get("me").status_code == 401
    assert sorted(entries()) == sorted(("suspend_user", str(user.pk), "Spam") for user in (ada, bob))
    link = f"/admin/accounts/user/act/unsuspend/?ids={ada.pk}"
    assert link in pages.get(f"/admin/accounts/user/{ada.pk}/change/").content.decode()
    pages.post(link, {"reason": "Sorry"})
    ada.refresh_from_db()
    assert ada.status == AccountStatus.ACTIVE


def test_refusals_of_an_act_are_shown(pages, chief):
    page = pages.post(
        f"/admin/accounts/user/act/suspend/?ids={chief.pk},{new_id()},x", {"reason": "x"}, follow=True
    )

    text = page.content.decode()
    assert "This cannot be done to oneself" in text
    assert "0 done" in text
    assert entries() == []


def test_sessions_are_acted_on(pages, api):
    ada = make_user("ada")
    client = api(ada)
    session = Session.objects.get(user=ada)

    pages.post(f"/admin/accounts/session/act/end/?ids={session.pk}", {"reason": "Stolen"})

    assert client.get("me").status_code == 401
    assert entries() == [("end_session", str(session.pk), "Stolen")]


def test_acts_need_the_permission_to_change(chief):
    helper, ada = make_staff("helper"), make_user("ada")
    helper.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "view_report"]))
    client = Client()
    client.force_login(helper)

    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get(f"/admin/accounts/user/act/suspend/?ids={ada.pk}").status_code == 403
    assert client.post(f"/admin/accounts/user/act/suspend/?ids={ada.pk}", {"reason": "x"}).status_code == 403
    assert client.get("/admin/accounts/user/act/nonsense/").status_code == 403
    assert client.get("/admin/accounts/session/").status_code == 403
    ada.refresh_from_db()
    assert ada.status == AccountStatus.ACTIVE


def sign_in(**fields):
    client = Client()
    response = client.post(
        "/admin/login/?next=/admin/", {"username": "chief", "password": PASSWORD, **fields}
    )
    return client, response


def test_pages_are_for_active_staff_alone(chief):
    client, response = sign_in()
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200

    assert sign_in(password="wrong")[1].status_code == 200
    make_user("ada").set_password(PASSWORD)
    assert sign_in(username="ada")[1].status_code == 200
    assert Client().get("/admin/").status_code == 302
    User.objects.filter(pk=chief.pk).update(status=AccountStatus.SUSPENDED)
    assert client.get("/admin/").status_code == 302
    assert sign_in()[1].status_code == 200


def test_sign_in_of_staff_takes_a_code_where_two_factors_are_on(chief):
    RecoveryCode.objects.create(user=chief, code_hash=recovery_code_hash(chief.pk, "abcd"))
    TwoFactor.objects.create(user=chief, secret="sealed", confirmed_at=timezone.now())

    assert sign_in()[1].status_code == 200
    assert sign_in(otp="nonsense")[1].status_code == 200
    assert sign_in(otp="abcd")[1].status_code == 302
    assert sign_in(otp="abcd")[1].status_code == 200


def test_sign_in_of_staff_is_limited(chief, settings):
    settings.RATE_LIMIT_FACTOR = 1
    throttles.forget_everything()
    for _ in range(20):
        assert sign_in(password="wrong")[1].status_code == 200

    response = sign_in()[1]

    assert response.status_code == 200
    assert "Try again in" in response.content.decode()


def test_password_of_staff_is_not_changed_here(pages):
    response = pages.get("/admin/password_change/", follow=True)

    assert "Change your password in the app" in response.content.decode()


def test_pages_take_no_form_from_elsewhere(chief):
    client = Client(enforce_csrf_checks=True)
    client.force_login(chief)
    ada = make_user("ada")

    assert client.post(f"/admin/accounts/user/act/suspend/?ids={ada.pk}", {"reason": "x"}).status_code == 403
    ada.refresh_from_db()
    assert ada.status == AccountStatus.ACTIVE
