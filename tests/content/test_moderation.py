"""What the staff hides only its author sees, what they remove nobody, on every road; and both come back."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Moderation
from accounts.models import User
from content.actions.comments import add_comment, delete_comment
from content.actions.counts import count_reply
from content.actions.erasure import erase_person
from content.actions.indexing import index_post
from content.actions.moderation import erase_removed, moderate, withdraw_removed
from content.actions.posts import fit_posts_of
from content.actions.recounts import recount_content
from content.actions.trends import roll_up_trends
from content.models import Category, Comment, PinnedPost, Post, Story, Trend
from grover.core.errors import Invalid, NotFound
from grover.core.ids import new_id
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer
from messaging.models import Notification
from tests.content.people import follow
from tests.factories.accounts import make_user
from tests.factories.content import (
    counts_of,
    make_collection,
    make_comment,
    make_community,
    make_mention,
    make_post,
    make_repost,
    make_revision,
    make_tag,
    pin,
    react,
    save,
)
from tests.factories.media import make_media
from tests.factories.messaging import make_conversation, make_message
from tests.factories.notifications import box_of, make_notification
from tests.factories.stories import make_highlight, make_story
from tests.races import run_parallel

WORDS = "Unmistakable words"
HIDDEN, REMOVED, VISIBLE = Moderation.HIDDEN, Moderation.REMOVED, Moderation.VISIBLE

Roads = dict[str, str]


def shows(client: Any, roads: Roads) -> set[str]:
    """Name the roads on which somebody meets the words, or gets a file."""
    answers = {name: client.get(path) for name, path in roads.items()}
    return {name for name, answer in answers.items() if answer.status_code == 200 and _has_it(answer)}


def _has_it(answer: Any) -> bool:
    return answer["Content-Type"] == "image/webp" or WORDS.encode() in answer.content


def check_roads(
    kind: str, thing: Post | Comment | Story, own: tuple[Any, Roads], other: tuple[Any, Roads]
) -> None:
    """Go all roads of the author and of somebody else: before, hidden, removed, and shown again."""
    everything = set(own[1]), set(other[1])
    assert (shows(*own), shows(*other)) == everything
    for moderation, expected in (
        (HIDDEN, (everything[0], set())),
        (REMOVED, (set(), set())),
        (VISIBLE, (everything[0], everything[1] - {"notifications"})),  # those were taken back
    ):
        assert moderate(kind, thing.pk, moderation) is True
        assert (shows(*own), shows(*other)) == expected, moderation


# --- Every road ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("settled_at_once")
def test_every_road_to_a_post(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    make_tag("words")
    Category.objects.get_or_create(slug="art", defaults={"name": "Art"})
    upload = make_media(ada.pk, access="public")
    quoted, community = make_post(bob), make_community(ada, bob)
    fields = {"quote_of": quoted, "quoted_author_id": bob.pk, "community_id": community.pk, "category": "art"}
    entities = [{"kind": "tag", "start": 0, "end": 1, "name": "words"}]
    post = make_post(ada, text=WORDS, media=[upload], tags=["words"], entities=entities, **fields)
    quoting = make_post(bob, quote_of=post, quoted_author_id=ada.pk)
    collection = make_collection(bob, post, is_public=True)
    talk = make_conversation("direct", ada, bob)
    make_message(talk, bob, shared_kind="post", shared_id=post.pk, kind="shared")
    make_notification(bob, ada, kind="mention", thing_kind="post", thing_id=post.pk)
    make_repost(post, bob), save(post, bob), make_mention(post, bob), react(post, bob)
    make_revision(post, text=WORDS), make_comment(post, bob, text=WORDS)
    index_post(post.pk)
    roll_up_trends(timezone.now())
    roads = {
        "permalink": f"posts/{post.pk}",
        "history": f"posts/{post.pk}/history",
        "comments under it": f"posts/{post.pk}/comments",
        "profile": "users/@ada/posts",
        "media of the profile": "users/@ada/media",
        "reposts of somebody": "users/@bob/reposts",
        "quoted": f"posts/{quoting.pk}",
        "quoting": f"posts/{quoted.pk}/quotes",
        "trending": "trending/posts",
        "community": f"communities/{community.pk}/posts",
        "collection": f"collections/{collection.pk}/posts",
        "shared in a message": f"conversations/{talk.pk}/messages",
        "feed": "feed",
        "search": "search?q=unmistakable",
    }
    of_all = {"tag": "tags/words/posts", "category": "categories/art/posts"}
    of_bob = {"saved": "me/saved", "mentions": "me/mentions", "notifications": "notifications"}
    roads["file"] = f"/media/{upload.pk}/200.webp"

    assert shows(api(eve), {"explore": "explore"}) == {"explore"}
    check_roads("post", post, (api(ada), roads), (api(bob), roads | of_all | of_bob))
    assert shows(api(), of_all) == set(of_all)
    moderate("post", post.pk, HIDDEN)
    assert shows(api(eve), {"explore": "explore"}) == shows(api(), of_all) == set()
    Trend.objects.all().delete()
    roll_up_trends(timezone.now())
    assert not Trend.objects.filter(thing_id=post.pk).exists()


@pytest.mark.usefixtures("settled_at_once")
def test_every_road_to_a_comment(api: Any, ada: User, bob: User) -> None:
    post = make_post(bob)
    parent = make_comment(post, ada, text=WORDS)
    reply = make_comment(post, ada, parent=parent, text=WORDS)
    make_mention(post, bob, parent)
    told = {"thing_kind": "post", "thing_id": post.pk, "data": {"comment_id": str(parent.pk)}}
    make_notification(bob, ada, kind="comment", source=f"comment:{parent.pk}", **told)
    roads = {
        "permalink": f"comments/{parent.pk}",
        "list": f"posts/{post.pk}/comments",
        "replies": f"comments/{parent.pk}/replies",
        "a reply to it": f"comments/{reply.pk}",
    }
    of_bob = {"mentions": "me/mentions", "notifications": "notifications"}

    check_roads("comment", parent, (api(ada), roads), (api(bob), roads | of_bob))


@pytest.mark.usefixtures("settled_at_once")
def test_every_road_to_a_story(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    upload = make_media(ada.pk)
    story = make_story(ada, media=upload, text=WORDS)
    highlight = make_highlight(ada, story, title=WORDS, cover_story_id=story.pk)
    talk = make_conversation("direct", ada, bob)
    make_message(talk, bob, shared_kind="story", shared_id=story.pk, kind="shared")
    roads = {
        "permalink": f"stories/{story.pk}",
        "profile": "users/@ada/stories",
        "highlight": f"highlights/{highlight.pk}/stories",
        "shared in a message": f"conversations/{talk.pk}/messages",
    }
    of_bob = {"highlights": "users/@ada/highlights"}
    roads["file"] = f"/media/{upload.pk}/200.webp"

    def rings(client: Any) -> int:
        return len(client.get("stories").json()["results"])

    check_roads("story", story, (api(ada), roads), (api(bob), roads | of_bob))
    assert (rings(api(ada)), rings(api(bob))) == (1, 1)
    moderate("story", story.pk, HIDDEN)
    assert (rings(api(ada)), rings(api(bob))) == (1, 0)
    moderate("story", story.pk, REMOVED)
    assert (rings(api(ada)), rings(api(bob))) == (0, 0)
    [own] = api(ada).get("users/@ada/highlights").json()["results"]
    assert (own["story_count"], own["cover"]) == (0, None)
    again = api(ada).post("highlights", json={"title": "Again", "story_ids": [str(story.pk)]})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/story_ids/0")


def test_another_kind_or_a_thing_that_is_gone(db: None) -> None:
    assert moderate("planet", new_id(), REMOVED) is None
    assert [moderate(kind, new_id(), REMOVED) for kind in ("post", "comment", "story")] == [False] * 3
    erase_removed("planet", new_id())


# --- What it counts ------------------------------------------------------------------------------


def post_count(user: User) -> int:
    return User.objects.values_list("post_count", flat=True).get(pk=user.pk)


def test_removed_post_counts_no_more(ada: User, bob: User) -> None:
    quoted, tag = make_post(bob), make_tag("words")
    entities = [{"kind": "tag", "start": 0, "end": 1, "name": "words"}]
    post = make_post(ada, quote_of=quoted, quoted_author_id=bob.pk, tags=["words"], entities=entities)
    pin(post)

    for moderation, number in ((HIDDEN, 1), (REMOVED, 0), (REMOVED, 0), (VISIBLE, 1), (REMOVED, 0)):
        moderate("post", post.pk, moderation)
        tag.refresh_from_db()
        assert (post_count(ada), counts_of(quoted).get("quote_count", 0)) == (number, number)
        assert tag.post_count == (moderation == VISIBLE)
        assert recount_content() == []
    assert not PinnedPost.objects.exists()
    erase_person(ada.pk)
    assert (post_count(ada), counts_of(quoted)) == (0, {})


def test_removed_comments_count_no_more(ada: User, bob: User) -> None:
    post = make_post(ada)
    parent = make_comment(post, bob)
    replies = [make_comment(post, ada, parent=parent) for _ in range(2)]

    def counts() -> tuple[int, int]:
        assert recount_content() == []
        return counts_of(post).get("comment_count", 0), counts_of(parent).get("reply_count", 0)

    assert counts() == (3, 2)
    moderate("comment", replies[0].pk, REMOVED)
    assert counts() == (2, 1)
    moderate("comment", parent.pk, REMOVED)
    assert counts() == (0, 1)
    moderate("comment", replies[1].pk, REMOVED)
    assert counts() == (0, 0)
    moderate("comment", replies[0].pk, VISIBLE)
    assert counts() == (0, 1)
    moderate("comment", parent.pk, VISIBLE)
    assert counts() == (2, 1)
    moderate("comment", parent.pk, REMOVED)
    erase_person(ada.pk)
    erase_removed("comment", parent.pk)
    assert not Comment.objects.filter(pk=parent.pk).exists()


def test_reply_to_what_was_just_removed_loses_the_race(ada: User) -> None:
    as_it_was_read = make_comment(make_post(ada), ada)
    moderate("comment", as_it_was_read.pk, REMOVED)

    with pytest.raises(LostRace):
        count_reply(as_it_was_read, by=1)


def test_told_of_a_removed_comment_is_taken_back(ada: User, bob: User) -> None:
    post = make_post(ada)
    card = add_comment(Viewer(bob.pk, new_id()), post_id=post.pk, text="Rude")
    assert box_of(ada)[0] == 1

    moderate("comment", card.id, HIDDEN)
    withdraw_removed("comment", card.id)
    assert box_of(ada)[0] == 1
    moderate("comment", card.id, REMOVED)
    withdraw_removed("comment", card.id)
    assert box_of(ada)[0] == 0


def test_hidden_things_stay_so_when_they_are_edited(api: Any, ada: User, bob: User) -> None:
    make_tag("words")
    post, comment = make_post(ada), make_comment(make_post(ada), ada)
    moderate("post", post.pk, HIDDEN), moderate("comment", comment.pk, HIDDEN)

    for path in (f"posts/{post.pk}", f"comments/{comment.pk}"):
        assert api(ada).patch(path, json={"text": f"{WORDS} #words @bob"}).status_code == 200
        assert api(bob).get(path).status_code == 404
    fit_posts_of(ada.pk)
    assert api(bob).get("tags/words/posts").json()["results"] == []
    assert not Post.objects.get(pk=post.pk).is_listed
    assert not Notification.objects.exists()


@pytest.mark.parametrize("kind", ["post", "comment", "story"])
def test_only_what_is_removed_is_erased(ada: User, kind: str) -> None:
    post = make_post(ada)
    thing = {"post": post, "comment": make_comment(post, ada), "story": make_story(ada)}[kind]
    rows = type(thing)._default_manager.filter(pk=thing.pk)

    for moderation, is_there in ((HIDDEN, True), (REMOVED, False)):
        moderate(kind, thing.pk, moderation)
        erase_removed(kind, thing.pk)
        assert rows.exists() is is_there
    erase_removed(kind, thing.pk)
    assert recount_content() == []


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_while_all_happens_at_once() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post = make_post(ada)
    parent = make_comment(post, bob)
    doomed = make_comment(post, bob, parent=parent)
    viewer = Viewer(bob.pk, new_id())
    acts = (
        lambda: settled(moderate)("comment", parent.pk, REMOVED),
        lambda: settled(moderate)("comment", doomed.pk, REMOVED),
        lambda: add_comment(viewer, post_id=post.pk, text="Late", parent_id=parent.pk),
        lambda: delete_comment(viewer, comment_id=doomed.pk),
        lambda: settled(moderate)("comment", parent.pk, HIDDEN),
        lambda: settled(moderate)("post", post.pk, REMOVED),
    )

    results = run_parallel(len(acts), lambda number: acts[number]())

    failures = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(failure, NotFound | Invalid) for failure in failures), failures
    assert recount_content() == []
    assert post_count(ada) == 0
