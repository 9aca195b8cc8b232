"""The daily mail: for those who want it, once, whatever becomes of who sends it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts.enums import AccountStatus
from accounts.models import User
from grover.core.jobs import run_outbox_job
from grover.core.models import OutboxJob
from messaging.actions import digests
from messaging.actions.digests import DigestUnderWay, begin_digests, send_digest
from messaging.enums import DeliveryState
from messaging.models import DigestDelivery, Notification, NotificationBox
from tests.content.people import suspend
from tests.factories.accounts import make_user
from tests.factories.content import make_post
from tests.factories.notifications import make_notification, set_channels
from tests.races import run_parallel

MORNING = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
TODAY = MORNING.date()
KINDS = ("follow", "reaction", "mention")


class Killed(BaseException):
    """What ends a process, which nothing catches."""


@pytest.fixture
def ada(db: None) -> User:
    """Somebody who wants mail of some kinds and has a notification since yesterday."""
    user = make_user("ada")
    for kind in KINDS:
        set_channels(user, kind, mail=True)
    return user


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Collect the jobs that are asked for."""
    asked: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(digests, "enqueue_durable", lambda name, **kwargs: asked.append((name, kwargs)))
    return asked


def tell(user: User, *actors: User, at: dt.datetime | None = None, **fields: Any) -> Notification:
    """Tell somebody of something at a moment, in the evening before unless said otherwise."""
    row = make_notification(user, *actors, **fields)
    told_at = at or MORNING - dt.timedelta(hours=12)
    Notification.objects.filter(pk=row.pk).update(told_at=told_at)
    NotificationBox.objects.filter(pk=user.pk, mailed_until__gt=told_at).update(
        mailed_until=told_at - dt.timedelta(hours=1)
    )
    return row


def begin(user: User) -> DigestDelivery:
    """Begin the digest of somebody."""
    assert begin_digests(MORNING) == 1
    return DigestDelivery.objects.get(user=user)


# --- Who is due --------------------------------------------------------------------------------


def test_digest_is_begun_once_a_day(ada: User, bob: User, jobs: list[Any]) -> None:
    tell(ada, bob)

    assert begin_digests(MORNING - dt.timedelta(hours=2)) == 0
    assert [begin_digests(MORNING), begin_digests(MORNING + dt.timedelta(hours=3))] == [1, 0]
    assert jobs == [("messaging.tasks.send_digest", {"user_id": ada.pk, "day": TODAY})]

    row = DigestDelivery.objects.get()
    assert (row.user_id, row.day, row.until, row.state) == (ada.pk, TODAY, MORNING, DeliveryState.WAITING)
    assert NotificationBox.objects.get(pk=ada.pk).mailed_until == MORNING
    assert begin_digests(MORNING + dt.timedelta(days=1)) == 1


def test_only_who_wants_it_and_can_have_it_is_mailed(ada: User, bob: User, jobs: list[Any]) -> None:
    others = {
        "wants_none": make_user("wants_none"),
        "unconfirmed": make_user("unconfirmed", verified_email=None),
        "suspended": make_user("suspended"),
        "has_read": make_user("has_read"),
    }
    for user in others.values():
        if user.username == "wants_none":
            for kind in ("payment", "security"):
                set_channels(user, kind, mail=False)
        else:
            set_channels(user, "follow", mail=True)
        tell(user, bob)
    tell(ada, bob)
    suspend(others["suspended"])
    NotificationBox.objects.filter(pk=others["has_read"].pk).update(unread_count=0)

    assert begin_digests(MORNING) == 1

    assert [kwargs["user_id"] for _, kwargs in jobs] == [ada.pk]
    assert set(NotificationBox.objects.values_list("mailed_until", flat=True)) == {MORNING}


def test_many_are_begun_in_parts(monkeypatch: pytest.MonkeyPatch, db: None, jobs: list[Any]) -> None:
    monkeypatch.setattr(digests, "BATCH", 2)
    bob, people = make_user("bob"), [make_user() for _ in range(5)]
    for person in people:
        set_channels(person, "follow", mail=True)
        tell(person, bob)
    assert [begin_digests(MORNING) for _ in range(2)] == [5, 0]
    assert {kwargs["user_id"] for _, kwargs in jobs} == {person.pk for person in people}


@pytest.mark.django_db(transaction=True)
def test_digests_that_are_begun_at_once_are_begun_once(jobs: list[Any]) -> None:
    bob, people = make_user("bob"), [make_user() for _ in range(4)]
    for person in people:
        set_channels(person, "follow", mail=True)
        tell(person, bob)
    assert sum(run_parallel(4, lambda _: begin_digests(MORNING))) == 4
    assert DigestDelivery.objects.count() == 4


# --- What it says ------------------------------------------------------------------------------


def test_digest_says_what_is_unread(ada: User, bob: User, eve: User, jobs: list[Any]) -> None:
    User.objects.filter(pk=bob.pk).update(display_name="Bob <b>")
    post = make_post(ada, text="Engines & more")
    tell(ada, eve, bob)
    tell(ada, bob, kind="reaction", thing_kind="post", thing_id=post.pk)
    tell(ada, bob, kind="stream")
    read = tell(ada, bob, kind="mention")
    Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
    begin(ada)

    assert send_digest(ada.pk, TODAY, MORNING) is True

    [sent] = mail.outbox
    row = DigestDelivery.objects.get()
    assert (sent.to, sent.subject) == (["ada@example.com"], "2 new notifications")
    assert sent.body == (
        "Hello @ada,\n\nthis is what you have not read yet:\n\n"
        "- Bob <b> reacted to your post: “Engines & more”\n"
        "- Bob <b> and @eve followed you\n\n"
        "You get this mail at most once a day. To get it no more, turn mail off in the settings of your\n"
        f"notifications: {settings.PUBLIC_URL}/settings/notifications\n\n"
        f"Grover · {settings.PUBLIC_URL}\n"
    )
    [(html, kind)] = sent.alternatives
    assert kind == "text/html"
    assert "Bob &lt;b&gt; reacted to your post: “Engines &amp; more”" in html
    assert f"{settings.PUBLIC_URL}/settings/notifications" in html
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    assert sent.extra_headers == {
        "Message-ID": f"<digest.{row.pk}@{domain}>",
        "List-Unsubscribe": f"<{settings.PUBLIC_URL}/settings/notifications>",
    }
    assert row.state == DeliveryState.SENT
    assert row.sent_at is not None


def test_long_digest_is_cut(monkeypatch: pytest.MonkeyPatch, ada: User, bob: User, jobs: list[Any]) -> None:
    monkeypatch.setattr("messaging.selectors.digests.MOST_LINES", 2)
    for kind in KINDS:
        tell(ada, bob, kind=kind)
    begin(ada)
    send_digest(ada.pk, TODAY, MORNING)
    [sent] = mail.outbox
    assert sent.subject == "3 new notifications"
    assert "- @bob mentioned you\n- @bob reacted to your post\n\nAnd 1 more.\n" in sent.body
    assert "And 1 more." in sent.alternatives[0][0]


def test_nothing_to_say_is_not_mailed(ada: User, bob: User, jobs: list[Any]) -> None:
    tell(ada, bob, kind="stream")
    begin(ada)
    assert send_digest(ada.pk, TODAY, MORNING) is False
    assert mail.outbox == []
    assert DigestDelivery.objects.get().state == DeliveryState.SENT


@pytest.mark.parametrize("change", ["mail_off", "unconfirmed", "suspended", "read", "actor_gone"])
def test_digest_heeds_what_changed_since_it_was_begun(
    ada: User, bob: User, jobs: list[Any], change: str
) -> None:
    tell(ada, bob)
    begin(ada)
    match change:
        case "mail_off":
            set_channels(ada, "follow", mail=False)
        case "unconfirmed":
            User.objects.filter(pk=ada.pk).update(verified_email=None)
        case "suspended":
            User.objects.filter(pk=ada.pk).update(status=AccountStatus.SUSPENDED)
        case "read":
            Notification.objects.update(read_at=timezone.now())
        case "actor_gone":
            suspend(bob)
    assert send_digest(ada.pk, TODAY, MORNING) is False
    assert mail.outbox == []


def test_one_digest_tells_what_no_other_does(ada: User, bob: User, jobs: list[Any]) -> None:
    tomorrow = MORNING + dt.timedelta(days=1)
    tell(ada, bob)
    begin(ada)
    tell(ada, bob, kind="mention", at=MORNING + dt.timedelta(hours=1))
    send_digest(ada.pk, TODAY, MORNING)
    NotificationBox.objects.filter(pk=ada.pk).update(mailed_until=MORNING)
    assert begin_digests(tomorrow) == 1
    send_digest(ada.pk, tomorrow.date(), tomorrow)

    assert ["followed" in sent.body for sent in mail.outbox] == [True, False]
    assert ["mentioned" in sent.body for sent in mail.outbox] == [False, True]


# --- What a crash does -------------------------------------------------------------------------


def test_digest_is_sent_once_however_often_it_runs(ada: User, bob: User, jobs: list[Any]) -> None:
    tell(ada, bob)
    begin(ada)
    assert [send_digest(ada.pk, TODAY, MORNING) for _ in range(3)] == [True, False, False]
    assert send_digest(ada.pk, TODAY + dt.timedelta(days=1), MORNING) is False
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_digest_is_sent_once_when_many_run_it_at_once(jobs: list[Any]) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    set_channels(ada, "follow", mail=True)
    tell(ada, bob)
    begin(ada)
    results = run_parallel(6, lambda _: send_digest(ada.pk, TODAY, MORNING))
    assert len(mail.outbox) == 1
    assert results.count(True) == 1
    assert all(result in (True, False) or isinstance(result, DigestUnderWay) for result in results)


@pytest.mark.parametrize(
    ("step", "sent_before"),
    [("_claim", 0), ("_send", 0), ("_mail", 0), ("mail_is_out", 1), ("_finish", 1)],
)
def test_killed_run_is_made_good(
    monkeypatch: pytest.MonkeyPatch, ada: User, bob: User, jobs: list[Any], step: str, sent_before: int
) -> None:
    tell(ada, bob)
    begin(ada)
    real: Callable[..., Any] = digests._mail

    def die(*args: Any) -> None:
        if step == "mail_is_out":
            real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(digests, "_mail" if step == "mail_is_out" else step, die)
        with pytest.raises(Killed):
            send_digest(ada.pk, TODAY, MORNING)
    assert len(mail.outbox) == sent_before

    later = MORNING + dt.timedelta(minutes=11)
    if step != "_claim":
        with pytest.raises(DigestUnderWay):
            send_digest(ada.pk, TODAY, MORNING + dt.timedelta(minutes=9))
    assert [send_digest(ada.pk, TODAY, later) for _ in range(2)] == [True, False]
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 1
    assert len({sent.body for sent in mail.outbox}) == 1
    assert len(mail.outbox) == sent_before + 1


def test_refused_mail_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, ada: User, bob: User, jobs: list[Any]
) -> None:
    tell(ada, bob)
    begin(ada)

    def refuse(*args: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(digests, "_mail", refuse)
        with pytest.raises(ConnectionRefusedError):
            send_digest(ada.pk, TODAY, MORNING)
    assert send_digest(ada.pk, TODAY, timezone.now()) is True
    assert len(mail.outbox) == 1


def test_killed_run_of_all_goes_on(
    monkeypatch: pytest.MonkeyPatch, ada: User, bob: User, jobs: list[Any]
) -> None:
    other = make_user("other")
    set_channels(other, "follow", mail=True)
    for person in (ada, other):
        tell(person, bob)
    real, calls = digests._begin, []

    def die(*args: Any) -> bool:
        calls.append(args)
        if len(calls) == 2:
            raise Killed
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(digests, "_begin", die)
        with pytest.raises(Killed):
            begin_digests(MORNING)
    assert len(jobs) == 1
    assert begin_digests(MORNING) == 1
    assert {kwargs["user_id"] for _, kwargs in jobs} == {ada.pk, other.pk}


@pytest.mark.django_db(transaction=True)
def test_whole_road_from_the_clock_to_the_mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    set_channels(ada, "follow", mail=True)
    tell(ada, bob)
    with monkeypatch.context() as patch:
        patch.setattr("grover.core.jobs._start_durable", lambda *args: False)
        begin_digests(MORNING)
    job = OutboxJob.objects.get()
    assert job.name == "messaging.tasks.send_digest"

    assert [run_outbox_job(job.pk, timezone.now()) for _ in range(2)] == [True, False]

    assert [sent.subject for sent in mail.outbox] == ["1 new notification"]
    assert not OutboxJob.objects.exists()
