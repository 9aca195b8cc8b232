"""Following, as people see it through the API."""

import pytest

from accounts.actions.follows import follow_user, unfollow_user
from accounts.actions.settings import change_settings
from accounts.enums import AccountStatus, RelationKind
from accounts.models import Relation, User
from accounts.policies import relations as policies
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from tests.content.costs import cost_of
from tests.factories.accounts import make_user
from tests.races import run_parallel

STRANGER = {
    "following": False,
    "requested": False,
    "followed_by": False,
    "blocking": False,
    "muting": False,
}


def counts(user):
    user.refresh_from_db()
    return user.follower_count, user.following_count


def kinds(source, target):
    return list(Relation.objects.filter(source=source, target=target).values_list("kind", flat=True))


def names(response):
    assert response.status_code == 200
    return [item["user"]["username"] for item in response.json()["results"]]


def test_follow_of_a_public_account_is_at_once(api):
    ada, bob = make_user("ada"), make_user("bob")

    response = api(ada).put("users/@bob/follow")

    assert response.status_code == 200
    assert response.json() == {**STRANGER, "following": True}
    assert counts(ada) == (0, 1)
    assert counts(bob) == (1, 0)
    assert api(bob).get("users/@ada").json()["relation"] == {**STRANGER, "followed_by": True}


def test_follow_twice_counts_once(api):
    ada, bob = make_user("ada"), make_user("bob")

    first, second = (api(ada).put(f"users/{bob.pk}/follow") for _ in range(2))

    assert first.json() == second.json() == {**STRANGER, "following": True}
    assert kinds(ada, bob) == [RelationKind.FOLLOW]
    assert counts(bob) == (1, 0)


def test_unfollow_takes_the_follow_back_once(api):
    ada, bob = make_user("ada"), make_user("bob")
    api(ada).put("users/@bob/follow")

    first, second = (api(ada).delete("users/@bob/follow") for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json() == STRANGER
    assert counts(ada) == (0, 0)
    assert counts(bob) == (0, 0)


def test_follow_of_oneself_is_refused(api):
    ada = make_user("ada")

    for method in ("put", "delete"):
        response = getattr(api(ada), method)("users/@ada/follow")
        assert (response.status_code, response.json()["code"]) == (422, "own_account")


@pytest.mark.parametrize(
    "reference", ["@nobody", "@", "@a/b", "bob", "1", "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e", "@" + "a" * 300]
)
def test_follow_of_nobody_is_not_found(api, reference):
    ada = make_user("ada")

    assert api(ada).put(f"users/{reference}/follow").status_code == 404


@pytest.mark.parametrize(
    "status",
    [AccountStatus.SUSPENDED, AccountStatus.DEACTIVATED, AccountStatus.ERASING, AccountStatus.ERASED],
)
def test_follow_of_an_inactive_account_is_not_found(api, status):
    ada, bob = make_user("ada"), make_user("bob", status=status)

    assert api(ada).put("users/@bob/follow").status_code == 404
    assert counts(bob) == (0, 0)


@pytest.mark.parametrize("blocker", ["ada", "bob"])
def test_follow_across_a_block_is_not_found(api, blocker):
    users = {"ada": make_user("ada"), "bob": make_user("bob")}
    other = "bob" if blocker == "ada" else "ada"
    api(users[blocker]).put(f"users/@{other}/block")

    for method in ("put", "delete"):
        assert getattr(api(users["ada"]), method)("users/@bob/follow").status_code == 404
    assert counts(users["bob"]) == (0, 0)


def test_follow_needs_a_signed_in_person(api):
    make_user("bob")

    assert api().put("users/@bob/follow").status_code == 401
    assert api().delete("users/@bob/follow").status_code == 401


def test_follow_ends_at_the_limit(api, monkeypatch):
    monkeypatch.setattr(policies, "MOST_FOLLOWED", 2)
    ada = make_user("ada")
    make_user("bob"), make_user("cyd", is_private=True), make_user("dan")
    client = api(ada)
    client.put("users/@bob/follow")
    client.put("users/@cyd/follow")

    response = client.put("users/@dan/follow")

    assert (response.status_code, response.json()["code"]) == (403, "follow_limit_reached")
    assert client.put("users/@bob/follow").status_code == 200
    client.delete("users/@cyd/follow")
    assert client.put("users/@dan/follow").status_code == 200


def test_follow_of_a_private_account_is_a_request(api):
    ada, bob = make_user("ada"), make_user("bob", is_private=True)

    first, second = (api(ada).put("users/@bob/follow") for _ in range(2))

    assert first.json() == second.json() == {**STRANGER, "requested": True}
    assert kinds(ada, bob) == [RelationKind.REQUEST]
    assert counts(ada) == (0, 0)
    assert counts(bob) == (0, 0)
    assert api(ada).delete("users/@bob/follow").json() == STRANGER
    assert api(bob).get("me/follow-requests").json() == {"results": [], "next": None}


def test_request_accepted_becomes_a_follow(api):
    ada, bob = make_user("ada"), make_user("bob", is_private=True)
    api(ada).put("users/@bob/follow")
    [request] = api(bob).get("me/follow-requests").json()["results"]
    assert request["user"]["username"] == "ada"

    response = api(bob).post(f"me/follow-requests/{request['id']}/accept")

    assert response.status_code == 200
    assert response.json()["user"]["username"] == "ada"
    assert response.json()["relation"] == {**STRANGER, "followed_by": True}
    assert kinds(ada, bob) == [RelationKind.FOLLOW]
    assert counts(ada) == (0, 1)
    assert counts(bob) == (1, 0)
    assert api(bob).get("me/follow-requests").json()["results"] == []
    assert api(bob).post(f"me/follow-requests/{request['id']}/accept").status_code == 404
    assert api(bob).post(f"me/follow-requests/{request['id']}/reject").status_code == 404


def test_request_rejected_leaves_nothing(api):
    ada, bob = make_user("ada"), make_user("bob", is_private=True)
    api(ada).put("users/@bob/follow")
    [request] = api(bob).get("me/follow-requests").json()["results"]

    response = api(bob).post(f"me/follow-requests/{request['id']}/reject")

    assert response.status_code == 204
    assert kinds(ada, bob) == []
    assert counts(bob) == (0, 0)
    assert api(ada).put("users/@bob/follow").json() == {**STRANGER, "requested": True}


@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_request_to_somebody_else_is_not_found(api, verb):
    ada, bob, eve = make_user("ada"), make_user("bob", is_private=True), make_user("eve")
    api(ada).put("users/@bob/follow")
    request = Relation.objects.get(source=ada, target=bob)

    for client in (api(eve), api(ada)):
        assert client.post(f"me/follow-requests/{request.pk}/{verb}").status_code == 404
    assert api(bob).post(f"me/follow-requests/{new_id()}/{verb}").status_code == 404
    assert api(bob).post(f"me/follow-requests/nonsense/{verb}").status_code == 404
    assert api().post(f"me/follow-requests/{request.pk}/{verb}").status_code == 401
    assert kinds(ada, bob) == [RelationKind.REQUEST]


def test_follow_cannot_be_accepted_as_if_it_were_a_request(api):
    ada, bob = make_user("ada"), make_user("bob")
    api(ada).put("users/@bob/follow")
    follow = Relation.objects.get(source=ada, target=bob)

    assert api(bob).post(f"me/follow-requests/{follow.pk}/accept").status_code == 404
    assert counts(bob) == (1, 0)


def test_followers_and_following_are_listed_newest_first(api):
    ada, bob, cyd = make_user("ada"), make_user("bob"), make_user("cyd")
    for fan in (bob, cyd):
        api(fan).put("users/@ada/follow")
    api(bob).put("users/@cyd/follow")

    response = api(bob).get("users/@ada/followers")

    assert names(response) == ["cyd", "bob"]
    assert response.json()["results"][0] == {
        "user": {
            "id": str(cyd.pk),
            "username": "cyd",
            "display_name": cyd.display_name,
            "avatar_url": None,
            "is_verified": False,
        },
        "relation": {**STRANGER, "following": True},
    }
    assert names(api().get("users/@bob/following")) == ["cyd", "ada"]
    assert names(api(ada).get("users/@ada/following")) == []


def test_followers_pages_neither_repeat_nor_skip(api):
    ada = make_user("ada")
    fans = [make_user(f"fan{number}") for number in range(5)]
    for fan in fans[:4]:
        api(fan).put("users/@ada/follow")
    client = api(ada)

    first = client.get("users/@ada/followers?limit=2")
    api(fans[4]).put("users/@ada/follow")
    second = client.get(first.json()["next"].removeprefix("http://testserver"))

    assert names(first) == ["fan3", "fan2"]
    assert names(second) == ["fan1", "fan0"]
    assert second.json()["next"] is None
    assert client.get("users/@ada/followers?cursor=nonsense").status_code == 400
    assert client.get("users/@ada/followers?limit=0").status_code == 422


def test_followers_leave_out_who_is_hidden_and_fill_the_page(api):
    make_user("ada")
    viewer = make_user("viewer")
    fans = [make_user(f"fan{number}") for number in range(6)]
    for fan in fans:
        api(fan).put("users/@ada/follow")
    api(fans[5]).put("users/@viewer/block")
    api(viewer).put("users/@fan4/block")
    User.objects.filter(pk=fans[3].pk).update(status=AccountStatus.SUSPENDED)

    page = api(viewer).get("users/@ada/followers?limit=2")

    assert names(page) == ["fan2", "fan1"]
    assert names(api(viewer).get(page.json()["next"].removeprefix("http://testserver"))) == ["fan0"]


@pytest.mark.parametrize("path", ["followers", "following"])
def test_follows_of_a_private_account_are_for_its_followers(api, path):
    ada, fan, eve = make_user("ada"), make_user("fan"), make_user("eve")
    api(fan).put("users/@ada/follow")
    api(ada).put("users/@fan/follow")
    User.objects.filter(pk=ada.pk).update(is_private=True)

    for client in (api(eve), api()):
        response = client.get(f"users/@ada/{path}")
        assert (response.status_code, response.json()["code"]) == (403, "account_private")
    for client in (api(fan), api(ada)):
        assert names(client.get(f"users/@ada/{path}")) == ["fan"]


@pytest.mark.parametrize("path", ["followers", "following"])
def test_follows_of_hidden_people_are_not_found(api, path):
    ada, bob, gone = make_user("ada"), make_user("bob"), make_user("gone", status=AccountStatus.SUSPENDED)
    api(bob).put("users/@ada/block")

    assert api(ada).get(f"users/@bob/{path}").status_code == 404
    assert api(bob).get(f"users/@ada/{path}").status_code == 404
    assert api(ada).get(f"users/{gone.pk}/{path}").status_code == 404
    assert api(ada).get(f"users/nonsense/{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["users/@ada/followers", "users/@ada/following", "me/follow-requests", "me/blocks", "me/mutes"]
)
def test_lists_take_the_same_queries_for_one_and_three(api, path):
    ada = make_user("ada")
    client = api(ada)
    spent = []
    for number in (1, 3):
        for _ in range(number - len(spent) * 1):
            other = make_user()
            api(other).put("users/@ada/follow")
            client.put(f"users/{other.pk}/follow")
            asking = make_user()
            Relation.objects.create(source=asking, target=ada, kind=RelationKind.REQUEST)
            client.put(f"users/{make_user().pk}/block")
            client.put(f"users/{make_user().pk}/mute")
        assert len(client.get(path).json()["results"]) == number
        spent.append(cost_of(client, path))
    assert spent[0] == spent[1] <= 5


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_after_parallel_follows_and_unfollows():
    people = [make_user() for _ in range(8)]
    viewers = [Viewer(user.pk, new_id()) for user in people]

    def act(number):
        viewer, target = viewers[number % 8], viewers[(number * 3 + 1 + number // 8) % 8]
        if viewer.id == target.id:
            target = viewers[(number + 1) % 8]
        verb = unfollow_user if number % 3 == 2 else follow_user
        verb(viewer, target_id=target.id)

    results = run_parallel(50, act)

    assert [result for result in results if result is not None] == []
    for user in people:
        rows = Relation.objects.filter(kind=RelationKind.FOLLOW)
        assert counts(user) == (rows.filter(target=user).count(), rows.filter(source=user).count())


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_after_fifty_toggles_of_one_pair():
    ada, bob = make_user("ada"), make_user("bob")
    viewer = Viewer(ada.pk, new_id())

    def act(number):
        (follow_user if number % 2 else unfollow_user)(viewer, target_id=bob.pk)

    assert run_parallel(50, act) == [None] * 50
    number = Relation.objects.filter(source=ada, target=bob).count()
    assert number in (0, 1)
    assert counts(ada) == (0, number)
    assert counts(bob) == (number, 0)


@pytest.mark.django_db(transaction=True)
def test_going_public_leaves_no_request_behind_while_people_ask():
    ada = make_user("ada", is_private=True)
    fans = [make_user() for _ in range(20)]
    for fan in fans[:10]:
        follow_user(Viewer(fan.pk, new_id()), target_id=ada.pk)

    def act(number):
        if number == 10:
            change_settings(Viewer(ada.pk, new_id()), changes={"is_private": False}, check=lambda _: None)
        elif number > 10:
            follow_user(Viewer(fans[number - 1].pk, new_id()), target_id=ada.pk)
        elif number % 2:
            unfollow_user(Viewer(fans[number].pk, new_id()), target_id=ada.pk)

    run_parallel(21, act)

    assert Relation.objects.filter(kind=RelationKind.REQUEST).count() == 0
    number = Relation.objects.filter(target=ada, kind=RelationKind.FOLLOW).count()
    assert number >= 15
    assert counts(ada) == (number, 0)
    for fan in fans:
        assert counts(fan)[1] == Relation.objects.filter(source=fan).count()
