"""What people have, and how it came and went."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from django.conf import settings
from django.db.models import Min

from grover.core.pages import Page, PageRequest
from grover.core.viewers import Viewer
from payments.cards.money import Money
from payments.cards.wallet import (
    AboutCard,
    AccountName,
    BalanceCard,
    MovementCard,
    TransactionCard,
    TransferKindName,
    WalletCard,
)
from payments.enums import OF_PEOPLE, AccountKind
from payments.models import Entry, Hold, Transfer
from payments.policies.coins import COIN_CURRENCY
from payments.policies.movements import INCOME, about_of
from payments.policies.places import Place
from payments.selectors.ledger import balances_of


def get_wallet(viewer: Viewer) -> WalletCard:
    """Read all that the viewer has, in two queries."""
    balances = balances_of(viewer.id)
    waiting = Hold.objects.filter(owner_id=viewer.id, is_released=False, amount__gt=0)
    releases = dict(waiting.values_list("currency").annotate(Min("release_at")))

    def money(kind: AccountKind, currency: str) -> Money:
        return Money(balances.get((kind, currency), 0), currency)

    return WalletCard(
        coins=balances.get((AccountKind.COINS, COIN_CURRENCY), 0),
        balances=[
            BalanceCard(
                currency=currency,
                available=money(AccountKind.AVAILABLE, currency),
                pending=money(AccountKind.PENDING, currency),
                reserved=money(AccountKind.RESERVED, currency),
                next_release_at=releases.get(currency),
            )
            for currency in settings.CURRENCIES
        ],
    )


def transactions_of(viewer: Viewer, request: PageRequest) -> Page[TransactionCard]:
    """Read a page of the transfers that touched the viewer's accounts, the newest first.

    Each of the accounts is read by its own index, in a query, and the lists are put together; one query
    more finds what released money came from.
    """
    entries: dict[uuid.UUID, list[tuple[AccountKind, Entry]]] = defaultdict(list)
    for place in _places(viewer.id):
        rows = Entry.objects.filter(account_id=place.account_id(0))
        if request.after_id is not None:
            rows = rows.filter(transfer_id__lt=request.after_id)
        newest = rows.select_related("transfer").order_by("-transfer_id")[: request.limit + 1]
        for entry in newest:
            entries[entry.transfer_id].append((place.kind, entry))
    ids = sorted(entries, reverse=True)
    cards = _cards([entries[transfer_id] for transfer_id in ids[: request.limit]])
    return Page(cards, (cards[-1].id,) if len(ids) > request.limit else None)


def _places(user_id: uuid.UUID) -> list[Place]:
    return [Place(user_id, kind, currency) for currency in settings.CURRENCIES for kind in sorted(OF_PEOPLE)]


def _cards(transfers: Sequence[Sequence[tuple[AccountKind, Entry]]]) -> list[TransactionCard]:
    abouts = [about_of(entries[0][1].transfer.key) for entries in transfers]
    holds = [about.id for about in abouts if about is not None and about.kind == INCOME]
    sources = dict(Hold.objects.filter(pk__in=holds).values_list("pk", "source_id"))
    return [
        _card(
            entries[0][1].transfer,
            [MovementCard(account=_name(kind), amount=_amount(entry)) for kind, entry in entries],
            None if about is None else AboutCard(kind=about.kind, id=sources.get(about.id, about.id)),
        )
        for entries, about in zip(transfers, abouts, strict=True)
    ]


def _card(transfer: Transfer, movements: list[MovementCard], about: AboutCard | None) -> TransactionCard:
    return TransactionCard(
        id=transfer.pk,
        kind=cast(TransferKindName, transfer.kind),
        movements=movements,
        about=about,
        created_at=transfer.created_at,
    )


def _name(kind: AccountKind) -> AccountName:
    return cast(AccountName, kind.value)


def _amount(entry: Entry) -> Money:
    return Money(entry.amount, entry.currency)
