"""Calls over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.errors.people import OwnAccount
from grover.core.errors import Conflict, NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from messaging.actions import calls
from messaging.cards.calls import CallCard
from messaging.errors.calls import Busy, CallOver, CallsNotAllowed, NotTheCallee
from messaging.selectors.calls import calls_of, get_call
from messaging.serializers.calls import CallInput


class CallViewSet(ApiViewSet):
    """Voice and video calls of two people."""

    limits = {"create": "call"}

    @operation(
        "List one's calls",
        description="Those one made and got, the newest first.",
        page_of=CallCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(calls_of(self.viewer, self.page_request()))

    @operation(
        "Call somebody",
        description="It rings for 30 seconds on all their devices. One may call those who take messages from"
        " one, and follow one or have accepted a conversation with one. `access` is what one joins the"
        " channel of the call with.",
        body=CallInput,
        card=CallCard,
        status=201,
        errors=(OwnAccount, NotFound, CallsNotAllowed, Busy, Conflict),
        example={"user_id": "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e", "kind": "video"},
    )
    def create(self, request: Request) -> HttpResponse:
        card = calls.start_call(self.viewer, **self.read(CallInput))
        return self.answer(card, status=201, location=f"/api/v1/calls/{card.id}")

    @operation(
        "Read a call",
        description="While it is active, each reading gives an `access` that is good for another hour.",
        card=CallCard,
    )
    def retrieve(self, request: Request, call_id: str) -> HttpResponse:
        return self.answer(get_call(self.viewer, self.path_id(call_id)))

    @operation(
        "Answer a call",
        description="For who is called, while it rings. Answering again gives the same.",
        card=CallCard,
        errors=(NotTheCallee, CallOver),
    )
    def answer_ringing(self, request: Request, call_id: str) -> HttpResponse:
        return self.answer(calls.answer_call(self.viewer, call_id=self.path_id(call_id)))

    @operation(
        "Decline a call",
        description="For who is called, while it rings. Declining again gives the same.",
        card=CallCard,
        errors=(NotTheCallee, CallOver),
    )
    def decline(self, request: Request, call_id: str) -> HttpResponse:
        return self.answer(calls.decline_call(self.viewer, call_id=self.path_id(call_id)))

    @operation(
        "End a call",
        description="For both, while it rings or is active. When who calls ends it before it is answered,"
        " who is called has missed it. Ending again gives the same.",
        card=CallCard,
        errors=(CallOver,),
    )
    def end(self, request: Request, call_id: str) -> HttpResponse:
        return self.answer(calls.end_call(self.viewer, call_id=self.path_id(call_id)))
