"""Payouts, and where they go, as who is paid sees them."""

import uuid
from typing import cast

from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.payouts import PayoutAccountCard, PayoutCard, PayoutStateName
from payments.models import Payout, PayoutAccount
from payments.policies.payouts import hint_of


def payout_account_of(user_id: uuid.UUID) -> PayoutAccount | None:
    """Find where somebody is paid."""
    return PayoutAccount.objects.filter(user_id=user_id).first()


def get_payout_account(viewer: Viewer) -> PayoutAccountCard:
    """Read where the viewer is paid; NotFound when they did not say."""
    account = payout_account_of(viewer.id)
    if account is None:
        raise NotFound
    return PayoutAccountCard(receiver=account.receiver, usable_at=account.usable_at)


def get_payout(viewer: Viewer, payout_id: uuid.UUID) -> PayoutCard:
    """Read a payout of the viewer's; NotFound when it is of others."""
    payout = Payout.objects.filter(pk=payout_id, user_id=viewer.id).first()
    if payout is None:
        raise NotFound
    return _card(payout)


def payouts_of(viewer: Viewer, request: PageRequest) -> Page[PayoutCard]:
    """Read a page of the viewer's payouts, the newest first."""
    page = keyset_page(Payout.objects.filter(user_id=viewer.id), request)
    return page.map(lambda found: [_card(payout) for payout in found])


def _card(payout: Payout) -> PayoutCard:
    return PayoutCard(
        id=payout.pk,
        amount=Money(payout.amount, payout.currency),
        receiver=hint_of(payout.receiver),
        state=cast(PayoutStateName, payout.state),
        is_frozen=bool(payout.frozen_reason),
        reason=payout.reason,
        created_at=payout.created_at,
        over_at=payout.over_at,
    )
