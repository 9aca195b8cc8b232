"""What the staff decided about one's things, and appeals against it."""

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.actions.appeals import appeal_decision
from accounts.cards.moderation import DecisionCard
from accounts.errors.people import AppealedAlready, AppealTooLate
from accounts.selectors.decisions import decisions_of
from accounts.serializers.people import AppealInput
from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class DecisionsViewSet(ApiViewSet):
    """Decisions of the staff that concern one."""

    limits = {"appeal": "report"}

    @operation(
        "List what the staff decided about one's things",
        description="The last first. What was dismissed is not listed, and nobody is named.",
        page_of=DecisionCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(decisions_of(self.viewer, self.page_request()))

    @operation(
        "Appeal a decision",
        description="Once, until `appeal_until`. Somebody else of the staff looks at it again.",
        body=AppealInput,
        card=DecisionCard,
        errors=(NotFound, AppealedAlready, AppealTooLate),
    )
    def appeal(self, request: Request, decision_id: str) -> HttpResponse:
        said = self.read(AppealInput)
        return self.answer(
            appeal_decision(self.viewer, decision_id=self.path_id(decision_id), text=said["text"])
        )
