"""The seats of open sockets: confirmed by their process, swept when it is gone."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id, new_id_at
from messaging.actions.presence import confirm_seats, leave_seat, sweep_seats, take_seat
from messaging.models import Conversation, Seat
from messaging.selectors.presence import people_active, people_online, seat_count, states_of
from tests.conftest import sign_in
from tests.messaging.frames import published

pytestmark = pytest.mark.django_db

LONG_AGO = dt.timedelta(hours=1)


def test_contacts_are_told_of_the_first_seat_and_the_last(ada: User, bob: User, talk: Conversation) -> None:
    one, other, seat_id, process_id = sign_in(ada)[0], sign_in(bob)[0], new_id(), new_id()
    take_seat(other, seat_id=new_id(), process_id=process_id)

    with published() as frames:
        take_seat(one, seat_id=seat_id, process_id=process_id)
        take_seat(one, seat_id=(second := new_id()), process_id=process_id)
        leave_seat(one, seat_id=seat_id)
        leave_seat(one, seat_id=second)

    assert [(frame.group, frame.data) for frame in frames] == [
        (f"user.{bob.pk}", {"user_id": str(ada.pk), "state": state}) for state in ("active", "offline")
    ]


def test_seats_of_a_process_that_is_gone_are_swept(ada: User, bob: User, talk: Conversation) -> None:
    now, gone = timezone.now(), new_id()
    take_seat(sign_in(bob)[0], seat_id=new_id(), process_id=new_id())
    take_seat(sign_in(ada)[0], seat_id=new_id(), process_id=gone)
    Seat.objects.filter(process_id=gone).update(seen_at=now - settings.SEAT_LASTS - dt.timedelta(seconds=1))
    assert people_online([ada.pk, bob.pk]) == people_active([ada.pk, bob.pk]) == {bob.pk}

    with published() as frames:
        assert (sweep_seats(now), sweep_seats(now)) == (1, 0)

    assert [(frame.group, frame.data["state"]) for frame in frames] == [(f"user.{bob.pk}", "offline")]
    assert states_of([ada.pk, bob.pk]) == {ada.pk: "offline", bob.pk: "active"}


def test_confirming_takes_again_what_was_swept_and_leaves_what_stayed(ada: User, bob: User) -> None:
    now, process_id = timezone.now(), new_id()
    one, other = sign_in(ada)[0], sign_in(bob)[0]
    swept, stayed, opening = new_id(), new_id_at(now - LONG_AGO), new_id()
    take_seat(other, seat_id=stayed, process_id=process_id)
    take_seat(other, seat_id=opening, process_id=process_id)

    confirm_seats(process_id, {swept: one}, now)
    confirm_seats(process_id, {swept: one}, now)

    assert set(Seat.objects.values_list("pk", flat=True)) == {swept, opening}
    assert (seat_count(ada.pk), seat_count(bob.pk)) == (1, 1)
