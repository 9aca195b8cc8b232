"""Every road to a post that is for payers: who has not paid meets its preview there, and nothing else."""

import json
from typing import Any

import pytest

from content.models import Mention
from messaging.enums import ReactionKind
from payments.actions.entitlements import withdraw
from payments.enums import EntitlementKind
from tests.accounts.test_exports import private_files, read_zip  # noqa: F401
from tests.content.paid import LOCKS, PREVIEW, SECRET, Sale, make_sale, pay, post_of
from tests.messaging.frames import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settled_at_once")]

NEAR, FAR = ("fan", "buyer"), ("stranger", "patron")  # who has not paid, and who has

SHOWN = {
    "detail": (NEAR, "posts/{post}"),
    "detail of a stranger": (FAR, "posts/{post}"),
    "feed": (NEAR, "feed"),
    "profile": (NEAR, "users/@ada/posts"),
    "profile to strangers": (FAR, "users/@ada/posts"),
    "media of a profile": (NEAR, "users/@ada/media"),
    "reposts of a profile": (NEAR, "users/@passer/reposts"),
    "explore": (FAR, "explore"),
    "trending": (NEAR, "trending/posts"),
    "category": (NEAR, "categories/art/posts"),
    "search": (NEAR, f"search?q={PREVIEW}&type=posts"),
    "search of all": (FAR, f"search?q={PREVIEW}"),
    "saved": (NEAR, "me/saved"),
    "mentions": (NEAR, "me/mentions"),
    "collection": (NEAR, "collections/{collection}/posts"),
    "quoting post": (NEAR, "posts/{quote}"),
    "quotes": (NEAR, "posts/{post}/quotes"),
    "profile of who quotes": (FAR, "users/@quoter/posts"),
    "messages": (NEAR, "conversations/{own_talk}/messages"),
    "message": (NEAR, "messages/{own_message}"),
}
REFUSED: dict[str, tuple[tuple[str, str], str, str, Any]] = {
    "history": (NEAR, "get", "posts/{post}/history", None),
    "comments": (NEAR, "get", "posts/{post}/comments", None),
    "comments of strangers": (FAR, "get", "posts/{post}/comments?sort=top", None),
    "comment": (NEAR, "get", "comments/{comment}", None),
    "replies": (NEAR, "get", "comments/{comment}/replies", None),
    "vote": (NEAR, "put", "posts/{post}/vote", {"option": 0}),
    "commenting": (NEAR, "post", "posts/{post}/comments", {"text": f"a {SECRET}"}),
    "reaction to a comment": (NEAR, "put", "comments/{comment}/reaction", {"kind": ReactionKind.LIKE}),
}
FILES = {
    "upload": "media/{media}",
    "variant": "/media/{media}/200.webp",
    "original": "/media/{media}/original.jpg",
}


@pytest.fixture(params=list(LOCKS))
def sale(request: pytest.FixtureRequest) -> Sale:
    return make_sale(request.param)


def test_every_list_shows_the_preview_and_to_payers_all(sale: Sale) -> None:
    met = {}
    for road, (people, path) in SHOWN.items():
        for _ in range(2):  # what is kept of the one reading is not given to the other
            for name in people:
                status, body = sale.get(name, path)
                met[road, name] = (status, sale.names["post"] in body, PREVIEW in body, SECRET in body)

    for road, (people, _) in SHOWN.items():
        locked, paid = people
        is_message = road.startswith("message")  # which says in one place either the one or the other
        assert (road, met[road, locked]) == (road, (200, True, True, False))
        assert (road, met[road, paid]) == (road, (200, True, not is_message, True))


def test_what_is_said_about_it_is_refused(sale: Sale) -> None:
    answers = {}
    for road, ((locked, paid), method, path, body) in REFUSED.items():
        for name in (paid, locked, paid):
            status, text = sale.ask(name, method, path, body)
            answers[road, name] = (status, SECRET in text, "post_locked" in text)

    for road, ((locked, paid), method, *_) in REFUSED.items():
        assert (road, answers[road, locked]) == (road, (403, False, True))
        assert (road, answers[road, paid]) == (road, (201 if method == "post" else 200, True, False))


def test_nobody_signed_in_reads_no_more_than_a_preview(sale: Sale, api: Any) -> None:
    sale.clients["anybody"] = api()
    own = ("feed", "me/", "conversations/", "messages/")
    paths = {path for _, path in SHOWN.values() if not path.startswith(own)}

    answers = {path: sale.get("anybody", path) for path in paths}

    assert {path: (status, SECRET in body) for path, (status, body) in answers.items()} == dict.fromkeys(
        paths, (200, False)
    )
    assert [path for path, (_, body) in answers.items() if PREVIEW not in body] == []
    assert sale.get("anybody", "posts/{post}/comments")[0] == 403
    assert {sale.get("anybody", path)[0] for path in list(FILES.values())[1:]} == {404}


def test_files_are_for_payers(sale: Sale) -> None:
    locked = {name: sale.get("fan", path)[0] for name, path in FILES.items()}
    paid = {name: sale.get("buyer", path)[0] for name, path in FILES.items()}
    card = json.loads(sale.get("buyer", "posts/{post}")[1])
    urls = [upload["url"] for upload in card["media"]]

    assert locked == dict.fromkeys(FILES, 404)
    assert paid == dict.fromkeys(FILES, 200)
    assert [sale.get("nobody", url.partition("?")[0])[0] for url in urls] == [404]
    assert sale.get("fan", urls[0])[0] == 404  # who asks is the fan, whatever the pass in it says
    assert sale.names["media"] not in sale.get("fan", "posts/{post}")[1]


def test_it_is_found_by_nothing_that_it_says(sale: Sale) -> None:
    for name in ("fan", "buyer", "stranger"):
        found = json.loads(sale.get(name, f"search?q={SECRET}")[1])
        assert (name, found["results"]) == (name, [])
        assert sale.get(name, f"tags/{SECRET}")[0] == 404
        assert sale.get(name, f"tags/{SECRET}/posts")[0] == 404
        assert SECRET not in sale.get(name, "trending/tags")[1]


def test_notifications_tell_of_it_without_a_word(sale: Sale) -> None:
    status, locked = sale.get("fan", "notifications")
    paid = json.loads(sale.get("buyer", "notifications")[1])["results"]

    assert (status, SECRET in locked) == (200, False)
    told = [(one["kind"], one["thing"]["id"], one["data"]) for one in json.loads(locked)["results"]]
    assert told == [("mention", sale.names["post"], {})]
    assert [one["data"]["excerpt"] for one in paid][-1].startswith(f"The {SECRET} again")


def test_comments_are_told_to_those_who_read_them(sale: Sale) -> None:
    with published() as frames:
        commented = sale.ask("ada", "post", "posts/{post}/comments", {"text": f"{SECRET} 2 @fan @buyer"})

    assert commented[0] == 201
    told = {frame.group: frame.data for frame in frames if frame.type == "notification.created"}
    assert set(told) == {f"user.{sale.people['buyer'].pk}"}
    assert SECRET in json.dumps(list(told.values()))
    mine = json.loads(sale.get("fan", "me/mentions")[1])["results"]
    assert [mention["kind"] for mention in mine] == ["post"]
    assert Mention.objects.filter(user=sale.people["fan"]).count() == 3


def test_no_frame_carries_it_to_others(sale: Sale) -> None:
    lock = LOCKS["price"]
    ada = sale.clients["ada"]

    with published() as frames:
        made = ada.post("posts", json={"text": f"{SECRET} @fan @stranger", "preview_text": "p", **lock})
        path = f"posts/{made.json()['id']}"
        ada.patch(path, json={"text": f"{SECRET} @fan @quoter"})
        sale.clients["fan"].put(f"{path}/reaction", json={"kind": "like"})
        sale.clients["fan"].put(f"{path}/repost")
        body = {"shared": {"kind": "post", "id": made.json()["id"]}}
        shared = sale.ask("ada", "post", "conversations/{talk_fan}/messages", body)

    assert shared[0] == 201
    mine = str(sale.people["ada"].pk)
    others = [frame for frame in frames if mine not in frame.group]
    assert {frame.type for frame in others} >= {"notification.created", "message.created"}
    assert [frame for frame in others if SECRET in json.dumps(frame.data)] == []


def test_a_copy_of_what_the_platform_holds_has_nothing_of_it(sale: Sale) -> None:
    fan = sale.clients["fan"]
    files = read_zip(fan.get(fan.post("me/export")["Location"]))

    assert sale.names["post"] in str(files)
    assert [name for name, content in files.items() if SECRET.encode() in content] == []


def test_who_pays_reads_at_once_and_who_gets_the_money_back_no_more(sale: Sale) -> None:
    lock = "price" if post_of(sale).price else "subscribers"
    roads = {"feed", "detail", "saved", "mentions", "category", "quoting post", "profile", "search"}
    paths = [SHOWN[road][1] for road in sorted(roads)]

    def reads() -> set[bool]:
        return {SECRET in sale.get("fan", path)[1] for path in paths}

    assert reads() == {False}
    pay(sale, lock, "fan")
    assert reads() == {True}
    assert sale.get("fan", "posts/{post}/comments")[0] == 200
    assert sale.get("fan", FILES["variant"])[0] == 200

    if lock == "price":
        withdraw(sale.people["fan"].pk, EntitlementKind.POST, post_of(sale).pk)
    else:
        withdraw(sale.people["fan"].pk, EntitlementKind.CREATOR, sale.people["ada"].pk)
    assert reads() == {False}
    assert sale.get("fan", "posts/{post}/comments")[0] == 403
    assert sale.get("fan", FILES["variant"])[0] == 404
