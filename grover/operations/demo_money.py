"""What the person of the demo offers, and earned: made as people make it, with the sandbox as the provider.

Nobody is written to while it is made: neither are mails sent, nor does the sandbox tell a server that does
not listen yet.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from content.actions.publishing import publish_post
from grover.core.ids import new_id
from grover.core.viewers import on_behalf_of
from payments.actions.holds import release_due
from payments.actions.payments import refresh_payment
from payments.actions.products import create_product
from payments.actions.tiers import open_tier
from payments.actions.tips import send_tip
from payments.cards.money import Money
from payments.models import Hold, Payment, PayoutAccount
from payments.providers.sandbox.orders import decide

TIPS = (2_500, 1_000, 500, 5_000)
STILL_PENDING = 700
RECEIVER = "demo@pay.example.com"


def make_money(demo: User, fans: Sequence[User]) -> None:
    """Let somebody offer things of each kind, and have earned enough to be paid out."""
    with _quietly():
        _offer(demo)
        for fan, amount in zip(itertools.cycle(fans), TIPS, strict=False):
            _tip(fan, demo, amount)
        Hold.objects.filter(owner_id=demo.pk).update(release_at=timezone.now())
        release_due(timezone.now())
        for fan in fans[:1]:
            _tip(fan, demo, STILL_PENDING)
        long_ago = timezone.now() - dt.timedelta(days=30)
        PayoutAccount.objects.create(user_id=demo.pk, receiver=RECEIVER, usable_at=long_ago)


def _offer(demo: User) -> None:
    creator = on_behalf_of(demo.pk)
    open_tier(
        creator,
        name="Friends",
        description="All that I draw, a week before the others.",
        price=Money(499, "USD"),
        benefits=["Every sketch", "A say in what comes next"],
    )
    for kind, title, price, stock in (
        ("physical", "A print of the harbour", 2_400, 20),
        ("service", "An hour of drawing together", 4_500, None),
    ):
        create_product(
            creator,
            kind=kind,
            title=title,
            description="",
            price=Money(price, "USD"),
            stock=stock,
            media_ids=[],
            file_media_id=None,
            state="published",
        )
    publish_post(
        creator,
        text="How I mix the grey of the harbour: two parts of blue, one of burnt umber.",
        price=Money(300, "USD"),
        preview_text="How I mix the grey of the harbour",
    )
    publish_post(
        creator,
        text="For my subscribers: next week's drawing, still in pencil.",
        visibility="subscribers",
        preview_text="Next week's drawing, in pencil",
    )


def _tip(fan: User, creator: User, amount: int) -> None:
    payment_id = new_id()
    send_tip(
        on_behalf_of(fan.pk),
        payment_id=payment_id,
        target_id=creator.pk,
        amount=Money(amount, "USD"),
        note="Thank you for the drawings",
    )
    decide(str(Payment.objects.get(pk=payment_id).order_id), approves=True)
    refresh_payment(payment_id)


@contextmanager
def _quietly() -> Iterator[None]:
    before = settings.SANDBOX_WEBHOOK_URL, settings.EMAIL_BACKEND
    settings.SANDBOX_WEBHOOK_URL = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.SANDBOX_WEBHOOK_URL, settings.EMAIL_BACKEND = before
