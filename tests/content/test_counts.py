"""Counters equal the rows: while many act at once, and after a recount."""

import io
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from content.actions import comments, reactions, saves, views
from content.actions.collections import follow_collection
from content.actions.comments import add_comment, delete_comment, edit_comment
from content.actions.pins import pin_post, unpin_post
from content.actions.polls import vote
from content.actions.posts import delete_post, edit_post
from content.actions.reactions import (
    react_to_comment,
    react_to_post,
    unreact_to_comment,
    unreact_to_post,
)
from content.actions.saves import save_post, unsave_post
from content.actions.tags import follow_tag
from content.actions.views import view_post
from content.errors import TooManyPins
from content.models import (
    Comment,
    CommentReaction,
    PinnedPost,
    Poll,
    PollOption,
    Post,
    PostReaction,
    PostRevision,
    PostView,
    SavedPost,
    Tag,
)
from grover.core.errors import NotFound, PreconditionFailed
from grover.core.viewers import Viewer
from messaging.enums import ReactionKind
from tests.factories.accounts import make_user
from tests.factories.content import (
    counts_of,
    make_collection,
    make_comment,
    make_poll,
    make_post,
    make_repost,
    make_tag,
    react,
    save,
    view,
)
from tests.races import run_parallel

THREADS = 50
KINDS = [kind.value for kind in ReactionKind]


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


def raised(results: list[Any]) -> list[Any]:
    """Give the exceptions among what threads returned."""
    return [result for result in results if isinstance(result, Exception)]


def reactions_of(rows: Any) -> dict[str, int]:
    """Count reactions as their counters should."""
    counts = Counter(f"{kind}_count" for kind in rows.values_list("kind", flat=True))
    return {"reaction_count": counts.total(), **counts} if counts else {}


@pytest.mark.django_db(transaction=True)
def test_counters_are_exact_after_fifty_people_act_at_once() -> None:
    post = make_post(make_user("ada"))
    people = [viewer_of(make_user(f"person{number}")) for number in range(THREADS)]

    def act(number: int) -> None:
        viewer = people[number]
        react_to_post(viewer, post_id=post.pk, kind=KINDS[number % 8])
        save_post(viewer, post_id=post.pk)
        view_post(viewer, post_id=post.pk)
        if number % 3 == 0:
            unreact_to_post(viewer, post_id=post.pk)
        if number % 3 == 1:
            react_to_post(viewer, post_id=post.pk, kind=KINDS[(number + 1) % 8])
        if number % 2 == 0:
            unsave_post(viewer, post_id=post.pk)

    assert raised(run_parallel(THREADS, act)) == []
    assert PostReaction.objects.count() == 33
    assert counts_of(post) == {
        **reactions_of(PostReaction.objects.filter(post=post)),
        "save_count": 25,
        "view_count": 50,
    }


@pytest.mark.django_db(transaction=True)
def test_counters_are_exact_after_one_person_acts_fifty_times_at_once() -> None:
    post, bob = make_post(make_user("ada")), make_user("bob")
    comment, viewer = make_comment(post, bob), viewer_of(bob)

    def act(number: int) -> None:
        match number % 5:
            case 0:
                unreact_to_post(viewer, post_id=post.pk)
                unreact_to_comment(viewer, comment_id=comment.pk)
            case 1:
                unsave_post(viewer, post_id=post.pk)
            case 2:
                save_post(viewer, post_id=post.pk)
                view_post(viewer, post_id=post.pk)
            case _:
                react_to_post(viewer, post_id=post.pk, kind=KINDS[number % 8])
                react_to_comment(viewer, comment_id=comment.pk, kind=KINDS[number % 8])

    assert raised(run_parallel(THREADS, act)) == []
    assert (PostView.objects.count(), PostReaction.objects.count() <= 1) == (1, True)
    expected = {
        **reactions_of(PostReaction.objects.all()),
        "save_count": SavedPost.objects.count(),
        "view_count": 1,
        "comment_count": 1,
    }
    assert counts_of(post) == {name: number for name, number in expected.items() if number}
    assert counts_of(comment) == reactions_of(CommentReaction.objects.all())


@pytest.mark.django_db(transaction=True)
def test_kind_changed_by_many_at_once_is_counted_once() -> None:
    post, bob = make_post(make_user("ada")), make_user("bob")
    react(post, bob, "like")

    run_parallel(8, lambda number: react_to_post(viewer_of(bob), post_id=post.pk, kind=KINDS[number]))

    kind = PostReaction.objects.get().kind
    assert counts_of(post) == {"reaction_count": 1, f"{kind}_count": 1}


@pytest.mark.django_db(transaction=True)
def test_no_more_than_three_posts_are_pinned_at_once() -> None:
    ada = make_user("ada")
    posts = [make_post(ada) for _ in range(10)]

    results = run_parallel(10, lambda number: pin_post(viewer_of(ada), post_id=posts[number].pk))

    assert [type(error) for error in raised(results)] == [TooManyPins] * 7
    assert (PinnedPost.objects.count(), Post.objects.filter(pinned_at__isnull=False).count()) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_post_pinned_and_unpinned_at_once_ends_in_one_state() -> None:
    ada = make_user("ada")
    post = make_post(ada)

    def act(number: int) -> None:
        (pin_post if number % 2 else unpin_post)(viewer_of(ada), post_id=post.pk)

    assert raised(run_parallel(10, act)) == []
    post.refresh_from_db()
    assert PinnedPost.objects.count() == (post.pinned_at is not None)


@pytest.mark.django_db(transaction=True)
def test_comments_added_and_deleted_at_once_are_counted_exactly() -> None:
    ada = make_user("ada")
    post = make_post(ada)
    thread, doomed = make_comment(post, ada), make_comment(post, ada)
    own = [make_comment(post, ada, parent=thread) for _ in range(5)]

    def act(number: int) -> None:
        viewer = viewer_of(ada)
        match number % 4:
            case 0:
                add_comment(viewer, post_id=post.pk, text="a", parent_id=thread.pk)
            case 1:
                add_comment(viewer, post_id=post.pk, text="a", parent_id=doomed.pk)
            case 2:
                delete_comment(viewer, comment_id=own[number // 4].pk)
            case 3:
                delete_comment(viewer, comment_id=doomed.pk)

    results = run_parallel(20, act)

    assert all(type(error).__name__ in ("NotFound", "Invalid") for error in raised(results))
    assert sum(error is None for error in results[3::4]) == 1
    assert Comment.objects.filter(parent_id=doomed.pk).count() == 0
    assert counts_of(thread) == {"reply_count": 5}
    assert counts_of(post) == {"comment_count": Comment.objects.count()} == {"comment_count": 6}


@pytest.mark.django_db(transaction=True)
def test_post_deleted_many_times_at_once_is_deleted_once() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post = make_post(ada)
    make_post(ada)

    def act(number: int) -> None:
        if number % 2:
            delete_post(viewer_of(ada), post_id=post.pk)
        else:
            react_to_post(viewer_of(bob), post_id=post.pk, kind="like")
            save_post(viewer_of(bob), post_id=post.pk)

    results = run_parallel(10, act)

    assert {type(error) for error in raised(results)} <= {NotFound}
    assert results[1::2].count(None) == 1
    ada.refresh_from_db()
    assert (ada.post_count, PostReaction.objects.count(), SavedPost.objects.count()) == (1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_post_edited_by_many_at_once_keeps_every_wording() -> None:
    ada = make_user("ada")
    post = make_post(ada, text="at first")

    def act(number: int) -> None:
        edit_post(viewer_of(ada), post_id=post.pk, changes={"text": f"edit {number}"})

    assert raised(run_parallel(8, act)) == []
    post.refresh_from_db()
    wordings = {*PostRevision.objects.values_list("text", flat=True), post.text}
    assert post.version == 9
    assert wordings == {"at first", *(f"edit {number}" for number in range(8))}


@pytest.mark.django_db(transaction=True)
def test_edits_of_the_same_state_at_once_are_made_once() -> None:
    ada = make_user("ada")
    post = make_post(ada, text="at first")

    def as_at_first(card: Any) -> None:
        if card.text != "at first":
            raise PreconditionFailed

    def act(number: int) -> None:
        edit_post(
            viewer_of(ada), post_id=post.pk, changes={"text": f"edit {number}"}, precondition=as_at_first
        )

    results = run_parallel(8, act)

    assert [type(error) for error in raised(results)] == [PreconditionFailed] * 7
    assert PostRevision.objects.count() == 1


# --- A rival who acts between deciding and writing --------------------------------------------


@pytest.fixture
def when_decided(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, Callable[[], object]], None]:
    """Let a rival act once, just when the next action of a module has decided and is about to write."""

    def arrange(module: Any, rival: Callable[[], object]) -> None:
        waiting = [rival]

        @contextmanager
        def turn(thing_id: uuid.UUID) -> Iterator[None]:
            if waiting:
                waiting.pop()()
            yield

        monkeypatch.setattr(module, "turn", turn)

    return arrange


@pytest.mark.parametrize("first", [None, "like"])
@pytest.mark.parametrize("rival_s", [None, "like", "love", "wow"])
@pytest.mark.parametrize("mine", [None, "like", "wow"])
@pytest.mark.django_db(transaction=True)
def test_reaction_that_a_rival_changes_is_counted_once(
    when_decided: Any, first: str | None, rival_s: str | None, mine: str | None
) -> None:
    bob = make_user("bob")
    post = make_post(make_user("ada"))
    comment, viewer = make_comment(post, bob), viewer_of(bob)
    for kind in ("like", "love", "wow"):  # so that nothing drifts below zero, which SQL refuses
        eve = make_user()
        react(post, eve, kind)
        react(comment, eve, kind)

    def set_on_post(kind: str | None) -> None:
        if kind is None:
            unreact_to_post(viewer, post_id=post.pk)
        else:
            react_to_post(viewer, post_id=post.pk, kind=kind)

    def set_on_comment(kind: str | None) -> None:
        if kind is None:
            unreact_to_comment(viewer, comment_id=comment.pk)
        else:
            react_to_comment(viewer, comment_id=comment.pk, kind=kind)

    for change, thing, table in (
        (set_on_post, post, PostReaction),
        (set_on_comment, comment, CommentReaction),
    ):
        change(first)
        when_decided(reactions, lambda change=change: change(rival_s))
        change(mine)

        own = table.objects.filter(user=bob).values_list("kind", flat=True)
        assert list(own) == ([mine] if mine else [])
        found = {name: number for name, number in counts_of(thing).items() if name != "comment_count"}
        assert found == reactions_of(table.objects.all())


@pytest.mark.django_db(transaction=True)
def test_save_and_view_that_a_rival_makes_are_counted_once(when_decided: Any) -> None:
    ada = viewer_of(make_user("ada"))
    post = make_post(User.objects.get())
    for module, action in ((saves, save_post), (views, view_post)):
        when_decided(module, lambda action=action: action(ada, post_id=post.pk))
        action(ada, post_id=post.pk)
    assert counts_of(post) == {"save_count": 1, "view_count": 1}

    save(post, make_user("eve"))
    when_decided(saves, lambda: unsave_post(ada, post_id=post.pk))
    unsave_post(ada, post_id=post.pk)
    assert counts_of(post) == {"save_count": 1, "view_count": 1}


@pytest.mark.django_db(transaction=True)
def test_what_a_rival_deletes_takes_nothing_more(when_decided: Any) -> None:
    user = make_user("ada")
    ada = viewer_of(user)
    actions: list[tuple[Any, Callable[[Post, Comment], object]]] = [
        (reactions, lambda post, _: react_to_post(ada, post_id=post.pk, kind="like")),
        (reactions, lambda _, comment: react_to_comment(ada, comment_id=comment.pk, kind="like")),
        (saves, lambda post, _: save_post(ada, post_id=post.pk)),
        (views, lambda post, _: view_post(ada, post_id=post.pk)),
        (comments, lambda post, _: add_comment(ada, post_id=post.pk, text="a")),
        (comments, lambda _, comment: delete_comment(ada, comment_id=comment.pk)),
    ]
    for module, action in actions:
        post = make_post(user)
        comment = make_comment(post, user)
        when_decided(module, lambda post=post: delete_post(ada, post_id=post.pk))
        with pytest.raises(NotFound):
            action(post, comment)
    tables = (Post, Comment, CommentReaction, PostReaction, SavedPost, PostView)
    assert [table._default_manager.count() for table in tables] == [0] * 6


@pytest.mark.django_db(transaction=True)
def test_comment_deleted_while_a_rival_replies_takes_the_reply_along(when_decided: Any) -> None:
    user = make_user("ada")
    ada, post = viewer_of(user), make_post(user)
    comment, other = make_comment(post, user), make_comment(post, user)
    when_decided(comments, lambda: add_comment(ada, post_id=post.pk, text="a", parent_id=comment.pk))

    delete_comment(ada, comment_id=comment.pk)

    assert list(Comment.objects.values_list("pk", flat=True)) == [other.pk]
    assert counts_of(post) == {"comment_count": 1}


@pytest.mark.django_db(transaction=True)
def test_edit_decided_on_a_state_that_a_rival_changed_is_decided_anew() -> None:
    user = make_user("ada")
    ada, post = viewer_of(user), make_post(user, text="at first")
    comment = make_comment(post, user, text="at first")

    def edit_of_post(text: str, precondition: Any = None) -> None:
        edit_post(ada, post_id=post.pk, changes={"text": text}, precondition=precondition)

    def edit_of_comment(text: str, precondition: Any = None) -> None:
        edit_comment(ada, comment_id=comment.pk, text=text, precondition=precondition)

    for edit, row in ((edit_of_post, post), (edit_of_comment, comment)):
        seen: list[str] = []

        def rival_acts(card: Any, edit: Any = edit, seen: list[str] = seen) -> None:
            seen.append(card.text)
            if len(seen) == 1:
                edit("the rival's")

        edit("mine", rival_acts)

        row.refresh_from_db()
        assert (seen, row.text, row.version) == (["at first", "the rival's"], "mine", 3)
    assert sorted(PostRevision.objects.values_list("text", flat=True)) == ["at first", "the rival's"]


# --- Recounting --------------------------------------------------------------------------------


def recount(*arguments: str) -> tuple[int, list[str]]:
    """Run the command; give its exit status and what it printed."""
    output = io.StringIO()
    try:
        call_command("recount", *arguments, stdout=output)
    except SystemExit as stop:
        return int(str(stop.code)), output.getvalue().splitlines()
    return 0, output.getvalue().splitlines()


@pytest.fixture
def busy_post(ada: User, bob: User, eve: User) -> Post:
    """A post with one of everything."""
    post = make_post(ada)
    comment = make_comment(post, bob)
    make_comment(post, eve, parent=comment)
    react(comment, ada, "wow")
    react(post, bob, "love")
    save(post, eve)
    view(post, eve)
    return post


def test_recount_of_right_counters_changes_nothing(busy_post: Post) -> None:
    before = counts_of(busy_post)

    assert recount() == (0, ["All counters are right."])
    assert recount("--check") == (0, ["All counters are right."])
    assert (
        counts_of(busy_post)
        == before
        == {
            "reaction_count": 1,
            "love_count": 1,
            "comment_count": 2,
            "save_count": 1,
            "view_count": 1,
        }
    )


def test_recount_mends_what_drifted_and_says_so(busy_post: Post, ada: User) -> None:
    before = counts_of(busy_post)
    comment = Comment.objects.get(parent__isnull=True)
    Post.objects.filter(pk=busy_post.pk).update(
        reaction_count=7, love_count=0, sad_count=2, comment_count=0, save_count=3, view_count=4
    )
    Comment.objects.filter(pk=comment.pk).update(wow_count=0, reply_count=5)
    User.objects.filter(pk=ada.pk).update(post_count=9)
    lines = [
        f"person {ada.pk} post_count: 9 -> 1",
        f"post {busy_post.pk} reaction_count: 7 -> 1",
        f"post {busy_post.pk} love_count: 0 -> 1",
        f"post {busy_post.pk} sad_count: 2 -> 0",
        f"post {busy_post.pk} comment_count: 0 -> 2",
        f"post {busy_post.pk} save_count: 3 -> 1",
        f"post {busy_post.pk} view_count: 4 -> 1",
        f"comment {comment.pk} wow_count: 0 -> 1",
        f"comment {comment.pk} reply_count: 5 -> 1",
    ]

    assert recount("--check") == (1, [*lines, "9 counters are wrong."])
    assert recount() == (0, [*lines, "9 counters were wrong and are mended."])
    assert recount("--check") == (0, ["All counters are right."])
    assert counts_of(busy_post) == before
    ada.refresh_from_db()
    assert ada.post_count == 1


def test_recount_mends_all_that_is_counted(ada: User, bob: User) -> None:
    post = make_poll(make_post(ada), ["Yes", "No"])
    vote(Viewer(bob.pk, bob.pk), post_id=post.pk, options=[1])
    make_repost(post, bob)
    make_post(bob, quote_of=post, tags=[make_tag("art").name])
    follow_tag(Viewer(bob.pk, bob.pk), text="art")
    shelf = make_collection(ada, is_public=True)
    follow_collection(Viewer(bob.pk, bob.pk), collection_id=shelf.pk)
    assert recount("--check") == (0, ["All counters are right."])

    Post.objects.filter(pk=post.pk).update(repost_count=5, quote_count=5)
    Poll.objects.update(voter_count=5)
    PollOption.objects.update(vote_count=5)
    Tag.objects.update(post_count=5, follower_count=5)
    type(shelf).objects.update(follower_count=5)

    assert recount()[1][-1] == "8 counters were wrong and are mended."
    assert recount("--check") == (0, ["All counters are right."])
    assert counts_of(post) == {"repost_count": 1, "quote_count": 1}
    assert sorted(PollOption.objects.values_list("position", "vote_count")) == [(0, 0), (1, 1)]


def test_recount_leaves_replies_out_that_wait_to_be_removed(busy_post: Post) -> None:
    Comment.objects.filter(parent__isnull=True).delete()
    Post.objects.update(comment_count=0)
    assert recount("--check") == (0, ["All counters are right."])


@pytest.mark.django_db(transaction=True)
def test_recount_while_people_act_leaves_counters_exact() -> None:
    post = make_post(make_user("ada"))
    people = [viewer_of(make_user(f"person{number}")) for number in range(12)]
    Post.objects.update(reaction_count=5, save_count=2)

    def act(number: int) -> None:
        if number % 3 == 0:
            recount()
        else:
            react_to_post(people[number], post_id=post.pk, kind="like")
            save_post(people[number], post_id=post.pk)

    assert raised(run_parallel(12, act)) == []
    recount()
    assert counts_of(post) == {"reaction_count": 8, "like_count": 8, "save_count": 8}
