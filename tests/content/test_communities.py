"""Communities: who is in, who keeps order, and who sees what is posted there."""

import uuid
from typing import Any

import pytest

from accounts import ports
from accounts.models import User
from content.actions import communities as acts
from content.actions.communities import expel, join, leave
from content.models import Community, CommunityMember, CommunityRequest, Post
from content.selectors.reach import may_view_attached
from grover.core.viewers import on_behalf_of
from messaging.models import Notification
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute
from tests.content.test_lists import texts
from tests.content.test_posts import make_image, problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_comment, make_community, make_post
from tests.races import run_parallel


def publish(client: Any, community: Community, text: str, **fields: Any) -> dict[str, Any]:
    body = {"text": text, "community_id": str(community.pk), **fields}
    response = client.post("posts", json=body)
    assert response.status_code == 201, response.json()
    card: dict[str, Any] = response.json()
    return card


def roles(community: Community) -> dict[str, str]:
    rows = CommunityMember.objects.filter(community=community)
    return dict(rows.values_list("user__username", "role"))


def set_role(community: Community, user: User, role: str) -> None:
    CommunityMember.objects.filter(community=community, user=user).update(role=role)


# --- Founding and keeping ------------------------------------------------------------------------


def test_community_is_founded(api: Any, ada: User, bob: User) -> None:
    response = api(ada).post("communities", json={"name": " Weavers ", "rules": "Be kind."})
    card = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/communities/{card['id']}"
    assert card == {
        "id": card["id"],
        "name": "Weavers",
        "description": "",
        "rules": "Be kind.",
        "is_private": False,
        "members": 1,
        "role": "owner",
        "requested": False,
        "created_at": card["created_at"],
    }
    assert api(bob).get(f"communities/{card['id']}").json() == {**card, "role": None}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, [("/name", "required")]),
        ({"name": "ab"}, [("/name", "min_length")]),
        ({"name": "x" * 81}, [("/name", "max_length")]),
        ({"name": "abc", "description": "x" * 1_001}, [("/description", "max_length")]),
        ({"name": "abc", "rules": "x" * 5_001}, [("/rules", "max_length")]),
        ({"name": "abc", "is_private": "no"}, [("/is_private", "invalid")]),
    ],
)
def test_malformed_community_is_refused(api: Any, ada: User, body: Any, refused: Any) -> None:
    assert refused_at(api(ada).post("communities", json=body)) == refused
    assert not Community.objects.exists()


def test_community_is_edited_by_its_owner(api: Any, ada: User, bob: User) -> None:
    community = make_community(ada, bob)
    path = f"communities/{community.pk}"
    assert problem(api(bob).patch(path, json={"name": "Mine"})) == (403, "not_allowed_in_community")
    etag = api(ada).get(path)["ETag"]
    assert api(ada).patch(path, json={"name": "Ours"}, **{"If-Match": etag}).json()["name"] == "Ours"
    stale = api(ada).patch(path, json={"name": "Theirs"}, **{"If-Match": etag})
    assert problem(stale) == (412, "precondition_failed")
    assert refused_at(api(ada).patch(path, json={"is_private": True})) == [("/is_private", "unknown")]


def test_communities_are_limited(api: Any, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_COMMUNITIES", 1)
    make_community(ada)
    other = make_community(bob)
    for response in (
        api(ada).post("communities", json={"name": "Another"}),
        api(ada).put(f"communities/{other.pk}/membership"),
    ):
        assert problem(response) == (409, "too_many_communities")


# --- Coming and going ----------------------------------------------------------------------------


def test_public_community_is_joined_and_left(api: Any, ada: User, bob: User) -> None:
    community = make_community(ada)
    path = f"communities/{community.pk}/membership"
    for role, method in (("member", "put"), ("member", "put"), (None, "delete"), (None, "delete")):
        card = api(bob).request(method, path).json()
        assert (card["role"], card["members"]) == (role, 2 if role else 1)
    assert problem(api(ada).delete(path)) == (409, "owner_cannot_leave")


def test_private_community_is_asked(api: Any, ada: User, bob: User, eve: User) -> None:
    community = make_community(ada, is_private=True)
    path = f"communities/{community.pk}"
    for _ in range(2):
        card = api(bob).put(f"{path}/membership").json()
        assert (card["role"], card["requested"], card["members"]) == (None, True, 1)
    api(eve).put(f"{path}/membership")
    asking = {
        one["user"]["username"]: one["id"] for one in api(ada).get(f"{path}/requests").json()["results"]
    }
    assert set(asking) == {"bob", "eve"}
    for method, road in (("get", "requests"), ("post", f"requests/{asking['bob']}/accept")):
        assert problem(api(bob).request(method, f"{path}/{road}")) == (403, "not_allowed_in_community")

    assert api(ada).post(f"{path}/requests/{asking['bob']}/accept").json()["members"] == 2
    assert api(ada).post(f"{path}/requests/{asking['eve']}/reject").status_code == 204

    for request_id in asking.values():
        assert problem(api(ada).post(f"{path}/requests/{request_id}/accept")) == (404, "not_found")
    assert roles(community) == {"ada": "owner", "bob": "member"}
    assert not CommunityRequest.objects.exists()
    api(eve).put(f"{path}/membership")
    assert api(eve).delete(f"{path}/membership").json()["requested"] is False


def test_roles_are_given_by_the_owner(api: Any, ada: User, bob: User, eve: User) -> None:
    community = make_community(ada, bob, eve)
    path = f"communities/{community.pk}/members"
    assert problem(api(bob).patch(f"{path}/@eve", json={"role": "moderator"}))[0] == 403
    assert problem(api(ada).patch(f"{path}/@ada", json={"role": "member"}))[0] == 403
    assert refused_at(api(ada).patch(f"{path}/@bob", json={"role": "king"})) == [("/role", "invalid_choice")]

    assert api(ada).patch(f"{path}/@bob", json={"role": "moderator"}).status_code == 204
    assert problem(api(bob).delete(f"{path}/@ada"))[0] == 403
    assert api(bob).delete(f"{path}/@eve").status_code == 204
    assert problem(api(bob).delete(f"{path}/@eve")) == (404, "not_found")
    assert api(ada).patch(f"{path}/@bob", json={"role": "owner"}).status_code == 204
    assert roles(community) == {"ada": "moderator", "bob": "owner"}
    assert api(ada).delete(f"communities/{community.pk}/membership").status_code == 200
    assert api(bob).get(f"communities/{community.pk}").json()["members"] == 1


def test_members_are_listed(api: Any, ada: User, bob: User, eve: User) -> None:
    public, private = make_community(ada, bob), make_community(ada, bob, is_private=True)

    def found(client: Any, community: Community) -> list[tuple[str, str]]:
        members = client.get(f"communities/{community.pk}/members").json()["results"]
        return [(one["user"]["username"], one["role"]) for one in members]

    assert found(api(), public) == found(api(bob), private) == [("bob", "member"), ("ada", "owner")]
    assert problem(api(eve).get(f"communities/{private.pk}/members")) == (403, "not_a_member")
    block(bob, eve)
    assert found(api(eve), public) == [("ada", "owner")]


def test_communities_are_listed(api: Any, ada: User, bob: User) -> None:
    make_community(ada, name="one")
    make_community(ada, bob, name="two", is_private=True)
    for client, query, expected in (
        (api(), "", ["two", "one"]),
        (api(bob), "?joined=true", ["two"]),
        (api(), "?joined=true", []),
    ):
        cards = client.get(f"communities{query}").json()["results"]
        assert [card["name"] for card in cards] == expected


# --- Posts ---------------------------------------------------------------------------------------


def test_posts_in_a_community_are_for_its_readers(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(eve, ada)
    public, private = make_community(ada, bob), make_community(ada, bob, is_private=True)
    open_id = publish(api(ada), public, "open #art")["id"]
    image = make_image(ada)
    closed = publish(api(ada), private, "closed #art @bob @eve", media_ids=[str(image.pk)])

    assert closed["community_id"] == str(private.pk)
    for client in (api(), api(eve), api(bob)):
        assert texts(client.get(f"communities/{public.pk}/posts")) == ["open #art"]
        assert client.get(f"posts/{open_id}").status_code == 200
    assert texts(api(bob).get(f"communities/{private.pk}/posts")) == [closed["text"]]
    assert problem(api(eve).get(f"communities/{private.pk}/posts")) == (403, "not_a_member")
    path = f"posts/{closed['id']}"
    for road in ("", "/comments", "/reactions", "/reposts", "/quotes"):
        assert api(bob).get(path + road).status_code == 200
        for client in (api(eve), api()):
            assert problem(client.get(path + road)) == (404, "not_found"), road
    assert texts(api(eve).get("feed")) == texts(api(eve).get("users/@ada/posts")) == ["open #art"]
    assert texts(api(bob).get("tags/art/posts")) == ["open #art"]
    for user, sees in ((bob, True), (eve, False)):
        assert may_view_attached(f"post:{closed['id']}", ada.pk, on_behalf_of(user.pk)) is sees
    assert list(Notification.objects.values_list("user__username", "kind")) == [("bob", "mention")]
    assert problem(api(bob).put(f"{path}/repost")) == (403, "not_for_all")
    comment = make_comment(Post.objects.get(pk=closed["id"]), ada)
    assert api(bob).get(f"comments/{comment.pk}").status_code == 200
    assert problem(api(eve).get(f"comments/{comment.pk}")) == (404, "not_found")


def test_posts_of_communities_are_in_the_feed_of_members(api: Any, ada: User, bob: User, eve: User) -> None:
    private = make_community(ada, bob, eve, is_private=True)
    follow(bob, ada)
    publish(api(ada), private, "by ada")
    publish(api(eve), private, "by eve")
    make_post(eve, text="elsewhere")

    assert texts(api(bob).get("feed")) == ["by eve", "by ada"]
    mute(bob, eve)
    assert texts(api(bob).get("feed")) == ["by ada"]
    api(bob).delete(f"communities/{private.pk}/membership")
    assert texts(api(bob).get("feed")) == []
    assert texts(api(eve).get("feed?limit=2")) == ["elsewhere", "by eve"]


def test_only_members_post(api: Any, ada: User, bob: User) -> None:
    community = make_community(ada)
    for community_id in (str(community.pk), str(uuid.uuid4())):
        refused = api(bob).post("posts", json={"text": "x", "community_id": community_id})
        assert refused_at(refused) == [("/community_id", "unknown")]


def test_moderators_remove_posts(api: Any, ada: User, bob: User, eve: User) -> None:
    community = make_community(ada, bob, eve)
    post_id = publish(api(eve), community, "off topic")["id"]
    assert problem(api(bob).delete(f"posts/{post_id}")) == (403, "not_the_author")
    set_role(community, bob, "moderator")
    elsewhere = make_post(eve)
    assert problem(api(bob).delete(f"posts/{elsewhere.pk}")) == (403, "not_the_author")
    assert problem(api(bob).patch(f"posts/{post_id}", json={"text": "x"})) == (403, "not_the_author")
    assert api(bob).delete(f"posts/{post_id}").status_code == 204
    assert texts(api().get(f"communities/{community.pk}/posts")) == []


@pytest.mark.django_db(transaction=True)
def test_closed_community_gives_posts_back(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    public, private = make_community(ada, bob), make_community(ada, bob, is_private=True)
    open_id = publish(api(bob), public, "open")["id"]
    closed_id = publish(api(bob), private, "closed")["id"]
    assert problem(api(bob).delete(f"communities/{public.pk}")) == (403, "not_allowed_in_community")

    for community in (public, private):
        assert api(ada).delete(f"communities/{community.pk}").status_code == 204
        assert problem(api(ada).get(f"communities/{community.pk}")) == (404, "not_found")

    assert not CommunityMember.objects.exists()
    assert texts(api(bob).get("users/@bob/posts")) == ["closed", "open"]
    assert texts(api(ada).get("users/@bob/posts")) == ["open"]
    card = api(bob).get(f"posts/{closed_id}").json()
    assert (card["visibility"], card["community_id"]) == ("private", None)
    assert api().get(f"posts/{open_id}").json()["community_id"] is None


# --- Leaving for good ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_owner_who_leaves_for_good_is_followed() -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    followed, lonely = make_community(ada, bob, eve), make_community(ada)
    set_role(followed, eve, "moderator")

    for _ in range(2):
        ports.erase_person.call(ada.pk)

        assert roles(followed) == {"eve": "owner", "bob": "member"}
        assert list(Community.objects.values_list("pk", "member_count")) == [(followed.pk, 2)]
        assert not CommunityMember.objects.filter(community_id=lonely.pk).exists()


# --- Races ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_members_are_counted_exactly() -> None:
    owner = make_user()
    community = make_community(owner)
    people = [make_user() for _ in range(20)]

    def act(number: int) -> None:
        viewer = on_behalf_of(people[number].pk)
        join(viewer, community_id=community.pk)
        if number % 3 == 0:
            leave(viewer, community_id=community.pk)
        if number % 3 == 1:
            expel(on_behalf_of(owner.pk), community_id=community.pk, user_id=people[number].pk)

    assert [result for result in run_parallel(20, act) if result is not None] == []
    community.refresh_from_db()
    assert community.member_count == CommunityMember.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_request_is_answered_once(api: Any) -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    community = make_community(ada, bob, is_private=True)
    set_role(community, bob, "moderator")
    row = CommunityRequest.objects.create(community=community, user=eve)
    clients = [api(ada), api(bob)]
    verbs = ("accept", "reject")

    def act(number: int) -> int:
        path = f"communities/{community.pk}/requests/{row.pk}/{verbs[number // 2 % 2]}"
        status: int = clients[number % 2].post(path).status_code
        return status

    results = run_parallel(8, act)

    assert sorted(results)[1:] == [404] * 7
    community.refresh_from_db()
    assert community.member_count == CommunityMember.objects.count() == (3 if 200 in results else 2)


# --- What it costs -------------------------------------------------------------------------------

PATHS = ["communities", "{path}/members", "{path}/posts", "{path}/requests", "feed"]


@pytest.mark.parametrize("path", PATHS)
def test_lists_cost_the_same_however_many(api: Any, ada: User, path: str) -> None:
    community = make_community(ada, is_private=True)
    client = api(ada)

    def add() -> None:
        member = make_user()
        CommunityMember.objects.create(community=community, user=member)
        make_post(member, community_id=community.pk, members_only=True, is_listed=False)
        CommunityRequest.objects.create(community=community, user=make_user())
        make_community(make_user(), name="Another")

    path = path.format(path=f"communities/{community.pk}")
    add()
    one = cost_of(client, path)
    add()
    add()
    assert cost_of(client, path) == one
