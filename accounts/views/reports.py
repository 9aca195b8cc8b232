"""Telling the staff."""

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from accounts.actions.reports import file_report
from accounts.cards.people import ReportCard
from accounts.selectors.reports import get_report
from accounts.serializers.people import ReportInput
from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class ReportsViewSet(ApiViewSet):
    """What one reported."""

    limits = {"create": "report"}

    @operation(
        "Report a thing",
        description="It lands in the staff's queue. A thing reported before answers 200 with that report.",
        body=ReportInput,
        card=ReportCard,
        status=201,
        other={200: ReportCard},
        errors=(NotFound,),
    )
    def create(self, request: Request) -> HttpResponse:
        said = self.read(ReportInput)
        card, is_new = file_report(
            self.viewer,
            kind=said["target"]["kind"],
            target_id=said["target"]["id"],
            reason=said["reason"],
            note=said["note"],
        )
        return self.answer(card, status=201 if is_new else 200, location=reverse("report", args=[card.id]))

    @operation("Read a report of one's own", card=ReportCard, conditional=True)
    def retrieve(self, request: Request, report_id: str) -> HttpResponse:
        return self.answer_resource(get_report(self.viewer, self.path_id(report_id)))
