"""Tickets over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.schema import operation
from grover.core.tokens import bearer_token, viewer_until
from grover.core.views import ApiViewSet
from messaging.actions.tickets import issue_ticket
from messaging.cards.tickets import TicketCard


class TicketViewSet(ApiViewSet):
    """What a browser opens a socket with."""

    @operation(
        "Get a ticket for a socket",
        description="For browsers: it opens one socket at `/ws/`, within half a minute, as the subprotocol"
        " `ticket.<ticket>` beside `grover.v1`.",
        card=TicketCard,
        status=201,
    )
    def create(self, request: Request) -> HttpResponse:
        _, expires_at = viewer_until(bearer_token(request.META["HTTP_AUTHORIZATION"]))
        return self.answer(issue_ticket(self.viewer, access_expires_at=expires_at), status=201)
