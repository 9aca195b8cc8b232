"""A post that is for payers, with a secret in all that posts have, and people before and behind the lock."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from content.actions.indexing import reindex
from content.actions.trends import roll_up_trends
from content.models import Category, Post
from payments.actions.entitlements import entitle
from payments.enums import EntitlementKind
from tests.conftest import ApiClient, sign_in
from tests.content.people import follow
from tests.factories.accounts import make_user
from tests.factories.content import make_collection, make_repost, save
from tests.factories.media import make_media
from tests.factories.messaging import make_conversation, make_message

SECRET = "kingfisher"
PREVIEW = "peekaboo"
LOCKS: dict[str, dict[str, Any]] = {
    "price": {"price": {"value": 500, "currency": "USD"}},
    "subscribers": {"visibility": "subscribers"},
}


@dataclass
class Sale:
    """A post of Ada's; `fan` and `stranger` have not paid, `buyer` and `patron` have.

    The fan and the buyer follow Ada, and she mentions them; the others do not.
    """

    people: dict[str, User]
    clients: dict[str, ApiClient]
    names: dict[str, str]

    def get(self, who: str, path: str) -> tuple[int, str]:
        """Read what somebody is answered, with `{names}` in the path filled in."""
        return self.ask(who, "get", path)

    def ask(self, who: str, method: str, path: str, json: Any = None) -> tuple[int, str]:
        own = {f"own_{what}": self.names.get(f"{what}_{who}", "") for what in ("talk", "message")}
        names = {**self.names, **own}
        response = self.clients[who].request(method, path.format(**names), json=json)
        body = getattr(response, "streaming_content", None)
        content = b"".join(body) if body is not None else response.content
        return response.status_code, content.decode(errors="replace")


def make_sale(lock: str) -> Sale:
    """Have Ada publish and edit it, and others do all with it that those may who have not paid."""
    Category.objects.get_or_create(slug="art", defaults={"name": "Art"})
    people = {
        name: make_user(name)
        for name in ("ada", "fan", "buyer", "stranger", "patron", "passer", "quoter", "nobody")
    }
    clients = {name: ApiClient(*sign_in(user)) for name, user in people.items()}
    sale = Sale(people, clients, {})
    for name in ("fan", "buyer"):
        follow(people[name], people["ada"])
    sale.names |= {f"{name}_id": str(user.pk) for name, user in people.items()}
    _publish(sale, lock)
    for name in ("buyer", "patron"):
        pay(sale, lock, name)
    _talk(sale)
    _pass_on(sale)
    roll_up_trends(timezone.now())
    reindex()
    return sale


def pay(sale: Sale, lock: str, name: str) -> None:
    """Let somebody read the post."""
    if lock == "price":
        entitle(sale.people[name].pk, EntitlementKind.POST, post_of(sale).pk)
    else:
        entitle(sale.people[name].pk, EntitlementKind.CREATOR, sale.people["ada"].pk)


def post_of(sale: Sale) -> Post:
    return Post.objects.get(pk=sale.names["post"])


def _publish(sale: Sale, lock: str) -> None:
    ada = sale.clients["ada"]
    upload = make_media(sale.people["ada"].pk, alt_text=f"A {SECRET}", blurhash="LEHV6nWB2yk8pyo0adR*.7kC")
    body = {
        "text": f"The {SECRET} @fan @buyer #{SECRET}",
        "media_ids": [str(upload.pk)],
        "poll": {"options": [f"{SECRET} one", "heron"], "allows_several": True},
        "location": {"name": f"{SECRET} lake"},
        "category": "art",
        "preview_text": PREVIEW,
        **LOCKS[lock],
    }
    created = ada.post("posts", json=body)
    assert created.status_code == 201, created.content
    post_id = created.json()["id"]
    sale.names |= {"post": post_id, "media": str(upload.pk)}
    text = f"The {SECRET} again @fan @buyer #{SECRET}"
    assert ada.patch(f"posts/{post_id}", json={"text": text}).status_code == 200
    assert ada.put(f"posts/{post_id}/reaction", json={"kind": "love"}).status_code == 200
    comment = ada.post(f"posts/{post_id}/comments", json={"text": f"{SECRET}! @fan @buyer"})
    sale.names["comment"] = comment.json()["id"]
    reply = ada.post(
        f"posts/{post_id}/comments", json={"text": f"{SECRET}?", "parent_id": sale.names["comment"]}
    )
    assert reply.status_code == 201


def _talk(sale: Sale) -> None:
    for name in ("fan", "buyer"):
        talk = make_conversation("direct", sale.people["ada"], sale.people[name])
        post_id = post_of(sale).pk
        message = make_message(
            talk, sale.people["ada"], "", kind="shared", shared_kind="post", shared_id=post_id
        )
        sale.names |= {f"talk_{name}": str(talk.pk), f"message_{name}": str(message.pk)}


def _pass_on(sale: Sale) -> None:
    post = post_of(sale)
    make_repost(post, sale.people["passer"])
    quote = sale.clients["quoter"].post("posts", json={"text": "Look", "quote_of": str(post.pk)})
    assert quote.status_code == 201
    sale.names["quote"] = quote.json()["id"]
    collection = make_collection(sale.people["passer"], post, is_public=True)
    sale.names["collection"] = str(collection.pk)
    for name in ("fan", "buyer"):
        save(post, sale.people[name])
