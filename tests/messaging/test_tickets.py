"""Tickets: for whom they are, and that each opens one socket."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from grover.core.errors import NotSignedIn
from grover.core.tokens import viewer_until
from messaging.actions.tickets import issue_ticket, redeem_ticket, sweep_tickets
from messaging.models import Ticket
from tests.conftest import ApiClient, sign_in
from tests.races import run_parallel

SOON = dt.timedelta(minutes=15)


@pytest.mark.django_db
def test_ticket_signs_in_whoever_asked_for_it(ada: User, api: Callable[..., ApiClient]) -> None:
    client = api(ada)
    before = timezone.now()

    answer = client.post("realtime/ticket")

    assert answer.status_code == 201
    card = answer.json()
    assert set(card) == {"ticket", "expires_at"}
    lasts = dt.datetime.fromisoformat(card["expires_at"]) - before
    assert dt.timedelta(seconds=29) < lasts < dt.timedelta(seconds=35)
    row = Ticket.objects.get()
    assert card["ticket"] not in (row.ticket_hash, str(row.pk))
    viewer, access_expires_at = redeem_ticket(card["ticket"])
    assert viewer == client.viewer
    known = viewer_until(client.token or "")[1]
    assert abs(access_expires_at - known) < dt.timedelta(milliseconds=1)


@pytest.mark.django_db
def test_ticket_is_good_once_and_not_for_long(ada: User) -> None:
    viewer, _ = sign_in(ada)
    used = issue_ticket(viewer, access_expires_at=timezone.now() + SOON).ticket
    late = issue_ticket(viewer, access_expires_at=timezone.now() + SOON).ticket
    of_expired_token = issue_ticket(viewer, access_expires_at=timezone.now()).ticket
    redeem_ticket(used)
    row = Ticket.objects.order_by("id").first()
    assert row is not None
    Ticket.objects.filter(pk=row.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    for ticket in (used, late, of_expired_token, "", "nonsense"):
        with pytest.raises(NotSignedIn):
            redeem_ticket(ticket)

    assert sweep_tickets(timezone.now()) == 1
    assert not Ticket.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ticket_that_twenty_take_at_once_is_had_by_one(ada: User) -> None:
    viewer, _ = sign_in(ada)
    ticket = issue_ticket(viewer, access_expires_at=timezone.now() + SOON).ticket

    results = run_parallel(20, lambda _: redeem_ticket(ticket)[0])

    assert results.count(viewer) == 1
    assert sum(isinstance(result, NotSignedIn) for result in results) == 19
