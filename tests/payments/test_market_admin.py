"""The staff's pages of the market: everything is seen but where people live, and nothing is changed."""

from typing import Any

import pytest

from accounts.models import User
from tests.factories.accounts import make_user
from tests.factories.market import make_paid_order, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Any) -> Any:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_staff_find_orders_by_their_people(staff: Any, ada: User, bob: User, eve: User) -> None:
    order = make_paid_order(bob, make_product(ada), note="Ring twice")
    other = make_paid_order(eve, make_product(ada))

    page = staff.get(f"/admin/payments/order/?q={bob.pk}").content.decode()
    assert str(order.pk) in page
    assert str(other.pk) not in page
    page = staff.get(f"/admin/payments/order/{order.pk}/change/").content.decode()
    assert "A mug" in page
    for secret in ("1 High Street", "Ring twice"):
        assert secret not in page


def test_staff_find_products_by_their_seller(staff: Any, ada: User, bob: User) -> None:
    product, other = make_product(ada), make_product(bob)

    page = staff.get(f"/admin/payments/product/?q={ada.pk}").content.decode()
    assert str(product.pk) in page
    assert str(other.pk) not in page
    assert staff.get(f"/admin/payments/product/{product.pk}/change/").status_code == 200


def test_nothing_is_added_changed_or_deleted(staff: Any, ada: User, bob: User) -> None:
    product = make_product(ada)
    order = make_paid_order(bob, product)
    product.refresh_from_db()
    for kind, row in (("product", product), ("order", order)):
        for path in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
            assert staff.post(f"/admin/payments/{kind}/{path}", {"state": "draft"}).status_code == 403
        before = row.version
        row.refresh_from_db()
        assert row.version == before
