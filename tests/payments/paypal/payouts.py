"""Payouts, disputes and the books of the simulator."""

import datetime as dt
from typing import Any

from tests.payments.paypal.state import (
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
)
from tests.payments.paypal.subscriptions import Subscriptions

_TOLD = {"SUCCESS": "SUCCEEDED"}
_PENDING = ("PENDING", "UNCLAIMED", "ONHOLD")
_WON, _LOST = "RESOLVED_SELLER_FAVOUR", "RESOLVED_BUYER_FAVOUR"


class Payouts(State):
    """Pays people in batches; what becomes of each is for the caller to say."""

    def clear(self) -> None:
        super().clear()
        self.batches: dict[str, Json] = {}

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        return super().operations() | {
            "create_payouts": ("POST", "/v1/payments/payouts", self._create_payouts),
            "get_payouts": ("GET", "/v1/payments/payouts/{}", self._get_payouts),
        }

    def settle_payout(self, batch_id: str, reference: str = "", *, status: str = "SUCCESS") -> None:
        """Let the payouts of a batch, or the one with this reference of ours, come out in a status."""
        with self.lock:
            batch = self.batches[batch_id]
            for item in batch["items"]:
                if reference in ("", item["payout_item"]["sender_item_id"]):
                    self._settle_item(item, status)
            if all(item["transaction_status"] not in _PENDING for item in batch["items"]):
                self._set_batch_status(batch, "SUCCESS")

    def deny_payouts(self, batch_id: str) -> None:
        """Refuse a whole batch after it was taken."""
        with self.lock:
            self._set_batch_status(self.batches[batch_id], "DENIED")

    def _settle_item(self, item: Json, status: str) -> None:
        item["transaction_status"] = status
        if status == "SUCCESS":
            paid, reference = item["payout_item"]["amount"], item["payout_item"]["sender_item_id"]
            amount = {"currency_code": paid["currency"], "value": paid["value"]}
            item["transaction_id"] = self.new_id("PAID")
            self.write_line("T0001", item["transaction_id"], negative(amount), reference=reference)
        elif status not in _PENDING:
            item["errors"] = {"name": "RECEIVER_ACCOUNT_LOCKED", "message": "Receiver is locked"}
        self.tell(f"PAYMENT.PAYOUTS-ITEM.{_TOLD.get(status, status)}", item)

    def _set_batch_status(self, batch: Json, status: str) -> None:
        batch["batch_header"]["batch_status"] = status
        self.tell(f"PAYMENT.PAYOUTSBATCH.{status}", {"batch_header": batch["batch_header"]})

    def _create_payouts(self, asked: Asked) -> Reply:
        name = asked.body["sender_batch_header"]["sender_batch_id"]
        for known in self.batches.values():
            if known["batch_header"]["sender_batch_header"]["sender_batch_id"] == name:
                path = f"/v1/payments/payouts/{known['batch_header']['payout_batch_id']}"
                issue = "Batch with given sender_batch_id already exists"
                links = [self.link("self", path)]
                raise Refusal(400, "USER_BUSINESS_ERROR", issue, field="SENDER_BATCH_ID", link=links)
        batch_id = self.new_id("BATCH")
        header: dict[str, Any] = {
            "payout_batch_id": batch_id,
            "batch_status": "PENDING",
            "sender_batch_header": asked.body["sender_batch_header"],
        }
        items = [self._new_item(batch_id, said) for said in asked.body["items"]]
        self.batches[batch_id] = {"batch_header": header, "items": items}
        self.tell("PAYMENT.PAYOUTSBATCH.PROCESSING", {"batch_header": header})
        return Reply(201, lambda: {"batch_header": header})

    def _new_item(self, batch_id: str, said: Json) -> Json:
        amount_of(said["amount"], "currency")
        assert said["recipient_type"] == ("EMAIL" if "@" in said["receiver"] else "PAYPAL_ID")
        return {
            "payout_item_id": self.new_id("ITEM"),
            "payout_batch_id": batch_id,
            "transaction_status": "PENDING",
            "payout_item": said,
        }

    def _get_payouts(self, asked: Asked) -> Reply:
        batch = find(self.batches, *asked.ids)
        page, size = int(asked.params["page"]), int(asked.params["page_size"])
        items = batch["items"][(page - 1) * size :][:size]
        pages = -(-len(batch["items"]) // size)
        return Reply(200, lambda: {**batch, "items": items, "total_pages": pages})


class Disputes(Subscriptions):
    """Lets buyers complain."""

    def clear(self) -> None:
        super().clear()
        self.disputes: dict[str, Json] = {}

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        return super().operations() | {
            "list_disputes": ("GET", "/v1/customer/disputes", self._list_disputes),
            "get_dispute": ("GET", "/v1/customer/disputes/{}", self._get_dispute),
        }

    def open_dispute(self, capture_id: str, *, reason: str = "UNAUTHORISED") -> str:
        """Complain about a capture, as the buyer."""
        with self.lock:
            capture = self.captures[capture_id]
            dispute = {
                "dispute_id": self.new_id("PP-D-"),
                "status": "OPEN",
                "reason": reason,
                "dispute_amount": capture["amount"],
                "disputed_transactions": [
                    {"seller_transaction_id": capture_id, "custom": capture["custom_id"]}
                ],
                "create_time": moment(now()),
                "update_time": moment(now()),
            }
            self.disputes[dispute["dispute_id"]] = dispute
            self.tell("CUSTOMER.DISPUTE.CREATED", dispute)
            return str(dispute["dispute_id"])

    def resolve_dispute(self, dispute_id: str, *, won: bool) -> None:
        """Decide, as PayPal; won is what the seller has."""
        with self.lock:
            dispute = self.disputes[dispute_id]
            outcome: dict[str, Any] = {"outcome_code": _WON if won else _LOST}
            if not won:
                outcome["amount_refunded"] = dispute["dispute_amount"]
                (transaction,) = dispute["disputed_transactions"]
                self.write_line(
                    "T1106",
                    self.new_id("REVERSAL"),
                    negative(dispute["dispute_amount"]),
                    of=transaction["seller_transaction_id"],
                )
            dispute |= {"status": "RESOLVED", "dispute_outcome": outcome, "update_time": moment(now())}
            self.tell("CUSTOMER.DISPUTE.RESOLVED", dispute)

    def _get_dispute(self, asked: Asked) -> Reply:
        return Reply(200, find(self.disputes, *asked.ids).copy)

    def _list_disputes(self, asked: Asked) -> Reply:
        since = asked.params["update_time_after"]
        page, size = int(asked.params.get("page", 1)), int(asked.params["page_size"])
        assert 1 <= size <= 50
        if dt.datetime.fromisoformat(since) < now() - dt.timedelta(days=180):
            raise Refusal(400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE")
        summaries = [
            {name: value for name, value in dispute.items() if name != "disputed_transactions"}
            for dispute in reversed(self.disputes.values())
            if dispute["update_time"] >= since
        ]
        links = [self.link("self", "/")]
        if page * size < len(summaries):
            query = f"update_time_after={since}&page_size={size}&page={page + 1}"
            links.append(self.link("next", f"/v1/customer/disputes?{query}"))
        return Reply(200, lambda: {"items": summaries[(page - 1) * size :][:size], "links": links})


class Books(State):
    """Tells what happened; `most_lines` is how many one search may find."""

    most_lines = 10_000

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        return super().operations() | {
            "search_transactions": ("GET", "/v1/reporting/transactions", self._search),
        }

    def _search(self, asked: Asked) -> Reply:
        start, end = (dt.datetime.fromisoformat(asked.params[name]) for name in ("start_date", "end_date"))
        if end - start > dt.timedelta(days=31):
            raise Refusal(400, "INVALID_REQUEST", "Date range is greater than 31 days")
        code = asked.params.get("transaction_type", "")
        lines = [
            line
            for line in self.lines
            if start <= dt.datetime.fromisoformat(line["transaction_initiation_date"]) <= end
            and code in ("", line["transaction_event_code"])
        ]
        if len(lines) > self.most_lines:
            raise Refusal(400, "RESULTSET_TOO_LARGE")
        page, size = int(asked.params["page"]), int(asked.params["page_size"])
        assert 1 <= size <= 500
        found = [{"transaction_info": line} for line in lines[(page - 1) * size :][:size]]
        return Reply(200, lambda: {"transaction_details": found, "total_pages": -(-len(lines) // size)})
