"""Orders, captures and refunds of the simulator."""

from decimal import Decimal
from typing import Any

from tests.payments.paypal.faults import Fault
from tests.payments.paypal.state import (
    MERCHANT_ID,
    Asked,
    Handler,
    Json,
    Refusal,
    Reply,
    State,
    amount_of,
    find,
    moment,
    negative,
    now,
    total,
)

_CAPTURED: dict[Fault | None, str] = {Fault.PENDING_CAPTURE: "PENDING", Fault.DECLINED_CAPTURE: "DECLINED"}
_TOLD = {"COMPLETED": "COMPLETED", "PENDING": "PENDING", "DECLINED": "DENIED"}


class Orders(State):
    """Takes money, and gives it back. Charges of subscriptions are among the captures."""

    def clear(self) -> None:
        super().clear()
        self.orders: dict[str, Json] = {}
        self.captures: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        captures = "/v2/payments/captures/{}"
        return super().operations() | {
            "create_order": ("POST", "/v2/checkout/orders", self._create_order),
            "get_order": ("GET", "/v2/checkout/orders/{}", self._get_order),
            "capture_order": ("POST", "/v2/checkout/orders/{}/capture", self._capture_order),
            "get_capture": ("GET", captures, lambda asked: Reply(200, find(self.captures, *asked.ids).copy)),
            "refund_capture": ("POST", f"{captures}/refund", self._refund_capture),
            "get_refund": ("GET", "/v2/payments/refunds/{}", self._get_refund),
        }

    def approve(self, order_id: str) -> None:
        """Say yes, as the buyer."""
        with self.lock:
            order = self.orders[order_id]
            if order["status"] in ("CREATED", "PAYER_ACTION_REQUIRED"):
                order["status"] = "APPROVED"
                self.tell("CHECKOUT.ORDER.APPROVED", self._order_view(order))

    def deny(self, order_id: str) -> None:
        """Say no, as the buyer."""
        with self.lock:
            self.orders[order_id]["status"] = "VOIDED"
            self.tell("CHECKOUT.ORDER.VOIDED", self._order_view(self.orders[order_id]))

    def let_try_again(self, order_id: str) -> None:
        """Have the buyer of an order whose capture was declined approve another way of paying."""
        with self.lock:
            assert self.orders[order_id]["status"] == "COMPLETED"
            self.orders[order_id]["status"] = "APPROVED"

    def forget_order(self, order_id: str) -> None:
        """Let an order lapse that nobody approved: PayPal knows it no more."""
        with self.lock:
            del self.orders[order_id]

    def complete_pending_capture(self, capture_id: str, *, declined: bool = False) -> None:
        """Let a capture that was held become good, or not."""
        with self.lock:
            capture = self.captures[capture_id]
            assert capture["status"] == "PENDING"
            self._settle_capture(capture, "DECLINED" if declined else "COMPLETED")

    def complete_pending_refund(self, refund_id: str, *, failed: bool = False) -> None:
        """Let a refund that was held become good, or not."""
        with self.lock:
            self._settle_refund(self.refunds[refund_id], "FAILED" if failed else "COMPLETED")

    def refund_by_hand(self, capture_id: str, amount: Json) -> str:
        """Give money back on PayPal's own pages, without a reference of ours."""
        with self.lock:
            return str(self._refund(self.captures[capture_id], amount_of(amount), "", "COMPLETED")["id"])

    def reverse(self, capture_id: str) -> None:
        """Take a whole capture back, as a bank does."""
        with self.lock:
            capture = self.captures[capture_id]
            self.write_line("T1106", self.new_id("REVERSAL"), negative(capture["amount"]), of=capture_id)
            self.tell("PAYMENT.CAPTURE.REVERSED", capture)

    def _create_order(self, asked: Asked) -> Reply:
        (unit,) = asked.body["purchase_units"]
        order_id = self.new_id("ORDER")
        order = {
            "id": order_id,
            "intent": asked.body["intent"],
            "status": "PAYER_ACTION_REQUIRED" if "payment_source" in asked.body else "CREATED",
            "create_time": moment(now()),
            "unit": {
                "reference_id": "default",
                "amount": amount_of(unit["amount"]),
                "payee": {"email_address": "pay@grover.example", **unit.get("payee", {})},
                "description": unit.get("description", ""),
                "custom_id": unit.get("custom_id", ""),
                "invoice_id": unit.get("invoice_id", ""),
            },
        }
        _spoil(order, asked.fault)
        self.orders[order_id] = order
        return Reply(200 if "payment_source" in asked.body else 201, lambda: self._order_view(order))

    def _get_order(self, asked: Asked) -> Reply:
        order = find(self.orders, *asked.ids)
        _spoil(order, asked.fault)
        return Reply(200, lambda: self._order_view(order))

    def _capture_order(self, asked: Asked) -> Reply:
        order = find(self.orders, *asked.ids)
        if order["status"] == "COMPLETED":
            raise Refusal(422, "UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            raise Refusal(422, "UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED")
        _spoil(order, asked.fault)
        unit = order["unit"]
        capture_id = self.new_id("CAPTURE")
        capture = {
            "id": capture_id,
            "amount": unit["amount"],
            "final_capture": True,
            "custom_id": unit["custom_id"],
            "invoice_id": unit["invoice_id"],
            "create_time": moment(now()),
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
            "links": [
                self.link("self", f"/v2/payments/captures/{capture_id}"),
                self.link("refund", f"/v2/payments/captures/{capture_id}/refund", "POST"),
                self.link("up", f"/v2/checkout/orders/{order['id']}"),
            ],
        }
        self.captures[capture_id] = capture
        order["status"] = "COMPLETED"
        self._settle_capture(capture, _CAPTURED.get(asked.fault, "COMPLETED"))
        self.tell("CHECKOUT.ORDER.COMPLETED", self._order_view(order))
        return Reply(201, lambda: self._order_view(order))

    def _settle_capture(self, capture: Json, status: str) -> None:
        capture["status"] = status
        capture["update_time"] = moment(now())
        if status == "COMPLETED":
            self.write_line("T0006", capture["id"], capture["amount"], reference=capture["custom_id"])
        self.tell(f"PAYMENT.CAPTURE.{_TOLD[status]}", capture)

    def _refund_capture(self, asked: Asked) -> Reply:
        capture = find(self.captures, *asked.ids)
        if asked.body.get("amount", capture["amount"])["currency_code"] != capture["amount"]["currency_code"]:
            raise Refusal(422, "UNPROCESSABLE_ENTITY", "REFUND_CURRENCY_MISMATCH")
        amount = amount_of(asked.body["amount"]) if "amount" in asked.body else capture["amount"]
        status = "PENDING" if asked.fault == Fault.PENDING_REFUND else "COMPLETED"
        refund = self._refund(capture, amount, asked.body.get("custom_id", ""), status)
        return Reply(201, lambda: self._refund_view(refund))

    def _refund(self, capture: Json, amount: Json, reference: str, status: str) -> Json:
        if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
            is_all_back = capture["status"] == "REFUNDED"
            issue = "CAPTURE_FULLY_REFUNDED" if is_all_back else "INVALID_RESOURCE_STATE"
            raise Refusal(422, "UNPROCESSABLE_ENTITY", issue)
        refunded = total([amount, *(refund["amount"] for refund in self._refunds_of(capture["id"]))])
        if refunded > Decimal(capture["amount"]["value"]):
            raise Refusal(422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED")
        refund_id = self.new_id("REFUND")
        refund = {
            "id": refund_id,
            "amount": amount,
            "create_time": moment(now()),
            "seller_payable_breakdown": {"total_refunded_amount": {**amount, "value": str(refunded)}},
            "links": [
                self.link("self", f"/v2/payments/refunds/{refund_id}"),
                self.link("up", f"/v2/payments/captures/{capture['id']}"),
            ],
        }
        refund |= {"custom_id": reference, "invoice_id": reference} if reference else {}
        refund["capture"] = capture["id"]
        self.refunds[refund_id] = refund
        self._settle_refund(refund, status)
        return refund

    def _settle_refund(self, refund: Json, status: str) -> None:
        refund["status"] = status
        capture = self.captures[refund["capture"]]
        given_back = total([each["amount"] for each in self._refunds_of(capture["id"])])
        if given_back:
            is_all = given_back == Decimal(capture["amount"]["value"])
            capture["status"] = "REFUNDED" if is_all else "PARTIALLY_REFUNDED"
        else:
            capture["status"] = "COMPLETED"
        if status == "COMPLETED":
            reference = refund.get("custom_id", "")
            self.write_line(
                "T1107", refund["id"], negative(refund["amount"]), reference=reference, of=capture["id"]
            )
            self.tell_refund(capture, self._refund_view(refund))

    def tell_refund(self, capture: Json, refund: Json) -> None:
        """Send the webhook of a refund."""
        self.tell("PAYMENT.CAPTURE.REFUNDED", refund)

    def _refunds_of(self, capture_id: str) -> list[Json]:
        mine = [refund for refund in self.refunds.values() if refund["capture"] == capture_id]
        return [refund for refund in mine if refund.get("status") != "FAILED"]

    def _get_refund(self, asked: Asked) -> Reply:
        return Reply(200, lambda: self._refund_view(find(self.refunds, *asked.ids)))

    def _refund_view(self, refund: Json) -> Json:
        return {name: value for name, value in refund.items() if name != "capture"}

    def _order_view(self, order: Json) -> Json:
        rel = "approve" if order["status"] == "CREATED" else "payer-action"
        links = [
            self.link("self", f"/v2/checkout/orders/{order['id']}"),
            self.link(rel, f"/checkoutnow?token={order['id']}"),
        ]
        return {
            **{name: value for name, value in order.items() if name != "unit"},
            "purchase_units": [order["unit"] | self._payments_of(order)],
            "links": links,
        }

    def _payments_of(self, order: Json) -> Json:
        captures = [
            capture
            for capture in self.captures.values()
            if capture.get("supplementary_data", {}).get("related_ids", {}).get("order_id") == order["id"]
        ]
        ids = {capture["id"] for capture in captures}
        refunds = [self._refund_view(each) for each in self.refunds.values() if each["capture"] in ids]
        payments: dict[str, Any] = {"captures": captures} | ({"refunds": refunds} if refunds else {})
        return {"payments": payments} if captures else {}


def _spoil(order: Json, fault: Fault | None) -> None:
    """Make an order other than it was asked for."""
    unit = order["unit"]
    match fault:
        case Fault.WRONG_AMOUNT:
            value = Decimal(unit["amount"]["value"]) + Decimal("1.00")
            unit["amount"] = {**unit["amount"], "value": str(value)}
        case Fault.WRONG_PAYEE:
            unit["payee"] = {"email_address": "eve@eve.example", "merchant_id": "MERCHANT0000EVE"}
        case Fault.WRONG_CURRENCY:
            unit["amount"] = {**unit["amount"], "currency_code": "EUR"}
        case _:
            unit["payee"].setdefault("merchant_id", MERCHANT_ID)
