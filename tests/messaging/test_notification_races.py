"""Notifications stay exact, however many act at the same time."""

import uuid
from typing import Any

import pytest
from django.db import connection

from accounts.actions.blocks import block_user
from accounts.actions.follows import follow_user, unfollow_user
from accounts.models import User
from content.actions.comments import add_comment, delete_comment
from content.actions.reactions import react_to_post, unreact_to_post
from content.models import PostReaction
from grover.core.db import atomic
from grover.core.viewers import Viewer
from messaging.actions.notification_reads import read_notification, read_notifications, see_notifications
from messaging.actions.notifications import notify, withdraw
from messaging.models import Notification, NotificationBox, NotificationCause
from tests.factories.accounts import make_user
from tests.factories.content import make_post
from tests.factories.notifications import box_of, make_notification
from tests.messaging.frames import Frame, published
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

IS_SQLITE = connection.vendor == "sqlite"
FANS = 50
ROUNDS = 3 if IS_SQLITE else 6


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


def raised(results: list[Any]) -> list[Any]:
    """Give what was raised."""
    return [result for result in results if isinstance(result, BaseException)]


def seqs_of(frames: list[Frame]) -> list[int]:
    """Give the numbers of what was told, in order."""
    created = [frame for frame in frames if frame.type == "notification.created"]
    return sorted(frame.data["notification"]["seq"] for frame in created)


def test_likes_of_many_are_one_notification() -> None:
    ada = make_user()
    fans = [make_user() for _ in range(FANS)]
    post = make_post(ada)

    with published() as frames:
        results = run_parallel(
            FANS, lambda number: react_to_post(viewer_of(fans[number]), post_id=post.pk, kind="like")
        )

    assert raised(results) == []
    assert box_of(ada) == (1, 1, FANS)
    assert Notification.objects.get().actor_count == FANS
    assert seqs_of(frames) == list(range(1, FANS + 1))


def test_likes_of_many_posts_are_numbered_densely() -> None:
    ada = make_user()
    fans = [make_user() for _ in range(20)]
    posts = [make_post(ada) for _ in range(4)]

    def like(number: int) -> None:
        for post in posts[number % 4 :] + posts[: number % 4]:
            react_to_post(viewer_of(fans[number]), post_id=post.pk, kind="like")

    with published() as frames:
        results = run_parallel(20, like)

    assert raised(results) == []
    assert box_of(ada) == (4, 4, 80)
    assert set(Notification.objects.values_list("actor_count", flat=True)) == {20}
    assert seqs_of(frames) == list(range(1, 81))


def test_first_notifications_make_one_box() -> None:
    ada = make_user()
    fans = [make_user() for _ in range(10)]
    kinds = ("follow", "mention", "stream", "payment", "security")

    def tell(number: int) -> None:
        notify(ada.pk, kind=kinds[number % 5], actor_id=fans[number].pk, source=f"x:{number}")

    assert raised(run_parallel(10, tell)) == []
    assert NotificationBox.objects.count() == 1
    assert box_of(ada) == (5, 5, 10)


def test_storm_of_likes_and_unlikes_leaves_what_is_liked() -> None:
    ada = make_user()
    fans = [make_user() for _ in range(6)]
    post = make_post(ada)

    def storm(number: int) -> None:
        viewer = viewer_of(fans[number % 6])
        for turn in range(ROUNDS):
            if (number + turn) % 2:
                unreact_to_post(viewer, post_id=post.pk)
            else:
                react_to_post(viewer, post_id=post.pk, kind="like")

    assert raised(run_parallel(12, storm)) == []
    likers = set(PostReaction.objects.values_list("user_id", flat=True))
    causes = set(NotificationCause.objects.values_list("actor_id", flat=True))
    assert causes == likers
    box_of(ada)
    assert Notification.objects.count() == bool(likers)


def test_reading_while_others_like_loses_nothing() -> None:
    ada = make_user()
    fans = [make_user() for _ in range(16)]
    post = make_post(ada)
    make_notification(ada, make_user(), kind="reaction", thing_kind="post", thing_id=post.pk)

    def act(number: int) -> None:
        match number % 4:
            case 0:
                read_notifications(viewer_of(ada))
            case 1:
                see_notifications(viewer_of(ada), seq=number)
            case _:
                react_to_post(viewer_of(fans[number]), post_id=post.pk, kind="wow")

    assert raised(run_parallel(16, act)) == []
    assert box_of(ada)[2] == 9
    assert NotificationCause.objects.count() == 9
    read_notifications(viewer_of(ada))
    assert box_of(ada)[:2] == (0, 0)


def test_one_is_read_once_while_it_is_withdrawn() -> None:
    for _ in range(ROUNDS):
        ada, bob = make_user(), make_user()
        row = make_notification(ada, bob, source="x")

        def act(number: int, ada: User = ada, row: Notification = row) -> None:
            if number < 4:
                read_notification(viewer_of(ada), notification_id=row.pk)
            else:
                withdraw(ada.pk, source="x")

        errors = raised(run_parallel(6, act))
        assert {type(error).__name__ for error in errors} <= {"NotFound"}
        assert box_of(ada) == (0, 0, 1)
        assert not Notification.objects.filter(user=ada).exists()


def test_follows_and_unfollows_agree_with_what_is_told() -> None:
    people = [make_user() for _ in range(3)]

    def act(number: int) -> None:
        source, target = people[number % 3], people[(number + 1 + number // 3 % 2) % 3]
        for turn in range(ROUNDS):
            step = unfollow_user if (number + turn) % 3 == 0 else follow_user
            step(viewer_of(source), target_id=target.pk)

    assert raised(run_parallel(12, act)) == []
    for person in people:
        person.refresh_from_db()
        told = NotificationCause.objects.filter(user_id=person.pk).count()
        assert told == person.follower_count
        if NotificationBox.objects.filter(pk=person.pk).exists():
            box_of(person)


def test_comments_of_many_come_and_go_exactly() -> None:
    ada = make_user("ada")
    fans = [make_user(f"fan{number}") for number in range(8)]
    post = make_post(ada)

    def talk(number: int) -> None:
        viewer = viewer_of(fans[number])
        other = fans[(number + 1) % 8].username
        for turn in range(2):
            card = add_comment(viewer, post_id=post.pk, text=f"Hello @{other}")
            if turn:
                delete_comment(viewer, comment_id=card.id)

    assert raised(run_parallel(8, talk)) == []
    assert box_of(ada) == (1, 1, 16)
    assert Notification.objects.get(user=ada).actor_count == 8
    assert [box_of(fan)[:2] for fan in fans] == [(1, 1)] * 8


def test_people_who_tell_each_other_do_not_wait_for_ever() -> None:
    pair = [make_user(), make_user()]

    @atomic
    def tell_both(number: int) -> None:
        first, second = pair if number % 2 else pair[::-1]
        notify(first.pk, kind="mention", actor_id=second.pk, source=f"x:{number}")
        notify(second.pk, kind="mention", actor_id=first.pk, source=f"x:{number}")

    assert raised(run_parallel(6, tell_both)) == []
    assert [box_of(user) for user in pair] == [(1, 1, 6)] * 2


def test_block_while_another_likes_hides_everything(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post = make_post(ada)

    def act(number: int) -> Any:
        if number == 0:
            return block_user(viewer_of(ada), target_id=bob.pk)
        return react_to_post(viewer_of(bob), post_id=post.pk, kind="like")

    run_parallel(3, act)

    assert api(ada).get("notifications").json()["results"] == []
