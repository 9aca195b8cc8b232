"""The files that are sold: handed out to buyers by links that expire, and to nobody else."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from grover.core.ids import new_id
from grover.media.models import Media
from payments.models import Product
from tests.content.people import block
from tests.factories.accounts import make_user
from tests.factories.market import make_discount, make_order, make_paid_order, make_product
from tests.factories.media import make_media
from tests.payments.test_orders import key
from tests.payments.test_products import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(ada: User) -> Product:
    return make_product(ada, kind="digital", title="A film")


def file_of(product: Product) -> Media:
    return Media.objects.get(attached_to=f"product_file:{product.pk}")


def link_of(client: Any, product: Product) -> str:
    answer = client.get(f"products/{product.pk}/file")
    assert answer.status_code == 200
    url: str = answer.json()["url"]
    return url


def test_buyer_and_seller_get_a_link_to_the_file(api: Any, ada: User, bob: User, film: Product) -> None:
    make_paid_order(bob, film)
    for user in (bob, ada):
        answer = api(user).get(f"products/{film.pk}/file")
        card = answer.json()
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        assert card == {
            "url": card["url"],
            "content_type": "image/jpeg",
            "size": 700,
            "expires_at": card["expires_at"],
        }
        lasts = dt.datetime.fromisoformat(card["expires_at"]) - timezone.now()
        assert dt.timedelta(minutes=14, seconds=50) < lasts <= dt.timedelta(minutes=15)
        fetched = api().get(card["url"])
        assert fetched.status_code == 200
        content = b"".join(fetched.streaming_content)
        with default_storage.open(file_of(film).file_name) as stored:
            assert content == stored.read()
        assert fetched["Cache-Control"] == "private, no-cache"


def test_who_has_not_bought_it_gets_nothing(api: Any, ada: User, bob: User, eve: User, film: Product) -> None:
    make_order(eve, film)
    for user in (bob, eve):
        assert refusal(api(user).get(f"products/{film.pk}/file")) == (403, "not_bought")
        assert api(user).get(f"/media/{file_of(film).file_name}").status_code == 404
        assert api(user).get(f"media/{file_of(film).pk}").status_code == 404
    assert refusal(api().get(f"products/{film.pk}/file")) == (401, "not_signed_in")
    block(ada, bob)
    assert refusal(api(bob).get(f"products/{film.pk}/file")) == (404, "not_found")
    draft = make_product(ada, kind="digital", state="draft")
    assert refusal(api(eve).get(f"products/{draft.pk}/file")) == (404, "not_found")


def test_what_has_no_file_gives_none(api: Any, ada: User, bob: User) -> None:
    mug = make_product(ada)
    empty = make_product(ada, kind="digital", state="draft", file_media_id=None)
    make_paid_order(bob, mug)
    assert refusal(api(bob).get(f"products/{mug.pk}/file")) == (403, "not_bought")
    for path in (mug.pk, empty.pk, new_id(), "nonsense"):
        assert refusal(api(ada).get(f"products/{path}/file")) == (404, "not_found")


def test_link_expires(api: Any, bob: User, film: Product) -> None:
    make_paid_order(bob, film)
    url, now = link_of(api(bob), film), timezone.now()
    with time_machine.travel(now + dt.timedelta(minutes=14), tick=False):
        assert api().get(url).status_code == 200
    with time_machine.travel(now + dt.timedelta(minutes=15, seconds=1), tick=False):
        assert api().get(url).status_code == 404


def test_link_is_good_for_its_file_alone(api: Any, ada: User, bob: User, film: Product) -> None:
    other = make_product(ada, kind="digital")
    make_paid_order(bob, film, other)  # who may see both by links of their own
    path, _, query = link_of(api(bob), film).partition("?")
    moved = f"/media/{file_of(other).file_name}?{query}"

    assert api().get(f"{path}?{query}").status_code == 200
    assert api().get(moved).status_code == 404
    assert api().get(f"/media/{file_of(film).pk}/200.webp?{query}").status_code == 404
    assert api().get(link_of(api(bob), other)).status_code == 200


def test_changed_links_are_good_for_nothing(api: Any, bob: User, eve: User, film: Product) -> None:
    make_paid_order(bob, film)
    path, _, query = link_of(api(bob), film).partition("?for=")
    viewer, expires, signature = query.split(".")
    wrong = [
        f"{eve.pk.hex}.{expires}.{signature}",
        f"{viewer}.{int(expires) + 1}.{signature}",
        f"{viewer}.{expires}.{signature[:-1]}",
        f"{viewer}.{expires}",
        f"{viewer}.soon.{signature}",
        "",
        "é.é.é",
    ]
    assert [api().get(f"{path}?for={text}").status_code for text in wrong] == [404] * len(wrong)
    assert api().get(f"{path}?as={query}").status_code == 404
    assert api().get(path).status_code == 404


def test_link_of_another_is_not_made_good_by_signing_in(
    api: Any, bob: User, eve: User, film: Product
) -> None:
    make_paid_order(bob, film)
    assert api(eve).get(link_of(api(bob), film)).status_code == 404


def test_link_ends_when_the_money_is_given_back(api: Any, ada: User, bob: User, film: Product) -> None:
    order = make_paid_order(bob, film)
    url = link_of(api(bob), film)
    assert api(ada).post(f"payments/{order.pk}/refunds", json={}, **key()).status_code == 201

    assert api().get(url).status_code == 404
    assert refusal(api(bob).get(f"products/{film.pk}/file")) == (403, "not_bought")


def test_what_was_bought_stays_there_off_sale_and_across_a_block(
    api: Any, ada: User, bob: User, film: Product
) -> None:
    make_paid_order(bob, film)
    assert api(ada).delete(f"products/{film.pk}").status_code == 204
    block(ada, bob)

    assert api().get(link_of(api(bob), film)).status_code == 200


def test_buyers_get_the_new_file(api: Any, ada: User, bob: User, film: Product) -> None:
    make_paid_order(bob, film)
    old = link_of(api(bob), film)
    new = make_media(ada.pk)
    api(ada).patch(f"products/{film.pk}", json={"file_media_id": str(new.pk)})

    assert f"/{new.pk}/" in link_of(api(bob), film)
    assert (api().get(old).status_code, api().get(link_of(api(bob), film)).status_code) == (404, 200)


def test_file_given_away_is_handed_out(api: Any, ada: User, film: Product) -> None:
    make_discount(ada, percent=100)
    buyer = make_user()
    make_order(buyer, film, discount_code="SPRING")

    assert api().get(link_of(api(buyer), film)).status_code == 200
