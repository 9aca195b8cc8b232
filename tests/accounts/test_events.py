"""What the actions of people tell, exactly and only after the commit."""

import pytest
from structlog.testing import capture_logs

from accounts.actions.appeals import appeal_decision, reject_appeal
from accounts.actions.blocks import block_user, mute_user, unblock_user
from accounts.actions.cases import decide_case
from accounts.actions.deletion import begin_due_erasures, reactivate_account
from accounts.actions.follows import (
    accept_follow_request,
    follow_user,
    reject_follow_request,
    unfollow_user,
)
from accounts.actions.moderation import suspend_user, unsuspend_user
from accounts.actions.profiles import change_profile
from accounts.actions.reports import file_report
from accounts.actions.settings import change_settings
from accounts.enums import DecisionKind
from accounts.errors.people import FollowLimitReached
from accounts.models import Case, Decision, Relation
from accounts.policies import relations as policies
from grover.core.events import all_events
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from tests.accounts.test_deletion import after_grace, leave
from tests.accounts.test_exports import private_files  # noqa: F401
from tests.factories.accounts import PASSWORD, make_user

TYPES = {event.type for event in all_events() if event.__module__.startswith("accounts.")}


def told(act):
    """Run something and give the events it told, each with its fields."""
    with capture_logs() as lines:
        act()
    told_of = [line for line in lines if line["event"] in TYPES]
    return [
        (line["event"], {k: v for k, v in line.items() if k not in ("event", "log_level")})
        for line in told_of
    ]


@pytest.fixture
def ada(db):
    return Viewer(make_user("ada").pk, new_id())


@pytest.fixture
def bob(db):
    return Viewer(make_user("bob").pk, new_id())


def test_follows_tell_once(ada, bob):
    pair = {"follower_id": ada.id, "user_id": bob.id}

    assert told(lambda: follow_user(ada, target_id=bob.id)) == [("user.followed", pair)]
    assert told(lambda: follow_user(ada, target_id=bob.id)) == []
    assert told(lambda: unfollow_user(ada, target_id=bob.id)) == [("user.unfollowed", pair)]
    assert told(lambda: unfollow_user(ada, target_id=bob.id)) == []


def test_requests_tell_how_they_end(ada, bob):
    pair = {"follower_id": ada.id, "user_id": bob.id}
    change_settings(bob, changes={"is_private": True}, check=lambda _: None)

    def request():
        follow_user(ada, target_id=bob.id)
        return Relation.objects.get().pk

    assert told(request) == [("follow.requested", pair)]
    assert told(lambda: reject_follow_request(bob, request_id=request())) == [("follow.rejected", pair)]
    assert told(lambda: accept_follow_request(bob, request_id=request())) == [
        ("follow.requested", pair),
        ("follow.accepted", pair),
    ]
    unfollow_user(ada, target_id=bob.id)
    request()
    assert told(lambda: unfollow_user(ada, target_id=bob.id)) == []
    request()
    public = told(lambda: change_settings(bob, changes={"is_private": False}, check=lambda _: None))
    assert public == [("follow.accepted", pair), ("settings.changed", {"user_id": bob.id})]


def test_blocks_tell_and_mutes_do_not(ada, bob):
    follow_user(ada, target_id=bob.id)
    pair = {"blocker_id": bob.id, "user_id": ada.id}

    assert told(lambda: mute_user(bob, target_id=ada.id)) == []
    assert told(lambda: block_user(bob, target_id=ada.id)) == [("user.blocked", pair)]
    assert told(lambda: block_user(bob, target_id=ada.id)) == []
    assert told(lambda: unblock_user(bob, target_id=ada.id)) == [("user.unblocked", pair)]


def test_refusals_tell_nothing(ada, bob, monkeypatch):
    monkeypatch.setattr(policies, "MOST_FOLLOWED", 0)

    def refused():
        with pytest.raises(FollowLimitReached):
            follow_user(ada, target_id=bob.id)

    assert told(refused) == []


def test_profiles_and_the_staff_tell(ada, bob):
    staff = make_user("staff", is_staff=True)
    change = told(lambda: change_profile(ada, changes={"bio": "x"}, check=lambda _: None))
    assert change == [("profile.changed", {"user_id": ada.id})]

    [(name, fields)] = told(lambda: file_report(ada, kind="user", target_id=bob.id, reason="spam", note=""))
    assert (name, fields["target_kind"]) == ("report.filed", "user")
    case_id = Case.objects.get().pk
    warning = {"case_id": case_id, "kind": DecisionKind.WARN, "reason": "Spam"}
    decided = {"case_id": case_id, "staff_id": staff.pk, "decision": "warn"}
    assert told(lambda: decide_case(staff.pk, **warning)) == [("case.decided", decided)]
    key = Decision.objects.get().pk
    appealed = [("decision.appealed", {"decision_id": key, "user_id": bob.id})]
    assert told(lambda: appeal_decision(bob, decision_id=key, text="No")) == appealed
    rejected = [("appeal.decided", {"decision_id": key, "staff_id": staff.pk, "state": "rejected"})]
    assert told(lambda: reject_appeal(staff.pk, decision_id=key, reason="Yes")) == rejected

    pair = {"user_id": bob.id, "staff_id": staff.pk}
    assert told(lambda: suspend_user(staff.pk, user_id=bob.id, reason="x")) == [("user.suspended", pair)]
    assert told(lambda: unsuspend_user(staff.pk, user_id=bob.id, reason="x")) == [("user.unsuspended", pair)]


def test_leaving_tells_each_of_its_steps(api):
    ada = make_user("ada")
    mine = {"user_id": ada.pk}

    client = api(ada)
    names = [event for event, _ in told(lambda: leave(client, PASSWORD))]
    assert sorted(names) == ["account.deactivated", "session.ended"]
    assert told(lambda: reactivate_account(ada.pk)) == [("account.reactivated", mine)]
    leave(api(ada), PASSWORD)
    assert told(lambda: begin_due_erasures(after_grace())) == [("account.erased", mine)]


def test_exports_tell_their_beginning_and_end(api):
    client = api(make_user("ada"))

    events = told(lambda: client.post("me/export"))

    assert sorted(event for event, _ in events) == ["export.finished", "export.requested"]
