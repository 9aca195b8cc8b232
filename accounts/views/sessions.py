"""Where one is signed in, over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.sessions import revoke_other_sessions, revoke_session
from accounts.cards.identity import SessionCard
from accounts.selectors.sessions import own_sessions
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class SessionViewSet(ApiViewSet):
    """One's own sessions."""

    @operation("List one's sessions", page_of=SessionCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(own_sessions(self.viewer, self.page_request()))

    @operation("End one of one's sessions")
    def destroy(self, request: Request, session_id: str) -> HttpResponse:
        revoke_session(self.viewer, session_id=self.path_id(session_id))
        return self.no_content()

    @operation("End all of one's sessions but this one")
    def clear(self, request: Request) -> HttpResponse:
        revoke_other_sessions(self.viewer)
        return self.no_content()
