"""How people want things, through the API."""

import pytest

from accounts.actions.settings import change_settings
from accounts.enums import NotificationChannel, NotificationKind, RelationKind
from accounts.models import AccountSettings, Relation
from accounts.ports import audience_changed
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from tests.accounts.test_follows import counts
from tests.factories.accounts import make_user
from tests.races import run_parallel


def test_settings_begin_with_what_holds_for_everybody(api, django_assert_num_queries):
    ada = make_user("ada")

    response = api(ada).get("me/settings")

    assert response.status_code == 200
    body = response.json()
    assert (body["is_private"], body["who_may_message"], body["who_may_mention"]) == (
        False,
        "everyone",
        "everyone",
    )
    assert list(body["notifications"]) == NotificationKind.values
    assert body["notifications"]["follow"] == {"in_app": True, "push": True, "mail": False}
    assert body["notifications"]["security"] == {"in_app": True, "push": True, "mail": True}
    assert not AccountSettings.objects.exists()
    assert api().get("me/settings").status_code == 401


def test_settings_are_changed_down_to_one_channel(api):
    client = api(make_user("ada"))
    before = client.get("me/settings").json()

    first = client.patch("me/settings", json={"notifications": {"follow": {"push": False}}})
    second = client.patch(
        "me/settings",
        json={
            "who_may_message": "followers",
            "notifications": {"follow": {"mail": True}, "reply": {"in_app": False}},
        },
    )

    assert first.status_code == second.status_code == 200
    assert second.json() == client.get("me/settings").json()
    assert second.json() == {
        **before,
        "who_may_message": "followers",
        "notifications": {
            **before["notifications"],
            "follow": {"in_app": True, "push": False, "mail": True},
            "reply": {"in_app": False, "push": True, "mail": False},
        },
    }


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"theme": "dark"}, "/theme", "unknown"),
        ({"notifications": {"weather": {"push": True}}}, "/notifications/weather", "unknown"),
        ({"notifications": {"follow": {"pigeon": True}}}, "/notifications/follow/pigeon", "unknown"),
        ({"notifications": {"follow": {"push": "yes"}}}, "/notifications/follow/push", "invalid"),
        ({"notifications": {"follow": True}}, "/notifications/follow", "invalid"),
        ({"notifications": []}, "/notifications", "invalid"),
        ({"who_may_message": "friends"}, "/who_may_message", "invalid_choice"),
        ({"who_may_mention": ["everyone"]}, "/who_may_mention", "invalid_choice"),
        ({"is_private": "true"}, "/is_private", "invalid"),
        ({"is_private": None}, "/is_private", "null"),
    ],
)
def test_settings_refuse_values(api, body, pointer, code):
    response = api(make_user("ada")).patch("me/settings", json=body)

    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]


def test_settings_change_only_what_the_client_has_seen(api):
    client = api(make_user("ada"))
    seen = client.get("me/settings")["ETag"]

    assert client.patch("me/settings", json={"is_private": True}, **{"If-Match": seen}).status_code == 200
    late = client.patch("me/settings", json={"is_private": False}, **{"If-Match": seen})

    assert late.status_code == 412
    assert client.get("me/settings").json()["is_private"] is True
    assert (
        client.get("me/settings", **{"If-None-Match": client.get("me/settings")["ETag"]}).status_code == 304
    )


def test_going_public_accepts_who_asked(api):
    ada = make_user("ada", is_private=True)
    fans = [make_user() for _ in range(3)]
    for fan in fans:
        api(fan).put("users/@ada/follow")
    assert api(fans[0]).get("users/@ada/followers").status_code == 403

    api(ada).patch("me/settings", json={"is_private": False})

    assert set(Relation.objects.values_list("kind", flat=True)) == {RelationKind.FOLLOW}
    assert counts(ada) == (3, 0)
    assert [counts(fan) for fan in fans] == [(0, 1)] * 3
    assert api(fans[0]).get("users/@ada").json()["relation"]["following"] is True
    assert api(ada).get("me/follow-requests").json()["results"] == []


def test_going_private_keeps_followers_and_tells_the_apps_above(api, monkeypatch):
    heard = []
    monkeypatch.setattr(audience_changed, "_fillers", [heard.append])
    ada, fan = make_user("ada"), make_user("fan")
    api(fan).put("users/@ada/follow")

    api(ada).patch("me/settings", json={"is_private": True})
    api(ada).patch("me/settings", json={"is_private": True, "who_may_mention": "nobody"})

    assert heard == [ada.pk]
    assert counts(ada) == (1, 0)
    assert api(fan).get("users/@ada/followers").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_racing_changes_of_settings_lose_none():
    viewer = Viewer(make_user("ada").pk, new_id())
    kinds = NotificationKind.values[:8]

    results = run_parallel(
        8,
        lambda number: change_settings(
            viewer,
            changes={"notifications": {kinds[number]: {NotificationChannel.PUSH: False}}},
            check=lambda _: None,
        ),
    )

    assert all(type(result).__name__ == "SettingsCard" for result in results)
    row = AccountSettings.objects.get()
    assert [row.notifications[kind]["push"] for kind in kinds] == [False] * 8
