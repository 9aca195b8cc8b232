"""Who tipped a creator most."""

import uuid

from django.db.models import Count, F, Sum

from accounts.selectors.people import users_by_id
from accounts.selectors.relations import blocked_ids, visible_person
from grover.core.pages import Page, PageRequest, cut_page
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.payments import TipperCard
from payments.enums import PAID, Purpose
from payments.models import Payment

MOST_TIPPERS = 100


def top_tippers(viewer: Viewer, user_id: uuid.UUID, request: PageRequest) -> Page[TipperCard]:
    """Read a page of the hundred people who tipped somebody most, the most generous first.

    NotFound across a block; whom the viewer may not see is left out.
    """
    visible_person(viewer, user_id)
    tips = Payment.objects.filter(payee_id=user_id, purpose=Purpose.TIP, state__in=PAID)
    totals = tips.values("payer_id", "currency").annotate(
        total=Sum(F("amount") - F("refunded")), tip_count=Count("pk")
    )
    rows = list(totals.order_by("-total", "payer_id")[:MOST_TIPPERS])
    people = {row["payer_id"] for row in rows}
    users = users_by_id(people - blocked_ids(viewer.id, among=people))
    cards = [
        TipperCard(
            user=users[row["payer_id"]],
            total=Money(row["total"], row["currency"]),
            tip_count=row["tip_count"],
        )
        for row in rows
        if row["payer_id"] in users
    ]
    return cut_page(cards, request)
