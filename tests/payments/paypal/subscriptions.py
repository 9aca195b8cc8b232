"""Products, plans and subscriptions of the simulator."""

import datetime as dt
from typing import Any

from tests.payments.paypal.orders import Orders
from tests.payments.paypal.state import Asked, Handler, Json, Refusal, Reply, find, moment, now

_PAGE_SIZE = 20


class Subscriptions(Orders):
    """Charges people each month, when it is told to."""

    def clear(self) -> None:
        super().clear()
        self.products: dict[str, Json] = {}
        self.plans: dict[str, Json] = {}
        self.subscriptions: dict[str, Json] = {}

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        subscriptions = "/v1/billing/subscriptions"
        return super().operations() | {
            "create_product": ("POST", "/v1/catalogs/products", self._create_product),
            "create_plan": ("POST", "/v1/billing/plans", self._create_plan),
            "create_subscription": ("POST", subscriptions, self._create_subscription),
            "get_subscription": ("GET", f"{subscriptions}/{{}}", self._get_subscription),
            "cancel_subscription": ("POST", f"{subscriptions}/{{}}/cancel", self._cancel),
            "list_transactions": ("GET", f"{subscriptions}/{{}}/transactions", self._list_transactions),
        }

    def approve_subscription(self, subscription_id: str) -> None:
        """Say yes, as the buyer. The first charge is for the caller to make."""
        with self.lock:
            subscription = self.subscriptions[subscription_id]
            assert subscription["status"] == "APPROVAL_PENDING"
            self._set_status(subscription, "ACTIVE", "ACTIVATED")

    def suspend_subscription(self, subscription_id: str) -> None:
        """Give up charging for now."""
        with self.lock:
            self._set_status(self.subscriptions[subscription_id], "SUSPENDED", "SUSPENDED")

    def charge(self, subscription_id: str, *, at: dt.datetime | None = None) -> str:
        """Charge for a month, and give the id of the charge."""
        with self.lock:
            subscription = self.subscriptions[subscription_id]
            assert subscription["status"] == "ACTIVE"
            at = at or now()
            sale = self._add_sale(subscription, at, "COMPLETED")
            billing = subscription["billing_info"]
            billing["last_payment"] = {"amount": sale["amount"], "time": moment(at)}
            billing["next_billing_time"] = moment(_month_after(at))
            billing["failed_payments_count"] = 0
            self.write_line("T0002", sale["id"], sale["amount"], reference=subscription["custom_id"], at=at)
            self.tell("PAYMENT.SALE.COMPLETED", _sale_v1(sale))
            return str(sale["id"])

    def fail_charge(self, subscription_id: str, *, at: dt.datetime | None = None) -> str:
        """Try to charge for a month, in vain."""
        with self.lock:
            subscription = self.subscriptions[subscription_id]
            sale = self._add_sale(subscription, at or now(), "DECLINED")
            subscription["billing_info"]["failed_payments_count"] += 1
            self.tell("BILLING.SUBSCRIPTION.PAYMENT.FAILED", self._subscription_view(subscription))
            return str(sale["id"])

    def tell_refund(self, capture: Json, refund: Json) -> None:
        if "subscription" not in capture:
            super().tell_refund(capture, refund)
            return
        amount = {"total": f"-{refund['amount']['value']}", "currency": refund["amount"]["currency_code"]}
        resource = {
            "id": refund["id"],
            "sale_id": capture["id"],
            "amount": amount,
            "state": "completed",
            "custom": refund.get("custom_id", ""),
        }
        self.tell("PAYMENT.SALE.REFUNDED", resource)

    def _add_sale(self, subscription: Json, at: dt.datetime, status: str) -> Json:
        sale = {
            "id": self.new_id("SALE"),
            "status": status,
            "amount": self.plans[subscription["plan_id"]]["price"],
            "subscription": subscription["id"],
            "custom_id": subscription["custom_id"],
            "time": moment(at),
        }
        self.captures[sale["id"]] = sale
        return sale

    def _create_product(self, asked: Asked) -> Reply:
        product = {"id": self.new_id("PROD-"), "name": asked.body["name"], "type": asked.body["type"]}
        self.products[product["id"]] = product
        return Reply(201, product.copy)

    def _create_plan(self, asked: Asked) -> Reply:
        if asked.body["product_id"] not in self.products:
            raise Refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        (cycle,) = asked.body["billing_cycles"]
        assert cycle["frequency"] == {"interval_unit": "MONTH", "interval_count": 1}
        plan = {**asked.body, "id": self.new_id("P-"), "status": "ACTIVE"}
        self.plans[plan["id"]] = plan | {"price": cycle["pricing_scheme"]["fixed_price"]}
        return Reply(201, plan.copy)

    def _create_subscription(self, asked: Asked) -> Reply:
        if asked.body["plan_id"] not in self.plans:
            raise Refusal(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        subscription: dict[str, Any] = {
            "id": self.new_id("I-"),
            "status": "APPROVAL_PENDING",
            "plan_id": asked.body["plan_id"],
            "custom_id": asked.body.get("custom_id", ""),
            "create_time": moment(now()),
            "start_time": moment(now()),
            "billing_info": {"failed_payments_count": 0},
        }
        self.subscriptions[subscription["id"]] = subscription
        self.tell("BILLING.SUBSCRIPTION.CREATED", self._subscription_view(subscription))
        return Reply(201, lambda: self._subscription_view(subscription))

    def _get_subscription(self, asked: Asked) -> Reply:
        return Reply(200, lambda: self._subscription_view(find(self.subscriptions, *asked.ids)))

    def _cancel(self, asked: Asked) -> Reply:
        subscription = find(self.subscriptions, *asked.ids)
        if subscription["status"] not in ("ACTIVE", "SUSPENDED"):
            raise Refusal(422, "UNPROCESSABLE_ENTITY", "SUBSCRIPTION_STATUS_INVALID")
        self._set_status(subscription, "CANCELLED", "CANCELLED")
        return Reply(204)

    def _list_transactions(self, asked: Asked) -> Reply:
        subscription = find(self.subscriptions, *asked.ids)
        start, end = asked.params["start_time"], asked.params["end_time"]
        mine = [
            {
                "id": sale["id"],
                "status": sale["status"],
                "time": sale["time"],
                "payer_email": "bob@bob.example",
                "amount_with_breakdown": {"gross_amount": sale["amount"]},
            }
            for sale in self.captures.values()
            if sale.get("subscription") == subscription["id"] and start <= sale["time"] <= end
        ]
        page = int(asked.params.get("page", 1))
        links = [self.link("self", "/")]
        if page * _PAGE_SIZE < len(mine):
            path = f"/v1/billing/subscriptions/{subscription['id']}/transactions"
            links.append(self.link("next", f"{path}?start_time={start}&end_time={end}&page={page + 1}"))
        found = mine[::-1][(page - 1) * _PAGE_SIZE :][:_PAGE_SIZE]
        return Reply(200, lambda: {"transactions": found, "links": links})

    def _set_status(self, subscription: Json, status: str, told: str) -> None:
        subscription["status"] = status
        self.tell(f"BILLING.SUBSCRIPTION.{told}", self._subscription_view(subscription))

    def _subscription_view(self, subscription: Json) -> Json:
        path = f"/v1/billing/subscriptions/{subscription['id']}"
        approval = f"/webapps/billing/subscriptions?ba_token={subscription['id']}"
        links = [self.link("approve", approval), self.link("self", path)]
        return {**subscription, "billing_info": dict(subscription["billing_info"]), "links": links}


def _sale_v1(sale: Json) -> Json:
    return {
        "id": sale["id"],
        "state": "completed",
        "amount": {"total": sale["amount"]["value"], "currency": sale["amount"]["currency_code"]},
        "billing_agreement_id": sale["subscription"],
        "custom": sale["custom_id"],
        "create_time": sale["time"],
    }


def _month_after(at: dt.datetime) -> dt.datetime:
    year, month = divmod(at.year * 12 + at.month, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, 28))
