"""Products: written, changed, put on sale and taken off it, and who sees them."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.cards.moderation import ReportedThing
from accounts.models import User
from accounts.selectors.cases import find_thing
from grover.core.ids import new_id
from grover.media.models import Media
from payments.models import Product
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.factories.accounts import make_user
from tests.factories.market import make_product
from tests.factories.media import make_media

pytestmark = pytest.mark.django_db

MUG = {"kind": "physical", "title": "A mug", "price": {"value": 1_200, "currency": "USD"}}
MUG_AS_TEXT = '{"kind": "physical", "title": "A mug", "price": {"value": 1200, "currency": "USD"}}'


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def ids_of(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [card["id"] for card in answer.json()["results"]]


# --- writing -------------------------------------------------------------------------------------


def test_product_is_written_and_read(api: Any, ada: User, bob: User) -> None:
    picture = make_media(ada.pk)
    body = MUG | {"state": "published", "description": "Blue.", "stock": 3, "media_ids": [str(picture.pk)]}
    made = api(ada).post("products", json=body)

    assert made.status_code == 201
    card = made.json()
    assert made["Location"] == f"/api/v1/products/{card['id']}"
    assert card == {
        "id": card["id"],
        "seller": {
            "id": str(ada.pk),
            "username": "ada",
            "display_name": "",
            "avatar_url": None,
            "is_verified": False,
        },
        "kind": "physical",
        "state": "published",
        "title": "A mug",
        "description": "Blue.",
        "price": {"value": 1_200, "currency": "USD"},
        "stock": 3,
        "media": card["media"],
        "file_media_id": None,
        "rating_average": None,
        "review_count": 0,
        "created_at": card["created_at"],
    }
    assert [one["id"] for one in card["media"]] == [str(picture.pk)]
    picture.refresh_from_db()
    assert (picture.attached_to, picture.access) == (f"product:{card['id']}", "public")
    for client in (api(bob), api()):
        assert client.get(f"products/{card['id']}").json() == card
        assert client.get(f"/media/{picture.file_name}").status_code == 200


def test_draft_is_its_sellers_alone(api: Any, ada: User, bob: User) -> None:
    picture = make_media(ada.pk)
    made = api(ada).post("products", json=MUG | {"media_ids": [str(picture.pk)]}).json()

    assert made["state"] == "draft"
    assert api(ada).get(f"products/{made['id']}").json()["id"] == made["id"]
    assert refusal(api(bob).get(f"products/{made['id']}")) == (404, "not_found")
    assert api(bob).get(f"/media/{picture.file_name}").status_code == 404
    assert api(ada).get(made["media"][0]["url"]).status_code == 200
    assert ids_of(api(bob).get("products")) == []
    assert ids_of(api(bob).get("users/@ada/products")) == []
    assert ids_of(api(ada).get("users/@ada/products")) == [made["id"]]


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        49,
        1_000_001,
        10**12,
        0.001,
        1e3,
        "1e3",
        "NaN",
        "inf",
        "\uff11\uff12",
        "500",
        True,
        None,
        [],
        {},
    ],
)
def test_wrong_prices_are_refused(api: Any, ada: User, value: Any) -> None:
    client = api(ada)
    answer = client.post("products", json=MUG | {"price": {"value": value, "currency": "USD"}})
    assert [pointer for pointer, _ in faults(answer)] == ["/price/value"]

    product = make_product(ada)
    answer = client.patch(f"products/{product.pk}", json={"price": {"value": value, "currency": "USD"}})
    assert [pointer for pointer, _ in faults(answer)] == ["/price/value"]
    assert list(Product.objects.values_list("price", flat=True)) == [1_000]


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ({"value": 500, "currency": "EUR"}, [("/price/currency", "invalid_choice")]),
        ({"value": 500, "currency": "usd"}, [("/price/currency", "invalid_choice")]),
        ({"value": 500}, [("/price/currency", "required")]),
        ({"currency": "USD"}, [("/price/value", "required")]),
        ({"value": 500, "currency": "USD", "cents": 1}, [("/price/cents", "unknown")]),
        (500, [("/price", "invalid")]),
        (None, [("/price", "null")]),
    ],
)
def test_prices_are_whole(api: Any, ada: User, price: Any, expected: list[tuple[str, str]]) -> None:
    assert faults(api(ada).post("products", json=MUG | {"price": price})) == expected
    product = make_product(ada)
    assert faults(api(ada).patch(f"products/{product.pk}", json={"price": price})) == expected


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_number_is_no_price(api: Any, ada: User, number: str) -> None:
    answer = api(ada).post("products", json=MUG_AS_TEXT.replace("1200", number))
    assert answer.status_code == 422
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": ""}, [("/title", "blank")]),
        ({"title": "a" * 121}, [("/title", "max_length")]),
        ({"description": "a" * 5_001}, [("/description", "max_length")]),
        ({"kind": "idea"}, [("/kind", "invalid_choice")]),
        ({"state": "archived"}, [("/state", "invalid_choice")]),
        ({"stock": -1}, [("/stock", "min_value")]),
        ({"stock": 1_000_001}, [("/stock", "max_value")]),
        ({"stock": True}, [("/stock", "invalid")]),
        ({"media_ids": [str(uuid.uuid4()) for _ in range(9)]}, [("/media_ids", "max_length")]),
        ({"media_ids": [str(uuid.UUID(int=1))] * 2}, [("/media_ids", "not_distinct")]),
        ({"media_ids": [str(uuid.uuid4())]}, [("/media_ids/0", "not_available")]),
        ({"file_media_id": str(uuid.uuid4())}, [("/file_media_id", "not_digital")]),
        ({"kind": "digital", "file_media_id": str(uuid.uuid4())}, [("/file_media_id", "not_available")]),
        ({"kind": "digital", "state": "published"}, [("/file_media_id", "required")]),
        ({"owner": "me"}, [("/owner", "unknown")]),
    ],
)
def test_wrong_products_are_refused(
    api: Any, ada: User, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(api(ada).post("products", json=MUG | fields)) == expected
    assert not Product.objects.exists()


def test_uploads_of_others_of_other_things_and_other_kinds_are_refused(
    api: Any, ada: User, bob: User
) -> None:
    strange, used = make_media(bob.pk), make_media(ada.pk, attached_to=f"post:{new_id()}")
    sound = make_media(ada.pk, kind="audio")
    for media, code in ((strange, "not_available"), (used, "not_available"), (sound, "not_an_image")):
        answer = api(ada).post("products", json=MUG | {"media_ids": [str(media.pk)]})
        assert faults(answer) == [("/media_ids/0", code)]
    file = {"kind": "digital", "file_media_id": str(strange.pk)}
    assert faults(api(ada).post("products", json=MUG | file)) == [("/file_media_id", "not_available")]
    sound.refresh_from_db()
    assert sound.attached_to == ""


def test_file_is_told_to_nobody_but_its_seller(api: Any, ada: User, bob: User) -> None:
    file = make_media(ada.pk)
    body = MUG | {"kind": "digital", "state": "published", "file_media_id": str(file.pk)}
    card = api(ada).post("products", json=body).json()

    file.refresh_from_db()
    assert (file.attached_to, file.access) == (f"product_file:{card['id']}", "restricted")
    assert card["file_media_id"] == str(file.pk)
    assert str(file.pk) not in api(bob).get(f"products/{card['id']}").content.decode()
    for path in (f"/media/{file.file_name}", f"/media/{file.pk}/200.webp", f"media/{file.pk}"):
        assert api(bob).get(path).status_code == 404
        assert api(ada).get(path).status_code == 200


# --- changing ------------------------------------------------------------------------------------


def test_product_is_changed(api: Any, ada: User) -> None:
    product = make_product(ada, stock=3)
    first, second = make_media(ada.pk), make_media(ada.pk)
    client, path = api(ada), f"products/{product.pk}"
    client.patch(path, json={"media_ids": [str(first.pk)]})
    changes = {
        "title": "A cup",
        "description": "Red.",
        "price": {"value": 2_000, "currency": "USD"},
        "stock": None,
        "media_ids": [str(second.pk)],
    }
    changed = client.patch(path, json=changes)

    assert changed.status_code == 200
    card = changed.json()
    assert {name: card[name] for name in changes if name != "media_ids"} == {
        name: value for name, value in changes.items() if name != "media_ids"
    }
    assert [one["id"] for one in card["media"]] == [str(second.pk)]
    places = dict(Media.objects.values_list("pk", "attached_to"))
    assert places == {first.pk: "", second.pk: f"product:{product.pk}"}
    assert client.get(path).json() == card


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("draft", "published", 200),
        ("draft", "archived", 409),
        ("published", "archived", 200),
        ("published", "draft", 409),
        ("archived", "published", 200),
        ("archived", "draft", 409),
        ("archived", "archived", 200),
    ],
)
def test_states_follow_the_table(api: Any, ada: User, before: str, after: str, status: int) -> None:
    product = make_product(ada, state=before)
    answer = api(ada).patch(f"products/{product.pk}", json={"state": after})

    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "product_transition_refused"
    product.refresh_from_db()
    assert product.state == (after if status == 200 else before)


def test_pictures_are_as_open_as_their_product(api: Any, ada: User, bob: User) -> None:
    picture = make_media(ada.pk)
    client = api(ada)
    card = client.post("products", json=MUG | {"media_ids": [str(picture.pk)]}).json()
    for state, status in (("published", 200), ("archived", 404), ("published", 200)):
        assert client.patch(f"products/{card['id']}", json={"state": state}).status_code == 200
        assert api(bob).get(f"/media/{picture.file_name}").status_code == status


@pytest.mark.parametrize("changes", [{"kind": "service"}, {"title": ""}, {"stock": -1}, {"price": None}])
def test_wrong_changes_are_refused(api: Any, ada: User, changes: dict[str, Any]) -> None:
    product = make_product(ada)
    assert api(ada).patch(f"products/{product.pk}", json=changes).status_code == 422
    product.refresh_from_db()
    assert product.version == 1


def test_digital_product_on_sale_keeps_a_file(api: Any, ada: User) -> None:
    product = make_product(ada, kind="digital")
    path, another = f"products/{product.pk}", make_media(ada.pk)

    assert faults(api(ada).patch(path, json={"file_media_id": None})) == [("/file_media_id", "required")]
    changed = api(ada).patch(path, json={"file_media_id": str(another.pk)})
    assert changed.json()["file_media_id"] == str(another.pk)
    freed = Media.objects.get(attached_to="")
    assert (freed.pk, freed.access) == (product.file_media_id, "restricted")


def test_change_is_made_to_just_the_product_that_was_read(api: Any, ada: User) -> None:
    product = make_product(ada, stock=3)
    client, path = api(ada), f"products/{product.pk}"
    read = client.get(path)

    assert client.get(path, **{"If-None-Match": read["ETag"]}).status_code == 304
    Product.objects.filter(pk=product.pk).update(stock=2, version=2)
    stale = client.patch(path, json={"stock": 10}, **{"If-Match": read["ETag"]})
    assert refusal(stale) == (412, "precondition_failed")
    fresh = client.get(path)["ETag"]
    assert client.patch(path, json={"stock": 10}, **{"If-Match": fresh}).json()["stock"] == 10


def test_others_change_and_delete_nothing(api: Any, ada: User, bob: User) -> None:
    product, draft = make_product(ada), make_product(ada, state="draft")
    for key, expected in ((product.pk, (403, "not_your_product")), (draft.pk, (404, "not_found"))):
        assert refusal(api(bob).patch(f"products/{key}", json={"stock": 1})) == expected
        assert refusal(api(bob).delete(f"products/{key}")) == expected
    assert Product.objects.filter(version=1).count() == 2
    for path in (f"products/{new_id()}", "products/nonsense"):
        assert refusal(api(ada).get(path)) == (404, "not_found")
        assert refusal(api(ada).patch(path, json={})) == (404, "not_found")
        assert refusal(api(ada).delete(path)) == (404, "not_found")


def test_unsold_product_is_deleted_and_a_sold_one_archived(api: Any, ada: User, bob: User) -> None:
    picture = make_media(ada.pk)
    unsold = api(ada).post("products", json=MUG | {"media_ids": [str(picture.pk)]}).json()["id"]
    sold = make_product(ada, order_count=1)

    assert api(ada).delete(f"products/{unsold}").status_code == 204
    for _ in range(2):
        assert api(ada).delete(f"products/{sold.pk}").status_code == 204
    assert list(Product.objects.values_list("pk", "state")) == [(sold.pk, "archived")]
    assert not Media.objects.exists()
    assert api(bob).get(f"products/{sold.pk}").status_code == 404


# --- lists ---------------------------------------------------------------------------------------


def test_catalogue_is_what_is_on_sale_newest_first(api: Any, ada: User, bob: User, eve: User) -> None:
    first, second = make_product(ada), make_product(bob)
    hidden, gone = make_product(eve), make_user()
    make_product(ada, state="draft"), make_product(ada, state="archived"), make_product(gone)
    suspend(gone)
    block(eve, bob)

    assert ids_of(api(bob).get("products")) == [str(second.pk), str(first.pk)]
    assert ids_of(api().get("products")) == [str(hidden.pk), str(second.pk), str(first.pk)]
    page = api(bob).get("products?limit=1").json()
    assert [card["id"] for card in page["results"]] == [str(second.pk)]
    rest = api(bob).get(page["next"].partition("testserver")[2])
    assert ids_of(rest) == [str(first.pk)]
    assert ids_of(api(bob).get("users/@ada/products")) == [str(first.pk)]
    for path in ("users/@eve/products", f"products/{hidden.pk}", f"users/{gone.pk}/products"):
        assert refusal(api(bob).get(path)) == (404, "not_found")


def test_lists_cost_the_same_however_long(api: Any, ada: User, bob: User) -> None:
    client, costs = api(bob), []
    for _ in range(3):
        product = make_product(ada)
        picture = make_media(ada.pk, attached_to=f"product:{product.pk}", access="public")
        Product.objects.filter(pk=product.pk).update(media_ids=[str(picture.pk)])
        costs.append([cost_of(client, "products"), cost_of(client, f"users/{ada.pk}/products")])

    assert (costs[0], costs[2]) == ([4, 6], [4, 6])
    assert timezone.now() >= product.created_at


# --- reporting -----------------------------------------------------------------------------------


def test_product_is_reported_by_who_sees_it(api: Any, ada: User, bob: User, eve: User) -> None:
    picture = make_media(ada.pk)
    product = make_product(ada, description="Blue.", media_ids=[str(picture.pk)])
    draft = make_product(ada, state="draft")
    block(ada, eve)
    target = {"kind": "product", "id": str(product.pk)}

    made = api(bob).post("reports", json={"target": target, "reason": "spam"})
    assert (made.status_code, made.json()["target"]) == (201, target)
    for user, thing in ((eve, product), (bob, draft)):
        body = {"target": {"kind": "product", "id": str(thing.pk)}, "reason": "spam"}
        assert refusal(api(user).post("reports", json=body)) == (404, "not_found")
    assert find_thing("product", product.pk) == ReportedThing(
        owner_id=ada.pk,
        text="A mug\nBlue.",
        context="Physical, published, 10.00 USD",
        image_ids=[picture.pk],
    )
    assert find_thing("product", new_id()) is None
