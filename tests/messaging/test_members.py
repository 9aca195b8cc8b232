"""Who is in a group: joining, leaving, removing, handing over, and what each role may do."""

from typing import Any

import pytest

from accounts.models import AccountSettings, User
from grover.core.ids import new_id
from messaging.models import Conversation, Membership, Message
from tests.content.costs import cost_of
from tests.content.people import block, follow, suspend
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat


@pytest.fixture
def club(ada: User, bob: User, eve: User) -> Conversation:
    """A group that Ada owns, with Bob as an admin and Eve as a member."""
    conversation = make_conversation("group", ada, bob, eve)
    seat(conversation, bob, role="admin")
    return conversation


def place(conversation: Conversation, user: Any = "") -> str:
    reference = user.pk if isinstance(user, User) else user
    return f"conversations/{conversation.pk}/members/{reference}".rstrip("/")


def roles(conversation: Conversation) -> dict[str, str]:
    rows = Membership.objects.filter(conversation=conversation).order_by("pk")
    return dict(rows.values_list("user__username", "role"))


def state(conversation: Conversation) -> tuple[int, int]:
    conversation.refresh_from_db()
    return conversation.member_count, conversation.roster_version


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


# --- listing -------------------------------------------------------------------------------------


def test_members_are_listed_in_the_order_they_came(
    api: Any, club: Conversation, ada: User, bob: User, eve: User
) -> None:
    seat(club, eve, folder="requests", read_seq=3)
    seat(club, bob, read_seq=2)

    listed = api(ada).get(place(club)).json()
    assert [(item["user"]["username"], item["role"], item["read_seq"]) for item in listed["results"]] == [
        ("ada", "owner", 0),
        ("bob", "admin", 2),
        ("eve", "member", 0),
    ]
    assert set(listed["results"][0]) == {"user", "role", "read_seq", "joined_at"}
    assert api(eve).get(place(club)).json()["results"][2]["read_seq"] == 3
    first = api(ada).get(f"{place(club)}?limit=2").json()
    assert len(first["results"]) == 2
    second = api(ada).get(first["next"].removeprefix("http://testserver")).json()
    assert ([item["user"]["username"] for item in second["results"]], second["next"]) == (["eve"], None)


def test_members_who_are_gone_or_blocked_are_left_out(
    api: Any, club: Conversation, ada: User, bob: User, eve: User
) -> None:
    block(bob, ada)
    suspend(eve)

    assert [item["user"]["username"] for item in api(ada).get(place(club)).json()["results"]] == ["ada"]
    assert [item["user"]["username"] for item in api(bob).get(place(club)).json()["results"]] == ["bob"]


def test_only_members_list_members(api: Any, club: Conversation, db: None) -> None:
    assert api(make_user()).get(place(club)).status_code == 404
    assert api().get(place(club)).status_code == 401


def test_list_of_members_costs_the_same_for_one_and_three(api: Any, ada: User) -> None:
    client = api(ada)
    small, large = make_conversation("group", ada), make_conversation("group", ada, make_user(), make_user())

    cost = cost_of(client, place(small))
    assert cost == cost_of(client, place(large)) == 4


# --- adding --------------------------------------------------------------------------------------


def test_somebody_is_added(api: Any, club: Conversation, bob: User) -> None:
    make_message(club, bob, "Before")
    joan = make_user("joan")
    follow(joan, bob)

    added = api(bob).put(place(club, joan))
    assert added.status_code == 200
    assert added.json() == {
        "user": {
            "id": str(joan.pk),
            "username": "joan",
            "display_name": "",
            "avatar_url": None,
            "is_verified": False,
        },
        "role": "member",
        "read_seq": 1,
        "joined_at": added.json()["joined_at"],
    }
    row = seat(club, joan)
    assert (row.folder, row.invited_by_id, row.first_seq, row.read_seq) == ("inbox", bob.pk, 1, 1)
    assert state(club) == (4, 2)
    card = api(joan).get(f"conversations/{club.pk}").json()
    assert (card["last_seq"], card["unread"], card["last_message"]) == (1, 0, None)

    assert api(bob).put(place(club, "@joan")).json() == added.json()
    assert state(club) == (4, 2)


def test_stranger_finds_a_group_with_the_requests(api: Any, club: Conversation, bob: User) -> None:
    joan = make_user("joan")
    api(bob).put(place(club, joan))

    assert api(joan).get("conversations").json()["results"] == []
    [card] = api(joan).get("conversations?folder=requests").json()["results"]
    assert (card["id"], card["folder"]) == (str(club.pk), "requests")


@pytest.mark.parametrize(
    ("who_may_message", "is_follower", "status"),
    [
        ("everyone", False, 200),
        ("followers", True, 200),
        ("followers", False, 403),
        ("nobody", True, 403),
        ("nobody", False, 403),
    ],
)
def test_nobody_is_added_who_does_not_allow_it(
    api: Any, club: Conversation, ada: User, who_may_message: str, is_follower: bool, status: int
) -> None:
    joan = make_user("joan")
    AccountSettings.objects.create(user=joan, who_may_message=who_may_message)
    if is_follower:
        follow(ada, joan)

    answer = api(ada).put(place(club, joan))
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "messages_not_allowed"
        assert state(club) == (3, 1)


def test_nobody_is_added_whom_one_cannot_see(api: Any, club: Conversation, ada: User) -> None:
    blocker, blocked, gone = make_user(), make_user(), make_user()
    block(blocker, ada)
    block(ada, blocked)
    suspend(gone)

    for reference in (blocker, blocked, gone, new_id(), "nonsense", "@nobody"):
        assert refusal(api(ada).put(place(club, reference))) == (404, "not_found")
    assert state(club) == (3, 1)


def test_full_group_takes_nobody(api: Any, club: Conversation, ada: User, bob: User) -> None:
    Conversation.objects.filter(pk=club.pk).update(member_count=500)

    assert refusal(api(ada).put(place(club, make_user()))) == (409, "group_full")
    assert api(ada).put(place(club, bob)).status_code == 200
    assert state(club) == (500, 1)


# --- the roles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "adds", "removes_admin", "removes_member", "appoints"),
    [
        ("ada", 200, 204, 204, 200),
        ("bob", 200, 403, 204, 403),
        ("eve", 403, 403, 403, 403),
        ("joan", 404, 404, 404, 404),
    ],
)
def test_each_role_may_do_what_it_may(
    api: Any,
    club: Conversation,
    actor: str,
    adds: int,
    removes_admin: int,
    removes_member: int,
    appoints: int,
) -> None:
    make_user("joan")
    admin, member = make_user("admin"), make_user("member")
    for user, role in ((admin, "admin"), (member, "member")):
        Membership.objects.create(conversation=club, user=user, role=role)
    Conversation.objects.filter(pk=club.pk).update(member_count=5)
    client = api(User.objects.get(username=actor))

    assert client.patch(place(club, member), json={"role": "admin"}).status_code == appoints
    seat(club, member, role="member")
    assert client.put(place(club, make_user())).status_code == adds
    assert client.delete(place(club, admin)).status_code == removes_admin
    assert client.delete(place(club, member)).status_code == removes_member
    if actor != "ada":
        assert client.delete(place(club, "@ada")).status_code == (404 if actor == "joan" else 403)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_direct_conversation_has_its_two_members(api: Any, ada: User, bob: User, method: str) -> None:
    conversation = make_conversation("direct", ada, bob)
    body = {"role": "admin"} if method == "patch" else None

    answer = api(ada).request(method, place(conversation, bob), json=body)
    assert refusal(answer) == (403, "not_a_group")
    assert state(conversation) == (2, 1)


def test_who_is_no_member_has_no_role(api: Any, club: Conversation, ada: User) -> None:
    stranger = make_user()

    assert refusal(api(ada).patch(place(club, stranger), json={"role": "admin"})) == (404, "not_found")
    assert refusal(api(ada).delete(place(club, stranger))) == (404, "not_found")
    assert api(ada).patch(place(club, stranger), json={"role": "king"}).status_code == 422
    assert state(club) == (3, 1)


# --- leaving and removing ------------------------------------------------------------------------


def test_member_leaves(api: Any, club: Conversation, ada: User, eve: User) -> None:
    assert api(eve).delete(place(club, eve)).status_code == 204

    assert (roles(club), state(club)) == ({"ada": "owner", "bob": "admin"}, (2, 2))
    assert api(eve).get(f"conversations/{club.pk}").status_code == 404
    assert api(eve).get("conversations").json()["results"] == []
    assert refusal(api(eve).delete(place(club, eve))) == (404, "not_found")


def test_deleting_a_group_is_leaving_it(api: Any, club: Conversation, eve: User) -> None:
    assert api(eve).delete(f"conversations/{club.pk}").status_code == 204

    assert (roles(club), state(club)) == ({"ada": "owner", "bob": "admin"}, (2, 2))


def test_who_comes_back_sees_what_is_new(api: Any, club: Conversation, ada: User, eve: User) -> None:
    make_message(club, ada, "Before")
    api(eve).delete(place(club, eve))
    api(ada).put(place(club, eve))
    make_message(club, ada, "After")

    [card] = api(eve).get("conversations?folder=requests").json()["results"]
    assert (card["unread"], card["last_message"]["text"]) == (1, "After")


def test_owner_removes_who_blocks_them(api: Any, club: Conversation, ada: User, eve: User) -> None:
    block(eve, ada)

    assert api(ada).delete(place(club, eve)).status_code == 204
    assert state(club) == (2, 2)


def test_owner_who_leaves_hands_over_to_the_oldest_admin(
    api: Any, club: Conversation, ada: User, bob: User
) -> None:
    api(ada).delete(place(club, ada))
    assert roles(club) == {"bob": "owner", "eve": "member"}

    api(bob).delete(place(club, bob))
    assert (roles(club), state(club)) == ({"eve": "owner"}, (1, 3))


def test_heir_is_active_and_has_accepted_if_anybody_has(
    api: Any, club: Conversation, ada: User, bob: User, eve: User
) -> None:
    joan = make_user("joan")
    Membership.objects.create(conversation=club, user=joan)
    Conversation.objects.filter(pk=club.pk).update(member_count=4)
    suspend(bob)
    seat(club, eve, folder="requests")

    api(ada).delete(place(club, ada))
    assert roles(club) == {"bob": "admin", "eve": "member", "joan": "owner"}


def test_group_that_nobody_is_in_is_erased(api: Any, ada: User) -> None:
    conversation = make_conversation("group", ada)
    make_message(conversation, ada)
    api(ada).delete(place(conversation, ada))

    assert (Conversation.objects.count(), Message.objects.count()) == (0, 0)


def test_owner_hands_over(api: Any, club: Conversation, ada: User, eve: User) -> None:
    given = api(ada).patch(place(club, eve), json={"role": "owner"})

    assert (given.status_code, given.json()["role"]) == (200, "owner")
    assert roles(club) == {"ada": "admin", "bob": "admin", "eve": "owner"}
    assert refusal(api(ada).patch(place(club, eve), json={"role": "member"})) == (403, "role_too_low")
    assert api(eve).patch(place(club, ada), json={"role": "member"}).json()["role"] == "member"
    assert state(club) == (3, 1)


def test_owner_has_one_role_until_they_hand_over(api: Any, club: Conversation, ada: User, eve: User) -> None:
    assert api(ada).patch(place(club, ada), json={"role": "owner"}).json()["role"] == "owner"
    assert refusal(api(ada).patch(place(club, ada), json={"role": "member"})) == (409, "owner_stays")
    seat(club, eve, folder="requests")
    assert refusal(api(ada).patch(place(club, eve), json={"role": "owner"})) == (409, "not_accepted")
    suspend(eve)
    assert refusal(api(ada).patch(place(club, eve), json={"role": "admin"})) == (404, "not_found")
    assert roles(club) == {"ada": "owner", "bob": "admin", "eve": "member"}
