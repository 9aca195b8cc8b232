"""What is counted of people: drift is found and mended, whatever happens meanwhile."""

import pytest
from django.core.management import CommandError, call_command

from accounts.actions.counters import Drift, change_post_count, recount_people
from accounts.actions.follows import follow_user
from accounts.enums import RelationKind
from accounts.models import Relation, User
from grover.core.ids import new_id
from grover.core.models import AuditEntry
from grover.core.viewers import Viewer
from tests.accounts.test_follows import counts
from tests.factories.accounts import make_user
from tests.races import run_parallel


def test_recount_finds_and_mends_drift(api):
    ada, bob = make_user("ada"), make_user("bob")
    follow_user(Viewer(ada.pk, new_id()), target_id=bob.pk)
    assert api().get("users/@bob").json()["counts"]["followers"] == 1
    assert recount_people() == []
    User.objects.filter(pk=bob.pk).update(follower_count=9)
    User.objects.filter(pk=ada.pk).update(following_count=0, follower_count=3)

    found = {(drift.user_id, drift.field, drift.was, drift.is_now) for drift in recount_people()}

    assert found == {
        (bob.pk, "follower_count", 9, 1),
        (ada.pk, "following_count", 0, 1),
        (ada.pk, "follower_count", 3, 0),
    }
    assert counts(bob) == (1, 0)
    assert counts(ada) == (0, 1)
    assert recount_people() == []


def test_recount_may_look_and_mend_nothing(db):
    ada = make_user("ada", follower_count=2)

    assert recount_people(mend=False) == [Drift(ada.pk, "follower_count", 2, 0)]
    assert counts(ada) == (2, 0)


def test_recount_does_not_count_what_is_no_follow(db):
    ada, bob = make_user("ada"), make_user("bob")
    for kind in (RelationKind.REQUEST, RelationKind.BLOCK, RelationKind.MUTE):
        Relation.objects.create(source=ada, target=bob, kind=kind)

    assert recount_people() == []


def test_post_count_is_shown_at_once(api):
    ada = make_user("ada")
    assert api().get("users/@ada").json()["counts"]["posts"] == 0

    change_post_count(ada.pk, by=2)
    change_post_count(ada.pk, by=-1)

    assert api().get("users/@ada").json()["counts"]["posts"] == 1


@pytest.mark.django_db(transaction=True)
def test_recount_is_right_while_people_follow():
    ada = make_user("ada", follower_count=50)
    fans = [make_user() for _ in range(10)]

    def act(number):
        if number < 10:
            follow_user(Viewer(fans[number].pk, new_id()), target_id=ada.pk)
        else:
            recount_people()

    results = run_parallel(13, act)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert counts(ada) == (10, 0)
    assert [counts(fan) for fan in fans] == [(0, 1)] * 10


def test_first_staff_is_appointed_by_command(db):
    ada, gone = make_user("ada"), make_user("gone", status="suspended")

    call_command("appoint_staff", "@Ada", superuser=True)
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (True, True)
    call_command("appoint_staff", "ada", dismiss=True)
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (False, False)
    for name in ("nobody", gone.username):
        with pytest.raises(CommandError):
            call_command("appoint_staff", name)
    assert list(AuditEntry.objects.values_list("actor_label", "action")) == [("system", "appoint_staff")] * 2
