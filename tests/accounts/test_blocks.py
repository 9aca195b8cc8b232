"""Blocking and muting, as people see them through the API."""

import pytest

from accounts.actions.blocks import block_user, unblock_user
from accounts.actions.follows import accept_follow_request, follow_user
from accounts.enums import AccountStatus, RelationKind
from accounts.models import Relation
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from tests.accounts.test_follows import STRANGER, counts, kinds, names
from tests.factories.accounts import make_user
from tests.races import run_parallel


def test_block_ends_follows_both_ways_at_once(api):
    ada, bob = make_user("ada"), make_user("bob")
    api(ada).put("users/@bob/follow")
    api(bob).put("users/@ada/follow")

    response = api(ada).put("users/@bob/block")

    assert response.status_code == 200
    assert response.json() == {**STRANGER, "blocking": True}
    assert counts(ada) == counts(bob) == (0, 0)
    assert kinds(ada, bob) == [RelationKind.BLOCK]
    assert kinds(bob, ada) == []


def test_block_ends_requests_both_ways(api):
    ada, bob = make_user("ada", is_private=True), make_user("bob", is_private=True)
    api(ada).put("users/@bob/follow")
    api(bob).put("users/@ada/follow")

    api(ada).put("users/@bob/block")

    assert kinds(ada, bob) == [RelationKind.BLOCK]
    assert kinds(bob, ada) == []
    assert api(ada).get("me/follow-requests").json()["results"] == []


def test_block_hides_each_from_the_other(api):
    ada, bob = make_user("ada"), make_user("bob")
    assert api(bob).get("users/@ada").status_code == 200
    assert api(ada).get("users/@bob").status_code == 200

    api(ada).put("users/@bob/block")

    assert api(bob).get("users/@ada").status_code == 404
    assert api(ada).get("users/@bob").status_code == 404
    assert api().get("users/@ada").status_code == 200
    assert api(bob).put("users/@ada/mute").status_code == 404
    assert api(bob).get("users/@ada/followers").status_code == 404


def test_block_twice_and_unblock_twice_change_nothing_more(api):
    ada, bob = make_user("ada"), make_user("bob")

    blocked = [api(ada).put("users/@bob/block") for _ in range(2)]
    unblocked = [api(ada).delete("users/@bob/block") for _ in range(2)]

    assert [response.json() for response in blocked] == [{**STRANGER, "blocking": True}] * 2
    assert [response.json() for response in unblocked] == [STRANGER] * 2
    assert api(bob).get("users/@ada").status_code == 200
    assert kinds(ada, bob) == []


def test_unblock_does_not_bring_follows_back(api):
    ada, bob = make_user("ada"), make_user("bob")
    api(bob).put("users/@ada/follow")
    api(ada).put("users/@bob/block")

    api(ada).delete("users/@bob/block")

    assert kinds(bob, ada) == []
    assert counts(ada) == (0, 0)


def test_block_works_on_somebody_who_blocks_too(api):
    ada, bob = make_user("ada"), make_user("bob")
    api(ada).put("users/@bob/block")

    assert api(bob).put("users/@ada/block").json() == {**STRANGER, "blocking": True}
    api(ada).delete("users/@bob/block")

    assert api(ada).get("users/@bob").status_code == 404
    assert names(api(bob).get("me/blocks")) == ["ada"]
    assert names(api(ada).get("me/blocks")) == []


@pytest.mark.parametrize("thing", ["block", "mute"])
def test_block_and_mute_refusals(api, thing):
    ada = make_user("ada")
    gone = make_user("gone", status=AccountStatus.DEACTIVATED)

    for method in ("put", "delete"):
        own = getattr(api(ada), method)(f"users/@ada/{thing}")
        assert (own.status_code, own.json()["code"]) == (422, "own_account")
        for reference in ("@nobody", "nonsense", str(new_id()), gone.pk):
            assert getattr(api(ada), method)(f"users/{reference}/{thing}").status_code == 404
        assert getattr(api(), method)(f"users/@ada/{thing}").status_code == 401
    assert api().get(f"me/{thing}s").status_code == 401
    assert Relation.objects.count() == 0


def test_mute_is_silent(api):
    ada, bob = make_user("ada"), make_user("bob")
    api(ada).put("users/@bob/follow")

    first, second = (api(ada).put("users/@bob/mute") for _ in range(2))

    assert first.json() == second.json() == {**STRANGER, "following": True, "muting": True}
    assert counts(bob) == (1, 0)
    assert api(bob).get("users/@ada").json()["relation"] == {**STRANGER, "followed_by": True}
    assert names(api(ada).get("me/mutes")) == ["bob"]
    assert names(api(bob).get("me/mutes")) == []
    assert [api(ada).delete("users/@bob/mute").json() for _ in range(2)] == [
        {**STRANGER, "following": True}
    ] * 2


@pytest.mark.django_db(transaction=True)
def test_no_follow_survives_a_block_that_races_with_it():
    for _ in range(8):
        ada, bob = make_user(), make_user()
        one, other = Viewer(ada.pk, new_id()), Viewer(bob.pk, new_id())

        def act(number, one=one, other=other):
            if number == 0:
                block_user(one, target_id=other.id)
            elif number % 2:
                follow_user(other, target_id=one.id)
            else:
                follow_user(one, target_id=other.id)

        run_parallel(5, act)

        assert kinds(ada, bob) == [RelationKind.BLOCK]
        assert kinds(bob, ada) == []
        assert counts(ada) == counts(bob) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_request_is_accepted_once_however_often_it_is_tried():
    ada, bob = make_user("ada"), make_user("bob", is_private=True)
    follow_user(Viewer(ada.pk, new_id()), target_id=bob.pk)
    request = Relation.objects.get()
    viewer = Viewer(bob.pk, new_id())

    results = run_parallel(8, lambda _: accept_follow_request(viewer, request_id=request.pk))

    assert [type(result).__name__ for result in results].count("NotFound") == 7
    assert kinds(ada, bob) == [RelationKind.FOLLOW]
    assert counts(bob) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_blocks_toggled_in_parallel_leave_one_row_at_most():
    ada, bob = make_user("ada"), make_user("bob")
    viewer = Viewer(ada.pk, new_id())

    results = run_parallel(
        20, lambda number: (block_user if number % 2 else unblock_user)(viewer, target_id=bob.pk)
    )

    assert all(type(result).__name__ == "RelationCard" for result in results)
    assert Relation.objects.count() in (0, 1)
