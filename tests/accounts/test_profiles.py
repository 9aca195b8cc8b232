"""Profiles, one's own and those of others, through the API."""

import pytest

from accounts.actions.moderation import suspend_user, unsuspend_user
from accounts.actions.profiles import change_profile
from accounts.enums import AccountStatus
from accounts.models import User
from accounts.selectors.profiles import get_profile
from grover.core import caching
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from grover.media.models import Media
from tests.accounts.test_follows import STRANGER
from tests.factories.accounts import make_user
from tests.races import run_parallel


def make_image(owner, **fields):
    media_id = new_id()
    fields = {"kind": "image", "state": "ready", "content_type": "image/webp", "size": 10, **fields}
    return Media.objects.create(
        pk=media_id, owner_id=owner.pk, file_name=f"{media_id}/original.webp", **fields
    )


def only_error(response):
    assert response.status_code == 422
    [error] = response.json()["errors"]
    return error["pointer"], error["code"]


def test_profile_shows_what_others_may_see(api):
    ada, bob = make_user("ada", bio="Engines.", website="https://ada.example"), make_user("bob")
    api(bob).put("users/@ada/follow")

    response = api(bob).get("users/@ada")

    assert response.status_code == 200
    body = response.json()
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "id": str(ada.pk),
        "username": "ada",
        "display_name": ada.display_name,
        "avatar_url": None,
        "is_verified": False,
        "cover_url": None,
        "bio": "Engines.",
        "website": "https://ada.example",
        "location": "",
        "is_private": False,
        "counts": {"followers": 1, "following": 0, "posts": 0},
        "relation": {**STRANGER, "following": True},
    }


def test_profile_is_found_by_id_and_name_in_any_case_by_anybody(api):
    ada = make_user("ada")

    for reference in (ada.pk, "@ada", "@ADA"):
        response = api().get(f"users/{reference}")
        assert response.status_code == 200
        assert response.json()["id"] == str(ada.pk)
        assert response.json()["relation"] == STRANGER


@pytest.mark.parametrize(
    "reference",
    ["@nobody", "@", "ada", "@a%00", "@%F0%9F%98%80", "1", "00000000-0000-0000-0000", "@" + "a" * 99],
)
def test_profile_of_nobody_is_not_found(api, reference):
    make_user("ada")

    assert api().get(f"users/{reference}").status_code == (400 if "%00" in reference else 404)


@pytest.mark.parametrize(
    "status",
    [AccountStatus.SUSPENDED, AccountStatus.DEACTIVATED, AccountStatus.ERASING, AccountStatus.ERASED],
)
def test_profile_of_an_inactive_account_is_not_found(api, status):
    ada = make_user("ada", status=status)

    assert api(make_user("bob")).get("users/@ada").status_code == 404
    assert api().get(f"users/{ada.pk}").status_code == 404


def test_profile_of_a_private_account_is_shown(api):
    make_user("ada", is_private=True)

    assert api(make_user("bob")).get("users/@ada").json()["is_private"] is True


def test_profile_has_an_etag(api):
    make_user("ada")
    client = api()
    first = client.get("users/@ada")

    again = client.get("users/@ada", **{"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_profile_costs_few_queries_cold_and_none_warm(db, django_assert_num_queries):
    make_user("ada")
    viewer = Viewer(make_user("bob").pk, new_id())
    with django_assert_num_queries(3):
        cold = get_profile(viewer, "@ada")

    with django_assert_num_queries(0):
        warm = get_profile(viewer, "@ada")

    assert warm == cold


def test_profile_kept_is_never_older_than_its_last_change(api, monkeypatch):
    monkeypatch.setattr(caching, "SETTLED_AFTER_SECONDS", 0.0)
    ada, bob, cyd = make_user("ada"), make_user("bob"), make_user("cyd")
    staff = make_user("staff", is_staff=True)
    client = api(bob)

    def seen(name="ada"):
        first, kept = client.get(f"users/@{name}"), client.get(f"users/@{name}")
        assert (first.status_code, first.content.split(b"request_id")[0]) == (
            kept.status_code,
            kept.content.split(b"request_id")[0],
        )
        return first.json() if first.status_code == 200 else None

    assert seen()["counts"]["followers"] == 0
    api(cyd).put("users/@ada/follow")
    assert seen()["counts"]["followers"] == 1
    api(ada).put("users/@cyd/follow")
    assert seen()["counts"]["following"] == 1
    api(ada).patch("me", json={"bio": "New"})
    assert seen()["bio"] == "New"
    client.put("users/@ada/follow")
    assert seen()["relation"]["following"] is True
    client.put("users/@ada/mute")
    assert seen()["relation"]["muting"] is True
    api(ada).patch("me/settings", json={"is_private": True})
    assert seen()["is_private"] is True
    api(ada).patch("me", json={"username": "lovelace"})
    assert seen() is None
    assert seen("lovelace")["id"] == str(ada.pk)
    suspend_user(staff.pk, user_id=ada.pk, reason="x")
    assert seen("lovelace") is None
    unsuspend_user(staff.pk, user_id=ada.pk, reason="x")
    assert seen("lovelace") is not None
    api(ada).put("users/@bob/block")
    assert seen("lovelace") is None
    api(ada).delete("users/@bob/block")
    assert seen("lovelace")["relation"] == STRANGER | {"muting": True}


def test_own_profile_shows_what_only_its_owner_sees(api):
    ada = make_user("ada")

    response = api(ada).get("me")

    assert response.status_code == 200
    assert response.json()["email"] == ada.email
    assert response.json()["has_two_factor"] is False
    assert response.json()["counts"] == {"followers": 0, "following": 0, "posts": 0}
    assert api().get("me").status_code == 401


def test_own_profile_is_changed_field_by_field(api):
    ada = make_user("ada", bio="Old", location="London")
    client = api(ada)

    response = client.patch(
        "me", json={"display_name": "  Ada\u0301 ", "bio": "", "website": "https://a.example/x"}
    )

    assert response.status_code == 200
    body = response.json()
    assert (body["display_name"], body["bio"], body["location"]) == ("Ad\u00e1", "", "London")
    assert body["website"] == "https://a.example/x"
    assert client.get("me").json() == body
    assert client.patch("me", json={}).json() == body


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("display_name", "a" * 51, "max_length"),
        ("display_name", "a\u202eb", "control_characters"),
        ("display_name", None, "null"),
        ("display_name", 5, "invalid"),
        ("bio", "a" * 501, "max_length"),
        ("location", "a\nb", "control_characters"),
        ("website", "javascript:alert(1)", "website"),
        ("website", "ftp://a.example", "website"),
        ("website", "https://", "website"),
        ("website", "http://[", "website"),
        ("website", "https://a.example/" + "a" * 200, "max_length"),
        ("avatar_id", "nonsense", "invalid"),
        ("email", "nonsense", "invalid"),
        ("is_private", True, "unknown"),
        ("follower_count", 5, "unknown"),
        ("is_staff", True, "unknown"),
    ],
)
def test_own_profile_refuses_values(api, field, value, code):
    ada = make_user("ada")

    assert only_error(api(ada).patch("me", json={field: value})) == (f"/{field}", code)


def test_own_profile_changes_only_what_the_client_has_seen(api):
    ada = make_user("ada")
    client = api(ada)
    seen = client.get("me")["ETag"]

    assert client.patch("me", json={"bio": "one"}, **{"If-Match": seen}).status_code == 200
    late = client.patch("me", json={"bio": "two"}, **{"If-Match": seen})

    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert client.get("me").json()["bio"] == "one"


def test_username_is_changed_and_the_old_one_is_free(api):
    ada, bob = make_user("ada"), make_user("bob")

    assert api(ada).patch("me", json={"username": "Lovelace"}).json()["username"] == "lovelace"
    assert api(bob).patch("me", json={"username": "ada"}).json()["username"] == "ada"
    assert api().get("users/@ada").json()["id"] == str(bob.pk)


@pytest.mark.parametrize("username", ["bob", "BOB", "b0b"])
def test_username_of_somebody_else_or_alike_is_refused(api, username):
    make_user("bob")
    ada = make_user("ada")

    response = api(ada).patch("me", json={"username": username, "bio": "never"})

    assert (response.status_code, response.json()["code"]) == (409, "username_taken")
    ada.refresh_from_db()
    assert (ada.username, ada.bio) == ("ada", "")


def test_avatar_and_cover_are_own_images(api):
    ada = make_user("ada")
    avatar, cover = make_image(ada), make_image(ada)

    response = api(ada).patch("me", json={"avatar_id": str(avatar.pk), "cover_id": str(cover.pk)})

    assert response.status_code == 200
    assert response.json()["avatar_url"].endswith(f"/{avatar.pk}/200.webp")
    assert response.json()["cover_url"].endswith(f"/{cover.pk}/1280.webp")
    avatar.refresh_from_db()
    assert avatar.attached_to == f"user:{ada.pk}:avatar"
    assert api().get("users/@ada").json()["avatar_url"] == response.json()["avatar_url"]


def test_avatar_replaced_is_deleted(api):
    ada = make_user("ada")
    first, second = make_image(ada), make_image(ada)
    client = api(ada)
    client.patch("me", json={"avatar_id": str(first.pk)})
    client.patch("me", json={"avatar_id": str(first.pk)})
    assert Media.objects.filter(pk=first.pk).exists()

    client.patch("me", json={"avatar_id": str(second.pk)})
    assert list(Media.objects.values_list("pk", flat=True)) == [second.pk]

    assert client.patch("me", json={"avatar_id": None}).json()["avatar_url"] is None
    assert not Media.objects.exists()


def test_avatar_of_somebody_else_is_refused_and_keeps_the_present_one(api):
    ada = make_user("ada")
    mine, theirs = make_image(ada), make_image(make_user("bob"))
    client = api(ada)
    client.patch("me", json={"avatar_id": str(mine.pk)})

    for media_id in (theirs.pk, new_id()):
        response = client.patch("me", json={"avatar_id": str(media_id), "bio": "never"})
        assert only_error(response)[0] == "/avatar_id"
    assert client.get("me").json()["avatar_id"] == str(mine.pk)
    assert client.get("me").json()["bio"] == ""
    assert Media.objects.filter(pk=mine.pk, attached_to__startswith="user:").exists()


@pytest.mark.django_db(transaction=True)
def test_racing_changes_of_different_fields_lose_none():
    ada = make_user("ada")
    viewer = Viewer(ada.pk, new_id())
    fields = ["display_name", "bio", "website", "location"]

    run_parallel(
        4, lambda number: change_profile(viewer, changes={fields[number]: "x"}, check=lambda _: None)
    )

    user = User.objects.get()
    assert [getattr(user, field) for field in fields] == ["x"] * 4
    assert user.version == 5


@pytest.mark.django_db(transaction=True)
def test_of_racing_changes_that_name_what_they_saw_one_wins(api):
    ada = make_user("ada")
    clients = [api(ada) for _ in range(6)]
    seen = clients[0].get("me")["ETag"]

    answers = run_parallel(
        6, lambda number: clients[number].patch("me", json={"bio": str(number)}, **{"If-Match": seen})
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
