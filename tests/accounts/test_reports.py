"""Telling the staff, and what the staff does about it."""

import pytest

from accounts.actions.moderation import end_session_of_user, suspend_user, unsuspend_user
from accounts.actions.reports import file_report
from accounts.enums import AccountStatus, ReportState
from accounts.errors.people import OwnAccount, StaffOnly, StaffProtected, TransitionRefused
from accounts.models import Report, Session, User
from accounts.ports import audience_changed, find_reportable
from grover.core.errors import NotFound
from grover.core.ids import new_id
from grover.core.models import AuditEntry
from grover.core.viewers import Viewer
from tests.factories.accounts import make_user
from tests.races import run_parallel


def body_for(user_id, **fields):
    return {"target": {"kind": "user", "id": str(user_id)}, "reason": "spam", "note": "Links.", **fields}


def entries():
    return list(AuditEntry.objects.order_by("id").values_list("action", "target_kind", "target_id", "reason"))


def test_report_lands_in_the_queue_once(api):
    ada, bob = make_user("ada"), make_user("bob")
    client = api(ada)

    first = client.post("reports", json=body_for(bob.pk))
    second = client.post("reports", json=body_for(bob.pk, reason="hate", note="More."))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    row = Report.objects.get()
    assert (row.reporter_id, row.target_id, row.reason, row.note, row.state) == (
        ada.pk,
        bob.pk,
        "spam",
        "Links.",
        ReportState.OPEN,
    )
    assert client.get(first["Location"]).json() == first.json()


def test_report_with_a_key_gives_the_first_answer_again(api):
    ada, bob, cyd = make_user("ada"), make_user("bob"), make_user("cyd")
    client = api(ada)

    first, again, other = (
        client.post("reports", json=body_for(user.pk), **{"Idempotency-Key": "one"})
        for user in (bob, bob, cyd)
    )

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert Report.objects.count() == 1


def test_report_is_read_by_its_author_alone(api):
    ada, bob = make_user("ada"), make_user("bob")
    location = api(ada).post("reports", json=body_for(bob.pk))["Location"]

    assert api(bob).get(location).status_code == 404
    assert api(ada).get("reports/nonsense").status_code == 404
    assert api(ada).get(f"reports/{new_id()}").status_code == 404
    assert api().get(location).status_code == 401


def test_report_of_what_one_does_not_see_is_not_found(api):
    ada, bob = make_user("ada"), make_user("bob")
    gone = make_user("gone", status=AccountStatus.SUSPENDED)
    api(bob).put("users/@ada/block")

    for user_id in (bob.pk, gone.pk, new_id()):
        assert api(ada).post("reports", json=body_for(user_id)).status_code == 404
    assert api(bob).post("reports", json=body_for(ada.pk)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        (
            {"target": {"kind": "planet", "id": "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"}},
            "/target/kind",
            "unknown",
        ),
        ({"target": {"kind": "user", "id": "nonsense"}}, "/target/id", "invalid"),
        ({"target": {"kind": "user"}}, "/target/id", "required"),
        (
            {"target": {"kind": "user", "id": "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e", "x": 1}},
            "/target/x",
            "unknown",
        ),
        ({"reason": "boring"}, "/reason", "invalid_choice"),
        ({"note": "a" * 1001}, "/note", "max_length"),
    ],
)
def test_report_refuses_values(api, fields, pointer, code):
    response = api(make_user("ada")).post("reports", json=body_for(new_id(), **fields))

    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]


def test_report_of_oneself_is_refused(api):
    ada = make_user("ada")

    response = api(ada).post("reports", json=body_for(ada.pk))

    assert (response.status_code, response.json()["code"]) == (422, "own_account")
    assert api().post("reports", json=body_for(ada.pk)).status_code == 401


def test_report_of_a_thing_of_another_app_asks_that_app(api, monkeypatch):
    seen, hidden = new_id(), new_id()
    answers = {seen: True, hidden: False}
    monkeypatch.setattr(
        find_reportable, "_fillers", [lambda kind, key, _: answers[key] if kind == "rock" else None]
    )
    client = api(make_user("ada"))

    def report(kind, key):
        return client.post("reports", json=body_for(key, target={"kind": kind, "id": str(key)})).status_code

    assert (report("rock", seen), report("rock", hidden), report("star", seen)) == (201, 404, 422)


@pytest.mark.django_db(transaction=True)
def test_report_filed_in_parallel_is_one():
    ada, bob = make_user("ada"), make_user("bob")
    viewer = Viewer(ada.pk, new_id())

    results = run_parallel(
        6, lambda _: file_report(viewer, kind="user", target_id=bob.pk, reason="spam", note="")
    )

    assert sorted(is_new for _, is_new in results) == [False] * 5 + [True]
    assert len({card.id for card, _ in results}) == 1
    assert Report.objects.count() == 1


def test_suspension_hides_at_once_ends_sessions_and_is_recorded(api, monkeypatch):
    heard = []
    monkeypatch.setattr(audience_changed, "_fillers", [heard.append])
    staff, bob = make_user("staff", is_staff=True), make_user("bob")
    client, viewer = api(bob), api(make_user("ada"))
    assert client.get("me").status_code == viewer.get("users/@bob").status_code == 200

    suspend_user(staff.pk, user_id=bob.pk, reason="Spam")

    assert client.get("me").status_code == 401
    assert viewer.get("users/@bob").status_code == 404
    assert not Session.objects.filter(user=bob, ended_at=None).exists()
    bob.refresh_from_db()
    assert (bob.status, bob.suspension_reason) == (AccountStatus.SUSPENDED, "Spam")

    unsuspend_user(staff.pk, user_id=bob.pk, reason="A mistake")

    assert viewer.get("users/@bob").status_code == 200
    bob.refresh_from_db()
    assert (bob.status, bob.suspension_reason) == (AccountStatus.ACTIVE, "")
    assert heard == [bob.pk, bob.pk]
    assert entries() == [
        ("suspend_user", "user", str(bob.pk), "Spam"),
        ("unsuspend_user", "user", str(bob.pk), "A mistake"),
    ]
    entry = AuditEntry.objects.order_by("id").first()
    assert (entry.actor_id, entry.actor_label) == (staff.pk, "@staff")


def test_suspension_is_refused_to_and_of_the_wrong_people(db):
    staff, chief = make_user("staff", is_staff=True), make_user("chief", is_staff=True, is_superuser=True)
    ada, bob = make_user("ada"), make_user("bob", status=AccountStatus.SUSPENDED)
    late = make_user("late", is_staff=True, status=AccountStatus.SUSPENDED)

    def refusal(act, actor, target_id):
        with pytest.raises((StaffOnly, StaffProtected, OwnAccount, TransitionRefused, NotFound)) as caught:
            act(actor.pk, user_id=target_id, reason="x")
        return caught.type

    assert refusal(suspend_user, ada, bob.pk) is StaffOnly
    assert refusal(suspend_user, late, ada.pk) is StaffOnly
    assert refusal(suspend_user, staff, staff.pk) is OwnAccount
    assert refusal(suspend_user, staff, chief.pk) is StaffProtected
    assert refusal(suspend_user, staff, new_id()) is NotFound
    assert refusal(suspend_user, staff, bob.pk) is TransitionRefused
    assert refusal(unsuspend_user, staff, ada.pk) is TransitionRefused
    suspend_user(chief.pk, user_id=staff.pk, reason="x")
    assert len(entries()) == 1


def test_session_is_ended_by_staff(api):
    staff, ada = make_user("staff", is_staff=True), make_user("ada")
    client = api(ada)
    session = Session.objects.get(user=ada)

    end_session_of_user(staff.pk, session_id=session.pk, reason="Stolen")

    assert client.get("me").status_code == 401
    with pytest.raises(TransitionRefused):
        end_session_of_user(staff.pk, session_id=session.pk, reason="Stolen")
    with pytest.raises(NotFound):
        end_session_of_user(staff.pk, session_id=new_id(), reason="Stolen")
    assert entries() == [("end_session", "session", str(session.pk), "Stolen")]


@pytest.mark.django_db(transaction=True)
def test_of_racing_suspensions_one_is_done():
    staff, bob = make_user("staff", is_staff=True), make_user("bob")

    results = run_parallel(5, lambda _: suspend_user(staff.pk, user_id=bob.pk, reason="x"))

    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["TransitionRefused"] * 4
    assert AuditEntry.objects.count() == 1
    assert User.objects.get(pk=bob.pk).status == AccountStatus.SUSPENDED
