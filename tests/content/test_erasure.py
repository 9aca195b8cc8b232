"""What remains of deleted things and of people who leave: nothing, and exact counts elsewhere."""

import uuid
from typing import Any

import pytest

from accounts import ports
from accounts.models import User
from content.actions import erasure
from content.models import (
    Collection,
    CollectionFollow,
    CollectionItem,
    Comment,
    CommentReaction,
    Draft,
    Mention,
    PinnedPost,
    Poll,
    PollOption,
    PollVote,
    Post,
    PostReaction,
    PostRevision,
    PostTag,
    PostView,
    Repost,
    SavedPost,
    Tag,
    TagFollow,
)
from content.selectors.reach import may_view_attached
from grover.core.viewers import ANONYMOUS, Viewer
from grover.media.enums import MediaAccess
from grover.media.models import Media
from tests.content.people import follow
from tests.content.test_posts import make_image
from tests.factories.accounts import make_user
from tests.factories.content import (
    counts_of,
    make_collection,
    make_comment,
    make_poll,
    make_post,
    make_repost,
    make_revision,
    pin,
    react,
    save,
    unknown_id,
    view,
)

TABLES = (Post, Comment, CommentReaction, PostReaction, SavedPost, PostView, PostRevision, PinnedPost, Media)


def row_counts() -> list[int]:
    """Count the rows of all tables, and of media."""
    return [table._default_manager.count() for table in TABLES]


@pytest.mark.django_db(transaction=True)
def test_person_who_leaves_takes_along_what_is_theirs() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    by_ada, by_bob = make_post(ada, media=[make_image(ada)]), make_post(bob)
    pin(by_ada)
    make_revision(by_ada)
    for post in (by_ada, by_bob):
        first, second = make_comment(post, ada), make_comment(post, bob)
        make_comment(post, bob, parent=first)
        make_comment(post, ada, parent=second)
        make_comment(post, bob, parent=second)
        react(make_comment(post, ada, parent=first), bob)
        for user in (ada, bob):
            react(second, user, "wow")
            react(post, user, "love")
            save(post, user)
            view(post, user)

    for _ in range(2):
        ports.erase_person.call(ada.pk)

        assert row_counts() == [1, 2, 1, 1, 1, 1, 0, 0, 0]
        assert counts_of(by_bob) == {
            "comment_count": 2,
            "reaction_count": 1,
            "love_count": 1,
            "save_count": 1,
            "view_count": 1,
        }
        assert counts_of(second) == {"reply_count": 1, "reaction_count": 1, "wow_count": 1}
        assert set(User.objects.values_list("username", "post_count")) == {("ada", 0), ("bob", 1)}


@pytest.mark.django_db(transaction=True)
def test_person_who_leaves_takes_along_what_they_did_with_posts_of_others(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post = make_poll(make_post(bob), ["Yes", "No"])
    shelf = make_collection(bob, post, is_public=True)
    for user in (ada, bob):
        client = api(user)
        assert client.post("posts", json={"text": "#art", "quote_of": str(post.pk)}).status_code == 201
        assert client.put(f"posts/{post.pk}/vote", json={"option": 0}).status_code == 200
        client.put(f"posts/{post.pk}/repost")
        client.put("tags/art/follow")
        client.put(f"collections/{shelf.pk}/follow")
        make_collection(user, post)
        client.post("posts", json={"state": "draft"})
        client.post(f"posts/{post.pk}/comments", json={"text": "@ada @bob"})
    tables = (Post, Draft, Repost, PollVote, TagFollow, Collection, CollectionItem, CollectionFollow, Mention)

    for _ in range(2):
        ports.erase_person.call(ada.pk)

        assert [table.objects.count() for table in tables] == [2, 1, 1, 1, 1, 2, 2, 1, 0]  # type: ignore[attr-defined]
        assert counts_of(post) == {"comment_count": 1, "repost_count": 1, "quote_count": 1}
        assert Tag.objects.values_list("post_count", "follower_count").get() == (1, 1)
        options = PollOption.objects.order_by("position").values_list("vote_count", flat=True)
        assert (Poll.objects.get().voter_count, list(options)) == (1, [1, 0])
        shelf.refresh_from_db()
        assert shelf.follower_count == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_remains_of_a_post(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    draft = api(ada).post("posts", json={"text": "#art @bob", "state": "draft"}).json()
    card = api(ada).patch(f"posts/{draft['id']}", json={"state": "published"}).json()
    post = make_poll(Post.objects.get(pk=card["id"]), ["Yes", "No"])
    make_repost(post, bob)
    make_collection(bob, post)
    api(bob).put(f"posts/{post.pk}/vote", json={"option": 0})

    assert api(ada).delete(f"posts/{post.pk}").status_code == 204

    for table in (PostTag, Mention, Repost, Poll, PollOption, PollVote, CollectionItem, Draft):
        assert not table.objects.exists(), table  # type: ignore[attr-defined]
    assert Tag.objects.get().post_count == 0


@pytest.mark.django_db(transaction=True)
def test_post_with_very_many_comments_is_deleted_at_once(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "BATCH", 100)
    ada = make_user("ada")
    post, other = make_post(ada), make_post(ada)
    make_comment(other, ada)
    comments = Comment.objects.bulk_create(
        [Comment(post=post, author=ada, text=str(number)) for number in range(330)], batch_size=500
    )
    CommentReaction.objects.bulk_create(
        [CommentReaction(comment=comment, user=ada, kind="like") for comment in comments], batch_size=500
    )

    assert api(ada).delete(f"posts/{post.pk}").status_code == 204

    assert (Comment.objects.count(), CommentReaction.objects.count()) == (1, 0)


def test_remains_of_what_is_there_are_left_alone(ada: User) -> None:
    post = make_post(ada)
    comment = make_comment(post, ada)
    react(make_comment(post, ada, parent=comment), ada)

    erasure.erase_remains_of_post(post.pk)
    erasure.erase_remains_of_comment(comment.pk)

    assert row_counts()[:3] == [1, 2, 1]


def test_person_who_leaves_may_have_left_orphans(ada: User, bob: User) -> None:
    gone, post = make_post(bob), make_post(bob)
    orphan = make_comment(gone, ada)
    react(orphan, ada)
    react(gone, ada)
    save(gone, ada)
    view(gone, ada)
    parent = make_comment(post, bob)
    make_comment(post, ada, parent=parent)
    Post.objects.filter(pk=gone.pk).delete()
    Comment.objects.filter(pk=parent.pk).delete()
    Post.objects.filter(pk=post.pk).update(comment_count=0)

    erasure.erase_person(ada.pk)

    assert row_counts() == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert counts_of(post) == {}


# --- What the apps below ask -------------------------------------------------------------------


def test_reportable_is_what_the_reporter_sees(ada: User, bob: User) -> None:
    viewer = Viewer(bob.pk, uuid.uuid4())
    post, hidden = make_post(ada), make_post(ada, visibility="private")
    shown, unseen = make_comment(post, ada), make_comment(post, ada, is_hidden=True)

    answers = [
        [answer for answer in ports.find_reportable.call(kind, thing_id, viewer) if answer is not None]
        for kind, thing_id in (
            ("post", post.pk),
            ("post", hidden.pk),
            ("post", unknown_id()),
            ("comment", shown.pk),
            ("comment", unseen.pk),
            ("comment", post.pk),
            ("stream", post.pk),
        )
    ]

    assert answers == [[True], [False], [False], [True], [False], [False], []]


def test_uploads_are_for_those_who_see_the_post(ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    post = make_post(ada, visibility="followers")

    answers = {
        viewer.id: may_view_attached(f"post:{post.pk}", ada.pk, viewer)
        for viewer in (*(Viewer(user.pk, uuid.uuid4()) for user in (ada, bob, eve)), ANONYMOUS)
    }

    assert answers == {ada.pk: True, bob.pk: True, eve.pk: False, None: False}
    assert may_view_attached("avatar:x", ada.pk, ANONYMOUS) is None
    assert may_view_attached("post:x", ada.pk, ANONYMOUS) is None


@pytest.mark.django_db(transaction=True)
def test_uploads_follow_the_privacy_of_the_account() -> None:
    ada = make_user("ada")
    public, private = make_image(ada), make_image(ada)
    make_post(ada, media=[public])
    make_post(ada, media=[private], visibility="private")
    make_post(ada)

    for is_private, expected in ((True, MediaAccess.RESTRICTED), (False, MediaAccess.PUBLIC)):
        User.objects.filter(pk=ada.pk).update(is_private=is_private)
        ports.audience_changed.call(ada.pk)
        access = [Media.objects.get(pk=image.pk).access for image in (public, private)]
        assert access == [expected, MediaAccess.RESTRICTED]
