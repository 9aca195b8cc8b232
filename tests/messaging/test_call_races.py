"""What happens at the same moment to one call, or to people who call each other."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from grover.core.viewers import Viewer
from messaging.actions.call_ends import end_due_calls
from messaging.actions.calls import answer_call, decline_call, end_call, start_call
from messaging.cards.calls import CallCard
from messaging.errors.calls import Busy, CallOver
from messaging.models import Call, CallSeat, Notification
from tests.conftest import sign_in
from tests.content.people import follow
from tests.factories.accounts import make_user
from tests.factories.calls import make_call
from tests.factories.messaging import make_conversation
from tests.messaging.frames import published
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8 if connection.vendor == "sqlite" else 20


def viewer_of(user: User) -> Viewer:
    return sign_in(user)[0]


def in_calls() -> set[Any]:
    return set(CallSeat.objects.values_list("user_id", flat=True))


def test_declining_ending_and_missing_have_one_outcome(ada: User, bob: User) -> None:
    viewer, callee = viewer_of(ada), viewer_of(bob)
    acts = [
        lambda call_id: decline_call(callee, call_id=call_id),
        lambda call_id: end_call(viewer, call_id=call_id),
        lambda call_id: end_call(callee, call_id=call_id),
        lambda call_id: end_due_calls(timezone.now()),
    ]
    for _ in range(3):
        call = make_call(ada, bob, rings_until=timezone.now())

        def act(number: int, call: Call = call) -> Any:
            return acts[number % len(acts)](call.pk)

        with published() as frames:
            answers = run_parallel(THREADS, act)
        assert [answer for answer in answers if not isinstance(answer, CallCard | CallOver | int)] == []
        call.refresh_from_db()
        given = {answer.state for answer in answers if isinstance(answer, CallCard)}
        assert given <= {call.state}
        assert sum(answer for answer in answers if isinstance(answer, int)) == (call.state == "missed")
        told = [frame.type for frame in frames if frame.type.startswith("call.")]
        assert told == ["call.declined" if call.state == "declined" else "call.ended"] * 2
        was_missed = call.state != "declined" and call.ended_by_id != bob.pk
        assert Notification.objects.filter(thing_id=call.pk).count() == was_missed
        assert in_calls() == set()


def test_answered_and_declined_at_once_is_one_of_them(ada: User, bob: User) -> None:
    callee = viewer_of(bob)
    for _ in range(3):
        call = make_call(ada, bob)

        def act(number: int, call: Call = call) -> Any:
            return (answer_call, decline_call)[number % 2](callee, call_id=call.pk)

        with published() as frames:
            answers = run_parallel(THREADS, act)
        call.refresh_from_db()
        winner = ("active", "declined").index(call.state)
        assert {answer.state for answer in answers[winner::2]} == {call.state}
        assert {type(answer) for answer in answers[1 - winner :: 2]} == {CallOver}
        assert [frame.type for frame in frames] == [("call.answered", "call.declined")[winner]] * 2
        assert in_calls() == ({ada.pk, bob.pk} if call.state == "active" else set())
        CallSeat.objects.all().delete()


def test_call_answered_as_it_is_ended_is_over(ada: User, bob: User) -> None:
    viewer, callee = viewer_of(ada), viewer_of(bob)
    for _ in range(3):
        call = make_call(ada, bob)

        def act(number: int, call: Call = call) -> Any:
            if number % 2:
                return answer_call(callee, call_id=call.pk)
            return end_call(viewer, call_id=call.pk)

        answers = run_parallel(THREADS, act)
        call.refresh_from_db()
        assert (call.state, call.ended_by_id, in_calls()) == ("ended", ada.pk, set())
        assert {answer.state for answer in answers[::2]} == {"ended"}
        for answer in answers[1::2]:
            assert isinstance(answer, CallOver) or answer.state in ("active", "ended")
        assert Notification.objects.filter(thing_id=call.pk).count() == (call.answered_at is None)


def test_many_who_call_one_person_get_one_call(ada: User) -> None:
    callers = [make_user() for _ in range(THREADS)]
    for caller in callers:
        follow(ada, caller)
    viewers = [viewer_of(caller) for caller in callers]

    answers = run_parallel(THREADS, lambda number: start_call(viewers[number], user_id=ada.pk, kind="voice"))
    cards = [answer for answer in answers if isinstance(answer, CallCard)]
    assert [type(answer) for answer in answers if not isinstance(answer, CallCard)] == [Busy] * (THREADS - 1)
    call = Call.objects.get()
    assert [card.id for card in cards] == [call.pk]
    assert in_calls() == {call.caller_id, ada.pk}


def test_two_who_call_each_other_are_in_one_call(ada: User, bob: User) -> None:
    follow(ada, bob)
    follow(bob, ada)
    viewers = [viewer_of(ada), viewer_of(bob)]

    def act(number: int) -> Any:
        return start_call(viewers[number % 2], user_id=viewers[1 - number % 2].id, kind="voice")

    for _ in range(3):
        answers = run_parallel(2, act)
        call = Call.objects.get()
        assert sorted(type(answer).__name__ for answer in answers) == ["Busy", "CallCard"]
        assert in_calls() == {ada.pk, bob.pk}
        end_call(viewers[0], call_id=call.pk)
        call.delete()


def test_circle_of_people_who_call_each_other_does_not_stand_still() -> None:
    people = [make_user() for _ in range(6)]
    for number, user in enumerate(people):
        follow(people[number - 1], user)
    viewers = [viewer_of(user) for user in people]

    answers = run_parallel(
        len(people),
        lambda number: start_call(viewers[number], user_id=people[number - 1].pk, kind="voice"),
    )
    assert {type(answer) for answer in answers} <= {Busy, CallCard}
    made = [answer for answer in answers if isinstance(answer, CallCard)]
    assert 2 <= len(made) <= 3
    assert len(in_calls()) == 2 * len(made)


def test_block_and_call_do_not_pass_each_other(api: Any) -> None:
    for _ in range(3):
        one, other = make_user(), make_user()
        make_conversation("direct", one, other)
        viewer, by_other = viewer_of(one), api(other)

        def act(number: int, viewer: Viewer = viewer, by_other: Any = by_other, one: User = one) -> Any:
            if number == 0:
                return by_other.put(f"users/{one.pk}/block").status_code
            return start_call(viewer, user_id=by_other.viewer.id, kind="voice")

        blocked, _ = run_parallel(2, act)
        assert blocked == 200
        assert in_calls() == set()
        assert set(Call.objects.filter(caller_id=one.pk).values_list("state", flat=True)) <= {"ended"}
