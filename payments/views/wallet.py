"""What one has and earns, over REST."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from grover.core.errors import NotAcceptable, NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet, JsonOnly
from payments.cards.earnings import EarningsCard
from payments.cards.wallet import TransactionCard, WalletCard
from payments.selectors.earnings import earnings_of
from payments.selectors.statements import statement_of
from payments.selectors.wallet import get_wallet, transactions_of
from payments.serializers.earnings import EarningsInput

CSV_TYPE = "text/csv"


class CsvOnly(JsonOnly):
    """Answer CSV to everyone who takes it."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        accept = request.META.get("HTTP_ACCEPT", "").lower()
        if not accept.strip() or any(kind in accept for kind in (CSV_TYPE, "text/*", "*/*")):
            return renderers[0], CSV_TYPE
        raise NotAcceptable


class WalletViewSet(ApiViewSet):
    """What the viewer has, and how it came and went."""

    @operation(
        "Read what one has",
        description="Coins, and money of each currency. What comes in is pending for a week.",
        card=WalletCard,
    )
    def retrieve(self, request: Request) -> HttpResponse:
        return self.answer(get_wallet(self.viewer))

    @operation(
        "List how one's money came and went",
        description="Every transfer that touched one's accounts, the newest first.",
        page_of=TransactionCard,
    )
    def transactions(self, request: Request) -> HttpResponse:
        return self.answer_page(transactions_of(self.viewer, self.page_request()))

    @operation(
        "Read what one earned",
        description="By source and by day in UTC, from a day to another one: at most 366 days.",
        query=EarningsInput,
        card=EarningsCard,
    )
    def earnings(self, request: Request) -> HttpResponse:
        return self.answer(earnings_of(self.viewer, **self.read_query(EarningsInput)))


class StatementViewSet(ApiViewSet):
    """The viewer's statements."""

    content_negotiation_class = CsvOnly

    @extend_schema(responses={(200, CSV_TYPE): bytes})
    @operation(
        "Read the statement of a month",
        description="CSV in UTF-8 with a header line: the opening balance, every movement, and the closing"
        " balance. `month` is such as `2026-11`, not to come, and not before one was here.",
        status=200,
        errors=(NotFound,),
    )
    def retrieve(self, request: Request, month: str) -> HttpResponseBase:
        response = StreamingHttpResponse(
            statement_of(self.viewer, month), content_type=f"{CSV_TYPE}; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="grover-{month}.csv"'
        response["Cache-Control"] = "private, no-store"
        return response
