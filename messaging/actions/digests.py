"""The daily mail of what somebody has not read, for those who want it."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.selectors.contacts import MailReader, mail_readers
from grover.core.db import atomic
from grover.core.jobs import enqueue_durable
from messaging.enums import DeliveryState
from messaging.models import DigestDelivery, NotificationBox
from messaging.selectors.digests import digest_of

DUE_AT = dt.time(8, tzinfo=dt.UTC)
BATCH = 500
CLAIM_LASTS = dt.timedelta(minutes=10)


class DigestUnderWay(Exception):
    """Another run is sending the digest, or was killed while it did: to be tried again later."""


def begin_digests(now: dt.datetime) -> int:
    """Begin today's digest of all who want one and have something to read; give how many.

    From eight o'clock, universal time. Whoever is passed over has had their turn as well, so that
    nothing is mailed late that was told while they wanted no mail.
    """
    due_at = dt.datetime.combine(now.date(), DUE_AT)
    if now < due_at:
        return 0
    begun = 0
    rows = NotificationBox.objects.filter(mailed_until__lt=due_at).order_by("pk")
    while part := list(rows[:BATCH]):
        readers = mail_readers([box.pk for box in part if box.unread_count])
        begun += sum(_begin(box, due_at, now) for box in part if box.pk in readers)
        _pass_over([box.pk for box in part if box.pk not in readers], due_at, now)
    return begun


@atomic
def _begin(box: NotificationBox, due_at: dt.datetime, now: dt.datetime) -> bool:
    """Write down the digest of one person with its job; once a day, however many try."""
    due = NotificationBox.objects.filter(pk=box.pk, mailed_until__lt=due_at)
    if not due.update(mailed_until=now):
        return False
    DigestDelivery.objects.create(
        user_id=box.pk, day=now.date(), since=box.mailed_until, until=now, claimed_until=now
    )
    enqueue_durable("messaging.tasks.send_digest", user_id=box.pk, day=now.date())
    return True


@atomic
def _pass_over(user_ids: list[uuid.UUID], due_at: dt.datetime, now: dt.datetime) -> None:
    NotificationBox.objects.filter(pk__in=user_ids, mailed_until__lt=due_at).update(mailed_until=now)


def send_digest(user_id: uuid.UUID, day: dt.date, now: dt.datetime) -> bool:
    """Send the digest of one day to one person, unless it was sent; tell whether it was sent now.

    It is claimed before it is sent and written down as sent afterwards, so two runs never send at once.
    A run that is killed before the mail server takes the mail loses nothing: the next one sends it. One
    that is killed in the instant between that and the writing down sends it again: the same mail, of the
    same period and the same `Message-ID`, which mailboxes show once. What one digest tells no other does.
    """
    delivery = _claim(user_id, day, now)
    if delivery is None:
        return False
    try:
        is_sent = _send(delivery)
    except Exception:
        _release(delivery, timezone.now())
        raise
    _finish(delivery, timezone.now())
    return is_sent


@atomic
def _claim(user_id: uuid.UUID, day: dt.date, now: dt.datetime) -> DigestDelivery | None:
    """Take a digest that waits; None when there is none. DigestUnderWay when another run has it."""
    rows = DigestDelivery.objects.filter(user_id=user_id, day=day, state=DeliveryState.WAITING)
    if rows.filter(claimed_until__lte=now).update(claimed_until=now + CLAIM_LASTS):
        return rows.first()
    if rows.exists():
        raise DigestUnderWay
    return None


@atomic
def _release(delivery: DigestDelivery, now: dt.datetime) -> None:
    rows = DigestDelivery.objects.filter(pk=delivery.pk, claimed_until=delivery.claimed_until)
    rows.update(claimed_until=now)


@atomic
def _finish(delivery: DigestDelivery, now: dt.datetime) -> None:
    rows = DigestDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    rows.update(state=DeliveryState.SENT, sent_at=now)


def _send(delivery: DigestDelivery) -> bool:
    """Mail what is still unread and visible of a period; tell whether there was anything."""
    reader = mail_readers([delivery.user_id]).get(delivery.user_id)
    if reader is None:
        return False
    digest = digest_of(
        delivery.user_id, since=delivery.since, until=delivery.until, kinds=sorted(reader.kinds)
    )
    if not digest.lines:
        return False
    context = {"digest": digest, "username": reader.username, "public_url": settings.PUBLIC_URL}
    _mail(delivery, reader, digest.subject, context)
    return True


def _mail(delivery: DigestDelivery, reader: MailReader, subject: str, context: dict[str, Any]) -> None:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    mail = EmailMultiAlternatives(
        subject,
        render_to_string("messaging/mail/digest.txt", context).strip() + "\n",
        to=[reader.email],
        headers={
            "Message-ID": f"<digest.{delivery.pk}@{domain}>",
            "List-Unsubscribe": f"<{settings.PUBLIC_URL}/settings/notifications>",
        },
        connection=get_connection(),
    )
    html = render_to_string("messaging/mail/digest.html", {**context, "subject": subject})
    mail.attach_alternative(html, "text/html")
    mail.send()
