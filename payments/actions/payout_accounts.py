"""Saying where one is to be paid."""

import datetime as dt
import uuid

from accounts.actions.reauthentication import require_recent
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.moments import present
from grover.core.races import settled
from grover.core.viewers import Viewer
from payments.actions.mail import mail
from payments.cards.payouts import PayoutAccountCard
from payments.events.payouts import PayoutAccountChanged
from payments.models import PayoutAccount
from payments.policies.payouts import NEW_FOR, hint_of
from payments.selectors.payouts import get_payout_account, payout_account_of


def change_payout_account(actor: Viewer, *, receiver: str) -> PayoutAccountCard:
    """Have the actor paid somewhere else, from tomorrow on, and mail them; the same again changes nothing.

    Takes a password confirmed just now.
    """
    require_recent(actor)
    _change(actor.id, receiver, present())
    return get_payout_account(actor)


def mail_payout_account(user_id: uuid.UUID, receiver: str, changed_at: str) -> None:
    """Tell somebody of a change of where they are paid, while they can still stop it."""
    warning = (
        "If this was not you, change your password and the payout account now: nothing is paid there within"
        " 24 hours."
    )
    lines = [f"from tomorrow on you are paid to {receiver}.", warning]
    subject = "Your payout account was changed"
    mail(user_id, subject, lines, key=f"payout-account.{user_id}.{changed_at}")


@settled
@atomic
def _change(user_id: uuid.UUID, receiver: str, now: dt.datetime) -> None:
    known = payout_account_of(user_id)
    if known is not None and known.receiver == receiver:
        return
    usable_at = now + NEW_FOR
    if known is None:
        PayoutAccount(user_id=user_id, receiver=receiver, usable_at=usable_at).save(force_insert=True)
    else:
        PayoutAccount.objects.filter(pk=known.pk).update(receiver=receiver, usable_at=usable_at)
    emit(PayoutAccountChanged(user_id=user_id))
    enqueue_durable(
        "payments.tasks.mail_payout_account",
        user_id=user_id,
        receiver=hint_of(receiver),
        changed_at=f"{now:%Y%m%d%H%M%S%f}",
    )
