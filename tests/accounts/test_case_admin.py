"""The staff's pages of cases and decisions, as a moderator sees them who may see nothing else."""

import datetime as dt
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.appeals import appeal_decision, give_up_removed
from accounts.actions.reports import file_report
from accounts.models import Case, Decision, User
from accounts.policies.moderation import APPEAL_TIME
from content.actions.moderation import moderate
from content.models import Post
from grover.core.ids import new_id
from grover.core.models import AuditEntry
from grover.core.viewers import Viewer
from messaging.models import Message
from tests.factories.accounts import make_user
from tests.factories.content import make_comment, make_post
from tests.factories.media import make_media
from tests.factories.messaging import make_conversation, make_message
from tests.factories.stories import make_story

pytestmark = pytest.mark.django_db

CASES, DECISIONS = "/admin/accounts/case/", "/admin/accounts/decision/"


def moderator(username: str = "judge") -> Client:
    """Appoint somebody a moderator, and sign them in."""
    user = make_user(username)
    call_command("appoint_staff", username, "--moderator")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pages(db: None) -> Client:
    return moderator()


def report(kind: str, thing: Any, reporter: User | None = None, **said: str) -> Case:
    viewer = Viewer((reporter or make_user()).pk, new_id())
    file_report(viewer, kind=kind, target_id=thing.pk, **{"reason": "spam", "note": "Look.", **said})
    return Case.objects.get(target_id=thing.pk)


def post_of(case: Case) -> Post:
    """Give the post that a case is about."""
    return Post.objects.get(pk=case.target_id)


def text_of(client: Client, case: Case) -> str:
    answer = client.get(f"{CASES}{case.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_moderator_sees_cases_and_nothing_else(pages: Client) -> None:
    case = report("user", make_user("bob", bio="Buy looms."))
    pages.post(f"{CASES}act/warn/?ids={case.pk}", {"reason": "Rules"})
    decision = Decision.objects.get()
    statuses = {
        f"{model._meta.app_label}.{model._meta.model_name}": pages.get(
            f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        ).status_code
        for model in admin.site._registry
    }

    assert statuses.pop("accounts.case") == statuses.pop("accounts.decision") == 200
    assert len(statuses) >= 6
    assert set(statuses.values()) == {403}
    assert pages.get(f"/admin/accounts/user/{case.owner_id}/change/").status_code == 403
    assert (
        pages.post(f"/admin/accounts/user/act/suspend/?ids={case.owner_id}", {"reason": "x"}).status_code
        == 403
    )
    for path in (CASES, f"{CASES}{case.pk}/change/", DECISIONS, f"{DECISIONS}{decision.pk}/change/"):
        answer = pages.get(path)
        assert (answer.status_code, b"@example.com" in answer.content) == (200, False)
    for path in (f"{CASES}add/", f"{CASES}{case.pk}/delete/", f"{DECISIONS}{decision.pk}/delete/"):
        assert pages.post(path, {"post": "yes"}).status_code == 403


def test_pages_are_for_moderators_alone(pages: Client) -> None:
    case = report("user", make_user())
    other = Client()
    other.force_login(make_user(is_staff=True))

    for path in (CASES, f"{CASES}{case.pk}/change/", f"{CASES}act/warn/?ids={case.pk}", DECISIONS):
        assert other.get(path).status_code == 403
    assert other.post(f"{CASES}act/warn/?ids={case.pk}", {"reason": "x"}).status_code == 403
    assert other.get(f"{CASES}{case.pk}/picture/{new_id()}/").status_code == 403
    assert not Decision.objects.exists()


def test_case_shows_the_thing_in_its_context(pages: Client) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post = make_post(ada, text="<b>Looms</b> for sale", visibility="public", content_warning="Sales")
    comment = make_comment(post, bob, text="Junk!")
    reply = make_comment(post, ada, parent=comment, text="No!")
    story = make_story(bob, text="Good morning")
    shown = {
        "post": (post, ["&lt;b&gt;Looms&lt;/b&gt; for sale", "Sales", "@ada", "Public, visible"]),
        "comment": (reply, ["No!", "In reply to: Junk!", "Under the post: ", "@ada"]),
        "story": (story, ["Good morning", "Everyone, visible", "@bob"]),
        "user": (bob, ["@bob", "active"]),
    }

    for kind, (thing, words) in shown.items():
        page = text_of(pages, report(kind, thing, note="Not true."))
        assert [word for word in [*words, "Not true.", "Spam 1"] if word not in page] == [], kind
    moderate("post", post.pk, "removed")
    assert "Public, removed" in text_of(pages, Case.objects.get(target_id=post.pk))


def test_case_of_a_message_shows_nothing_that_was_said(pages: Client) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    talk = make_conversation("direct", ada, bob, title="Hush")
    message = make_message(talk, ada, "A secret")
    make_message(talk, bob, "Another secret")
    case = report("message", message, bob)

    page = text_of(pages, case)
    assert "What people say in private is not shown." in page
    assert ("secret" in page, "Hush" in page, "@ada" in page) == (False, False, True)
    pages.post(f"{CASES}act/hide/?ids={case.pk}", {"reason": "x"})
    assert Case.objects.get().state == "open"
    pages.post(f"{CASES}act/remove/?ids={case.pk}", {"reason": "Threats"})

    message.refresh_from_db()
    assert (message.text, message.unsent_at is None) == ("", False)
    assert Message.objects.filter(text="Another secret").exists()
    assert "It is gone." in text_of(pages, case)


def test_pictures_of_what_was_reported_are_shown(pages: Client) -> None:
    ada = make_user("ada")
    upload, other = make_media(ada.pk), make_media(ada.pk)
    case = report("story", make_story(ada, media=upload))
    moderate("story", case.target_id, "removed")

    picture = f"{CASES}{case.pk}/picture/{upload.pk}/"
    assert picture in text_of(pages, case)
    answer = pages.get(picture)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "no-store" in answer["Cache-Control"]
    for path in (f"{CASES}{case.pk}/picture/{other.pk}/", f"{CASES}{new_id()}/picture/{upload.pk}/"):
        assert pages.get(path).status_code == 404


def test_deciding_asks_for_a_reason_and_shows_refusals(pages: Client) -> None:
    case = report("post", make_post(make_user("ada")))
    act = f"{CASES}act/remove/?ids={case.pk}"

    assert act.replace("&", "&amp;") in text_of(pages, case)
    assert "Whom it concerns reads this" in pages.get(act).content.decode()
    assert pages.post(act, {"reason": " "}).status_code == 200
    done = pages.post(act, {"reason": "Spam"}, follow=True).content.decode()
    again = pages.post(act, {"reason": "Spam"}, follow=True).content.decode()

    assert "1 done" in done
    assert "The case is decided already" in again
    assert list(AuditEntry.objects.values_list("actor_label", "action", "reason"))[1:] == [
        ("@judge", "remove_case", "Spam")
    ]


def test_appeal_is_answered_by_another_moderator(pages: Client, api: Any) -> None:
    ada = make_user("ada")
    case = report("post", make_post(ada))
    pages.post(f"{CASES}act/remove/?ids={case.pk}", {"reason": "Spam"})
    decision, second = Decision.objects.get(), moderator("second")
    assert api(ada).get(f"posts/{case.target_id}").status_code == 404
    appeal_decision(Viewer(ada.pk, new_id()), decision_id=decision.pk, text="Mine to sell")

    waiting = second.get(DECISIONS, {"appeal_state__exact": "pending"}).context["cl"].result_list
    assert list(waiting) == [decision]
    assert "Mine to sell" in second.get(f"{DECISIONS}{decision.pk}/change/").content.decode()
    own = pages.post(f"{DECISIONS}act/grant/?ids={decision.pk}", {"reason": "x"}, follow=True)
    assert "Somebody else of the staff" in own.content.decode()
    second.post(f"{DECISIONS}act/grant/?ids={decision.pk}", {"reason": "Fine"})

    assert api(ada).get(f"posts/{case.target_id}").status_code == 200


def test_removed_post_is_erased_in_the_end(pages: Client) -> None:
    case = report("post", make_post(make_user("ada")))
    pages.post(f"{CASES}act/remove/?ids={case.pk}", {"reason": "Spam"})
    over = Decision.objects.get().created_at + APPEAL_TIME

    assert (give_up_removed(over - dt.timedelta(seconds=1)), Post.objects.count()) == (0, 1)
    assert (give_up_removed(over), Post.objects.count()) == (1, 0)
    assert "It is gone." in text_of(pages, case)


def test_queue_is_filtered_searched_and_ordered(pages: Client) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post, person = report("post", make_post(ada)), report("user", bob)
    report("post", post_of(post), reason="hate")

    def shown(**query: str) -> list[Case]:
        answer = pages.get(CASES, query)
        assert answer.status_code == 200
        return list(answer.context["cl"].result_list)

    assert shown() == [post, person]
    assert shown(target_kind__exact="user") == shown(q="bob") == shown(q=str(bob.pk)) == [person]
    assert shown(state__exact="decided") == shown(q="%'") == []
    assert "Hate 1, Spam 1" in pages.get(CASES).content.decode()


def test_pages_take_the_same_queries_for_one_and_three(pages: Client) -> None:
    def costs(case: Case) -> list[int]:
        spent = []
        for path in (CASES, f"{CASES}{case.pk}/change/", DECISIONS):
            with CaptureQueriesContext(connection) as queries:
                assert pages.get(path).status_code == 200
            spent.append(len(queries))
        return spent

    def decided() -> Case:
        case = report("post", make_post(ada))
        pages.post(f"{CASES}act/warn/?ids={case.pk}", {"reason": "x"})
        return case

    ada = make_user("ada")
    case = decided()
    one = costs(case)
    for _ in range(2):
        decided(), report("post", post_of(case))
    assert costs(case) == one
