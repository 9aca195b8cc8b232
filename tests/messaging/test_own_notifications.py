"""What people are told of their own: nobody did it."""

from typing import Any

import pytest

from accounts.models import User
from grover.core.ids import new_id
from messaging.actions.notifications import notify
from messaging.models import Notification, NotificationBox
from messaging.selectors.digests import digest_of
from messaging.selectors.notifications import card_of
from messaging.selectors.push import wake_about
from messaging.selectors.wording import sentence_of
from tests.factories.notifications import set_channels

pytestmark = pytest.mark.django_db

PAYOUT = new_id()


def tell(user: User, what: str = "paid_out", source: str = "payout:1") -> Notification:
    notify(
        user.pk,
        kind="payment",
        actor_id=None,
        source=source,
        thing_kind="payout",
        thing_id=PAYOUT,
        data={"what": what},
    )
    return Notification.objects.filter(user=user).order_by("-seq")[0]


def test_it_is_listed_without_actors(api: Any, ada: User) -> None:
    tell(ada)

    [card] = api(ada).get("notifications").json()["results"]
    assert (card["kind"], card["actors"], card["actor_count"]) == ("payment", [], 0)
    assert (card["thing"], card["data"]) == ({"kind": "payout", "id": str(PAYOUT)}, {"what": "paid_out"})
    assert api(ada).get("notifications/unread").json()["unread"] == 1


def test_it_is_told_once(ada: User) -> None:
    tell(ada)
    tell(ada)

    box = NotificationBox.objects.get(pk=ada.pk)
    assert (Notification.objects.count(), box.unread_count, box.last_seq) == (1, 1, 1)


def test_what_comes_after_joins_what_is_unread(ada: User) -> None:
    tell(ada)
    told = tell(ada, "payout_failed", "payout:2")

    assert Notification.objects.count() == 1
    assert (told.actor_ids, told.actor_count, told.data, told.seq) == ([], 0, {"what": "payout_failed"}, 2)


def test_it_is_not_told_when_its_kind_is_off(ada: User) -> None:
    set_channels(ada, "payment", in_app=False)
    notify(ada.pk, kind="payment", actor_id=None, source="payout:1")

    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("paid_out", "You were paid out"),
        ("payout_failed", "You could not be paid out"),
        ("else", "There is something new in your account"),
    ],
)
def test_it_has_words_of_its_own(ada: User, what: str, sentence: str) -> None:
    told = tell(ada, what)

    assert sentence_of(card_of(told, {}, told.data, seen_seq=0)) == sentence
    wake = wake_about(told.pk, told.seq)
    assert wake is not None
    assert wake.note.body == sentence
    since = told.told_at.replace(year=2000)
    digest = digest_of(ada.pk, since=since, until=told.told_at, kinds=["payment"])
    assert [line.sentence for line in digest.lines] == [sentence]
