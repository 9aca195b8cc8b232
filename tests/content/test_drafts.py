"""Drafts and scheduled posts: published once, at their time, as they stand then."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.actions.drafts import MOST_DRAFTS, publish_due
from content.enums import DraftState
from content.models import Draft, Poll, Post
from grover.core.errors import Problem
from grover.core.models import OutboxJob
from grover.core.moments import present
from grover.media.models import Media
from tests.conftest import ApiClient
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.content.test_lists import texts
from tests.content.test_posts import make_image, problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_post
from tests.races import run_parallel


def soon(minutes: float = 60) -> str:
    return (present() + dt.timedelta(minutes=minutes)).isoformat()


def create(client: ApiClient, **content: Any) -> dict[str, Any]:
    response = client.post("posts", json={"text": "Later", **content})
    assert response.status_code == 201, response.json()
    card: dict[str, Any] = response.json()
    return card


def run_at(moment: str, draft_id: str, *, late: float = 0) -> None:
    """Run the job of a scheduled post as if its time had come."""
    publish_due(uuid.UUID(draft_id), now=dt.datetime.fromisoformat(moment) + dt.timedelta(seconds=late))


# --- Drafts --------------------------------------------------------------------------------------


def test_draft_is_its_authors_alone(api: Any, ada: User, bob: User) -> None:
    image = make_image(ada)
    card = create(api(ada), state="draft", text="Hm @bob #art", media_ids=[str(image.pk)])
    path = f"posts/{card['id']}"

    assert (card["state"], card["publish_at"], card["text"]) == ("draft", None, "Hm @bob #art")
    assert [one["id"] for one in card["media"]] == [str(image.pk)]
    assert api(ada).get(path).json() == card
    for other in (api(bob), api()):
        assert problem(other.get(path)) == (404, "not_found")
    for method in ("patch", "delete"):
        assert problem(api(bob).request(method, path, json={"text": "x"})) == (404, "not_found")
    assert texts(api(ada).get("me/drafts")) == ["Hm @bob #art"]
    for road in ("users/@ada/posts", "feed", "me/scheduled"):
        assert texts(api(ada).get(road)) == []
    assert texts(api(bob).get("me/drafts")) == []
    assert not Post.objects.exists()
    ada.refresh_from_db()
    assert ada.post_count == 0


def test_draft_may_say_nothing_yet(api: Any, ada: User) -> None:
    card = create(api(ada), state="draft", text="")
    refused = api(ada).patch(f"posts/{card['id']}", json={"state": "published"})
    assert refused_at(refused) == [("/text", "required")]


def test_draft_is_edited_and_published(api: Any, ada: User) -> None:
    client = api(ada)
    first, second = make_image(ada), make_image(ada)
    draft = create(client, state="draft", media_ids=[str(first.pk)])
    path = f"posts/{draft['id']}"

    changes = {"text": "Better #art", "media_ids": [str(second.pk)], "poll": {"options": ["A", "B"]}}
    edited = client.patch(path, json=changes).json()
    assert (edited["text"], [one["id"] for one in edited["media"]]) == ("Better #art", [str(second.pk)])
    card = client.patch(path, json={"state": "published"}).json()

    assert (card["state"], card["text"], len(card["poll"]["options"])) == ("published", "Better #art", 2)
    assert card["id"] != draft["id"]
    assert client.get(path).json() == client.get(f"posts/{card['id']}").json() == card
    places = dict(Media.objects.values_list("pk", "attached_to"))
    assert places == {first.pk: "", second.pk: f"post:{card['id']}"}
    for method in ("patch", "delete"):
        refused = client.request(method, path, json={"text": "x"} if method == "patch" else None)
        assert problem(refused) == (409, "already_published")
        assert card["id"] in refused.json()["detail"]
    assert texts(client.get("me/drafts")) == []
    assert texts(client.get("tags/art/posts")) == ["Better #art"]


@pytest.mark.parametrize("poll", [{}, {"options": ["One"]}, {"allows_several": True}])
def test_poll_of_a_draft_is_changed_as_a_whole(api: Any, ada: User, poll: Any) -> None:
    draft = create(api(ada), state="draft", poll={"options": ["A", "B"]})
    refused = api(ada).patch(f"posts/{draft['id']}", json={"poll": poll})
    assert [where for where, _ in refused_at(refused)] == ["/poll/options"]
    changed = api(ada).patch(f"posts/{draft['id']}", json={"poll": {"options": ["C", "D"]}}).json()
    assert [option["text"] for option in changed["poll"]["options"]] == ["C", "D"]


def test_edit_of_a_draft_is_made_to_the_state_it_names_only(api: Any, ada: User) -> None:
    client = api(ada)
    path = f"posts/{create(client, state='draft')['id']}"
    etag = client.get(path)["ETag"]
    assert client.patch(path, json={"text": "One"}, **{"If-Match": etag}).status_code == 200
    refused = client.patch(path, json={"text": "Two"}, **{"If-Match": etag})
    assert problem(refused) == (412, "precondition_failed")


def test_draft_is_deleted_with_its_uploads(api: Any, ada: User) -> None:
    image = make_image(ada)
    draft = create(api(ada), state="draft", media_ids=[str(image.pk)])
    assert api(ada).delete(f"posts/{draft['id']}").status_code == 204
    assert problem(api(ada).get(f"posts/{draft['id']}")) == (404, "not_found")
    assert not Draft.objects.exists()
    assert not Media.objects.exists()


def test_drafts_are_limited(api: Any, ada: User) -> None:
    content = {"media_ids": [], "quote_of": None, "poll": None}
    Draft.objects.bulk_create([Draft(author=ada, content=content) for _ in range(MOST_DRAFTS)])
    refused = api(ada).post("posts", json={"text": "x", "state": "draft"})
    assert problem(refused) == (409, "too_many_drafts")
    assert create(api(ada))["state"] == "published"


# --- Scheduled posts -----------------------------------------------------------------------------


def test_post_is_published_at_its_time(api: Any, ada: User) -> None:
    at = soon()
    image = make_image(ada)
    draft = create(api(ada), publish_at=at, media_ids=[str(image.pk)])
    assert (draft["state"], draft["publish_at"]) == ("scheduled", at.replace("+00:00", "Z"))
    [job] = OutboxJob.objects.filter(name="content.tasks.publish_scheduled")
    assert job.due_at == dt.datetime.fromisoformat(at)

    run_at(at, draft["id"], late=-1)
    assert texts(api(ada).get("me/scheduled")) == ["Later"]
    for _ in range(2):
        run_at(at, draft["id"])

    [post] = Post.objects.all()
    assert post.media_ids == [str(image.pk)]
    assert texts(api(ada).get("me/scheduled")) == []
    assert texts(api().get("users/@ada/posts")) == ["Later"]
    assert api(ada).get(f"posts/{draft['id']}").json()["id"] == str(post.pk)
    ada.refresh_from_db()
    assert ada.post_count == 1


def test_scheduled_posts_are_listed_in_their_order(api: Any, ada: User) -> None:
    for minutes in (30, 10, 20):
        create(api(ada), text=str(minutes), publish_at=soon(minutes))
    first = api(ada).get("me/scheduled?limit=2")
    second = api(ada).get(first.json()["next"].removeprefix("http://testserver"))
    assert (texts(first), texts(second)) == (["10", "20"], ["30"])


def test_edit_one_second_before_is_honoured(api: Any, ada: User) -> None:
    at, later = soon(), soon(90)
    moved = create(api(ada), text="Moved", publish_at=at)["id"]
    changed = create(api(ada), text="Before", publish_at=at)["id"]
    deleted = create(api(ada), text="Deleted", publish_at=at)["id"]
    withdrawn = create(api(ada), text="Withdrawn", publish_at=at)["id"]

    api(ada).patch(f"posts/{moved}", json={"publish_at": later})
    api(ada).patch(f"posts/{changed}", json={"text": "After"})
    api(ada).delete(f"posts/{deleted}")
    assert api(ada).patch(f"posts/{withdrawn}", json={"publish_at": None}).json()["state"] == "draft"
    for draft_id in (moved, changed, deleted, withdrawn):
        run_at(at, draft_id)

    assert texts(api().get("users/@ada/posts")) == ["After"]
    assert texts(api(ada).get("me/drafts")) == ["Withdrawn"]
    run_at(later, moved)
    assert texts(api().get("users/@ada/posts")) == ["Moved", "After"]


def test_scheduled_post_that_cannot_be_published_says_why(api: Any, ada: User, bob: User) -> None:
    at = soon()
    original = make_post(bob)
    failing = create(api(ada), text="Quote", publish_at=at, quote_of=str(original.pk))["id"]
    block(bob, ada)

    run_at(at, failing)

    card = api(ada).get(f"posts/{failing}").json()
    assert (card["state"], card["failure"], card["quoted"]) == ("failed", "invalid", None)
    assert texts(api(ada).get("me/scheduled")) == ["Quote"]
    assert not Post.objects.filter(author=ada).exists()
    repaired = api(ada).patch(f"posts/{failing}", json={"quote_of": None, "state": "published"}).json()
    assert (repaired["state"], repaired["text"]) == ("published", "Quote")


def test_nothing_is_published_for_the_suspended(api: Any, ada: User) -> None:
    at = soon()
    draft = create(api(ada), publish_at=at)
    suspend(ada)
    run_at(at, draft["id"])
    assert Draft.objects.get().state == DraftState.FAILED
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"publish_at": "2020-01-01T00:00:00Z"}, [("/publish_at", "out_of_range")]),
        ({"publish_at": "2999-01-01T00:00:00Z"}, [("/publish_at", "out_of_range")]),
        ({"publish_at": "tomorrow"}, [("/publish_at", "invalid")]),
        ({"publish_at": 5}, [("/publish_at", "invalid")]),
        ({"state": "scheduled"}, [("/state", "invalid_choice")]),
        ({"state": "draft", "publish_at": "2999-01-01T00:00:00Z"}, [("/publish_at", "not_allowed")]),
    ],
)
def test_malformed_time_is_refused(api: Any, ada: User, body: Any, refused: Any) -> None:
    assert refused_at(api(ada).post("posts", json={"text": "x", **body})) == refused
    assert not Draft.objects.exists()


def test_scheduled_post_must_say_something(api: Any, ada: User) -> None:
    refused = api(ada).post("posts", json={"publish_at": soon()})
    assert refused_at(refused) == [("/text", "required")]
    poll = {"options": ["A", "B"], "closes_at": soon(30)}
    refused = api(ada).post("posts", json={"publish_at": soon(), "poll": poll})
    assert refused_at(refused) == [("/poll/closes_at", "out_of_range")]


def test_scheduled_post_still_says_something_after_an_edit(api: Any, ada: User) -> None:
    card = create(api(ada), publish_at=soon())
    response = api(ada).patch(f"posts/{card['id']}", json={"text": ""})
    assert refused_at(response) == [("/text", "required")]


def test_poll_of_a_scheduled_post_closes_a_day_after_it_is_published(api: Any, ada: User) -> None:
    at = soon()
    draft = create(api(ada), publish_at=at, poll={"options": ["A", "B"]})
    run_at(at, draft["id"])
    assert Poll.objects.get().closes_at > timezone.now() + dt.timedelta(hours=23)


@pytest.mark.django_db(transaction=True)
def test_post_is_published_once_whoever_tries(api: Any) -> None:
    at = soon()
    client = api(make_user("ada"))
    ids = [create(client, publish_at=at)["id"] for _ in range(8)]

    def act(_: int) -> None:
        for draft_id in ids:
            run_at(at, draft_id)

    assert run_parallel(6, act) == [None] * 6
    assert Post.objects.count() == len(ids)


@pytest.mark.django_db(transaction=True)
def test_deletion_that_races_with_the_time_wins_or_loses_as_a_whole(api: Any) -> None:
    client = api(make_user("ada"))
    for _ in range(5):
        Post.objects.all().delete()
        at = soon()
        draft_id = create(client, publish_at=at)["id"]

        def act(number: int, at: str = at, draft_id: str = draft_id) -> int:
            if number:
                run_at(at, draft_id)
                return 0
            status: int = client.delete(f"posts/{draft_id}").status_code
            return status

        results = run_parallel(3, act)

        assert not any(isinstance(result, Problem | Exception) for result in results)
        assert Post.objects.count() == {204: 0, 409: 1}[results[0]]


@pytest.mark.parametrize("path", ["me/drafts", "me/scheduled"])
def test_lists_cost_the_same_however_many(api: Any, ada: User, path: str) -> None:
    client = api(ada)
    when: dict[str, Any] = {"state": "draft"} if path == "me/drafts" else {"publish_at": soon()}

    def add() -> None:
        create(client, media_ids=[str(make_image(ada).pk)], quote_of=str(make_post(make_user()).pk), **when)

    add()
    one = cost_of(client, path)
    add()
    add()
    assert cost_of(client, path) == one
