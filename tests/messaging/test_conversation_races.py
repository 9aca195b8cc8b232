"""What happens at the same moment to one pair or one group."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from grover.core.errors import NotFound
from grover.core.viewers import Viewer
from messaging.actions.conversations import change_conversation, start_direct
from messaging.actions.erasure import erase_person
from messaging.actions.members import add_member, change_role, remove_member
from messaging.errors.conversations import GroupFull, RoleTooLow
from messaging.models import Conversation, Membership, Message
from tests.conftest import sign_in
from tests.factories.accounts import make_user
from tests.factories.messaging import make_conversation, make_message, seat
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 10 if connection.vendor == "sqlite" else 50


def viewer_of(user: User) -> Viewer:
    return sign_in(user)[0]


def check_counts(conversation: Conversation) -> dict[str, str]:
    """Check that the counters are what the rows say, with one owner; give the roles."""
    conversation.refresh_from_db()
    rows = Membership.objects.filter(conversation=conversation).values_list("user__username", "role")
    roles = dict(rows)
    assert conversation.member_count == len(roles)
    assert list(roles.values()).count("owner") == 1
    return roles


def test_pair_begins_one_conversation_whoever_starts(ada: User, bob: User) -> None:
    viewers = [viewer_of(ada), viewer_of(bob)]

    def start(number: int) -> Any:
        return start_direct(viewers[number % 2], user_id=viewers[1 - number % 2].id)

    answers = run_parallel(THREADS, start)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert len({card.id for card, _ in answers}) == 1
    assert [is_new for _, is_new in answers].count(True) == 1
    assert Conversation.objects.get().member_count == Membership.objects.count() == 2


def test_block_and_beginning_do_not_pass_each_other(api: Any) -> None:
    for _ in range(3):
        one, other = make_user(), make_user()
        viewer, by_other = viewer_of(one), api(other)

        def act(number: int, viewer: Viewer = viewer, by_other: Any = by_other, one: User = one) -> Any:
            if number == 0:
                return by_other.put(f"users/{one.pk}/block").status_code
            return start_direct(viewer, user_id=by_other.viewer.id)

        blocked, begun = run_parallel(2, act)
        assert blocked == 200
        assert isinstance(begun, NotFound) or begun[1] is True


def test_group_never_has_more_than_500_members(ada: User, bob: User) -> None:
    club = make_conversation("group", ada, bob)
    seat(club, bob, role="admin")
    room = 4
    Conversation.objects.filter(pk=club.pk).update(member_count=500 - room)
    viewers, newcomers = [viewer_of(ada), viewer_of(bob)], [make_user() for _ in range(12)]

    def add(number: int) -> Any:
        return add_member(viewers[number % 2], conversation_id=club.pk, user_id=newcomers[number].pk)

    answers = run_parallel(len(newcomers), add)
    assert sum(isinstance(answer, GroupFull) for answer in answers) == len(newcomers) - room
    club.refresh_from_db()
    assert (club.member_count, club.roster_version) == (500, 1 + room)
    assert Membership.objects.filter(conversation=club).count() == 2 + room


def test_one_person_is_added_once(ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", ada, bob)
    seat(club, bob, role="admin")
    viewers = [viewer_of(ada), viewer_of(bob)]

    def add(number: int) -> Any:
        return add_member(viewers[number % 2], conversation_id=club.pk, user_id=eve.pk)

    answers = run_parallel(8, add)
    assert [answer.user.username for answer in answers] == ["eve"] * 8
    assert set(check_counts(club)) == {"ada", "bob", "eve"}
    assert club.roster_version == 2


def test_owner_leaves_while_others_leave(ada: User) -> None:
    others = [make_user() for _ in range(7)]
    club = make_conversation("group", ada, *others)
    for admin in others[:4]:
        seat(club, admin, role="admin")
    leaving = [ada, *others[:5]]
    viewers = [viewer_of(user) for user in leaving]

    def leave(number: int) -> None:
        remove_member(viewers[number], conversation_id=club.pk, user_id=viewers[number].id)

    assert run_parallel(len(leaving), leave) == [None] * len(leaving)
    assert check_counts(club) == {others[5].username: "owner", others[6].username: "member"}
    assert club.roster_version == 1 + len(leaving)


def test_all_leave_at_once(ada: User) -> None:
    everybody = [ada, *(make_user() for _ in range(5))]
    club = make_conversation("group", *everybody)
    make_message(club, ada)
    viewers = [viewer_of(user) for user in everybody]

    def leave(number: int) -> None:
        remove_member(viewers[number], conversation_id=club.pk, user_id=viewers[number].id)

    assert run_parallel(len(viewers), leave) == [None] * len(viewers)
    assert (Conversation.objects.count(), Membership.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_member_is_removed_once(ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", ada, bob, eve)
    seat(club, bob, role="admin")
    viewers = [viewer_of(user) for user in (ada, bob, eve)]

    def remove(number: int) -> Any:
        return remove_member(viewers[number % 3], conversation_id=club.pk, user_id=eve.pk)

    answers = run_parallel(6, remove)
    assert answers.count(None) == 1
    assert all(answer is None or isinstance(answer, NotFound) for answer in answers)
    assert set(check_counts(club)) == {"ada", "bob"}


def test_admin_who_is_removed_adds_nobody_afterwards(ada: User, bob: User) -> None:
    club = make_conversation("group", ada, bob)
    seat(club, bob, role="admin")
    owner, admin = viewer_of(ada), viewer_of(bob)
    newcomers = [make_user() for _ in range(5)]

    def act(number: int) -> Any:
        if number == 0:
            return remove_member(owner, conversation_id=club.pk, user_id=bob.pk)
        return add_member(admin, conversation_id=club.pk, user_id=newcomers[number - 1].pk)

    answers = run_parallel(6, act)
    assert answers[0] is None
    assert all(not isinstance(answer, Exception) or isinstance(answer, NotFound) for answer in answers)
    added = sum(not isinstance(answer, Exception) for answer in answers[1:])
    assert len(check_counts(club)) == 1 + added
    assert club.roster_version == 2 + added


def test_handing_over_twice_makes_one_owner(ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", ada, bob, eve)
    owner, heirs = viewer_of(ada), [bob, eve]

    def give(number: int) -> Any:
        user_id = heirs[number].pk
        return change_role(owner, conversation_id=club.pk, user_id=user_id, role="owner")

    answers = run_parallel(2, give)
    assert sum(isinstance(answer, RoleTooLow) for answer in answers) == 1
    roles = check_counts(club)
    assert roles["ada"] == "admin"


def test_owner_leaves_while_handing_over(ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", ada, bob, eve)
    owner = viewer_of(ada)

    def act(number: int) -> Any:
        if number == 0:
            return remove_member(owner, conversation_id=club.pk, user_id=ada.pk)
        return change_role(owner, conversation_id=club.pk, user_id=eve.pk, role="owner")

    left, given = run_parallel(2, act)
    assert left is None
    roles = check_counts(club)
    assert roles in ({"bob": "owner", "eve": "member"}, {"bob": "member", "eve": "owner"})
    assert isinstance(given, NotFound) or given.user.username == "eve"


def test_changes_seen_as_one_state_are_made_once(api: Any, ada: User, bob: User) -> None:
    club = make_conversation("group", ada, bob)
    client = api(ada)
    seen = client.get(f"conversations/{club.pk}")["ETag"]

    def change(number: int) -> int:
        headers = {"If-Match": seen}
        path = f"conversations/{club.pk}"
        status: int = client.patch(path, json={"title": f"Title {number}"}, **headers).status_code
        return status

    statuses = run_parallel(6, change)
    assert sorted(statuses) == [200, *[412] * 5]


def test_titles_are_changed_by_everybody_in_turn(ada: User, bob: User) -> None:
    club = make_conversation("group", ada, bob)
    seat(club, bob, role="admin")
    viewers = [viewer_of(ada), viewer_of(bob)]

    def change(number: int) -> Any:
        changes = {"title": f"Title {number}"}
        return change_conversation(viewers[number % 2], conversation_id=club.pk, changes=changes)

    answers = run_parallel(6, change)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    club.refresh_from_db()
    assert (club.title[:6], club.version) == ("Title ", 7)


def test_block_and_adding_do_not_pass_each_other(api: Any, ada: User, bob: User) -> None:
    owner = viewer_of(ada)
    for _ in range(3):
        club, newcomer = make_conversation("group", ada, bob), make_user()
        client = api(newcomer)

        def act(number: int, club: Conversation = club, by_newcomer: Any = client) -> Any:
            if number == 0:
                return by_newcomer.put(f"users/{ada.pk}/block").status_code
            return add_member(owner, conversation_id=club.pk, user_id=by_newcomer.viewer.id)

        blocked, added = run_parallel(2, act)
        assert blocked == 200
        is_in = Membership.objects.filter(conversation=club, user=newcomer).exists()
        assert is_in or isinstance(added, NotFound)
        check_counts(club)


def test_erasure_and_removal_end_a_membership_once(ada: User, bob: User, eve: User) -> None:
    club = make_conversation("group", ada, bob, eve)
    owner = viewer_of(ada)

    def act(number: int) -> Any:
        if number % 2:
            return erase_person(bob.pk)
        return remove_member(owner, conversation_id=club.pk, user_id=bob.pk)

    answers = run_parallel(4, act)
    assert all(answer is None or isinstance(answer, NotFound) for answer in answers)
    assert (set(check_counts(club)), club.roster_version) == ({"ada", "eve"}, 2)
