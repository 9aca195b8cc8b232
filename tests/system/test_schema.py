"""The OpenAPI document: it is the one of the code, it has every promised operation, and tells all of each."""

from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client

from grover.core.errors import PROBLEM_TYPE

PROMISED = """
POST /auth/register
POST /auth/login
POST /auth/refresh
POST /auth/logout
POST /auth/email/verify
POST /auth/email/verify/resend
POST /auth/password/change
POST /auth/password/reset
POST /auth/password/reset/confirm
POST /auth/2fa/setup
POST /auth/2fa/confirm
POST /auth/2fa/disable
GET DELETE /auth/sessions
DELETE /auth/sessions/{session_id}
GET PATCH DELETE /me
GET PATCH /me/settings
GET /me/decisions
POST /me/decisions/{decision_id}/appeal
POST /me/export
GET /me/export/{export_id}
GET /users/{user}
GET /users/{user}/followers
GET /users/{user}/following
PUT DELETE /users/{user}/follow
GET /me/follow-requests
POST /me/follow-requests/{request_id}/accept
POST /me/follow-requests/{request_id}/reject
PUT DELETE /users/{user}/block
PUT DELETE /users/{user}/mute
GET /me/blocks
GET /me/mutes
POST /reports
POST /media
POST /media/direct
POST /media/{media_id}/complete
GET PATCH DELETE /media/{media_id}
POST /posts
GET PATCH DELETE /posts/{post_id}
GET /posts/{post_id}/history
PUT DELETE /posts/{post_id}/pin
PUT DELETE /posts/{post_id}/reaction
GET /posts/{post_id}/reactions
PUT /posts/{post_id}/view
GET POST /posts/{post_id}/comments
GET PATCH DELETE /comments/{comment_id}
GET /comments/{comment_id}/replies
PUT DELETE /comments/{comment_id}/reaction
PUT DELETE /comments/{comment_id}/hide
PUT DELETE /posts/{post_id}/save
POST /posts/{post_id}/purchases
GET /me/saved
GET /users/{user}/posts
GET /users/{user}/media
GET /feed
GET POST /conversations
GET PATCH DELETE /conversations/{conversation_id}
PUT DELETE /conversations/{conversation_id}/mute
PUT DELETE /conversations/{conversation_id}/archive
PUT /conversations/{conversation_id}/accept
GET /conversations/{conversation_id}/members
PUT PATCH DELETE /conversations/{conversation_id}/members/{user}
GET POST /conversations/{conversation_id}/messages
GET /conversations/{conversation_id}/search
PUT /conversations/{conversation_id}/read
GET /messages/search
GET PATCH DELETE /messages/{message_id}
GET /messages/{message_id}/history
PUT DELETE /messages/{message_id}/reaction
GET /notifications
GET /notifications/unread
PUT /notifications/seen
PUT /notifications/read
PUT /notifications/{notification_id}/read
GET POST /push-devices
GET /push-devices/vapid
DELETE /push-devices/{device_id}
POST /realtime/ticket
GET /payments
GET /payments/{payment_id}
POST /payments/{payment_id}/capture
POST /payments/{payment_id}/refunds
POST /users/{user}/tips
GET /users/{user}/tips/top
GET /coin-packs
POST /me/coins
GET /gifts
GET /gifts/{gift_id}
POST /users/{user}/gifts
GET /me/wallet
GET /me/transactions
GET /me/earnings
GET /me/statements/{month}
GET PUT /me/payout-account
GET POST /me/payouts
GET /me/payouts/{payout_id}
GET POST /me/tiers
PATCH DELETE /me/tiers/{tier_id}
GET /users/{user}/tiers
POST /tiers/{tier_id}/subscriptions
GET /me/subscriptions
GET /me/subscribers
GET DELETE /subscriptions/{subscription_id}
GET POST /products
GET PATCH DELETE /products/{product_id}
GET /users/{user}/products
GET /products/{product_id}/file
GET /products/{product_id}/reviews
PUT DELETE /products/{product_id}/review
GET POST /me/discounts
PATCH DELETE /me/discounts/{discount_id}
POST /discounts/check
GET POST /orders
GET PATCH /orders/{order_id}
POST /orders/{order_id}/cancel
GET /me/sales
POST /webhooks/{provider}
GET POST /calls
GET /calls/{call_id}
POST /calls/{call_id}/answer
POST /calls/{call_id}/decline
POST /calls/{call_id}/end
"""
PROBES = {("get", "/api/live"), ("get", "/api/health"), ("get", "/api/ready")}

TEXT = (settings.BASE_DIR / "openapi.yaml").read_text()
DOCUMENT = yaml.safe_load(TEXT)
OPERATIONS: dict[tuple[str, str], Any] = {
    (method, path): operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
each_operation = pytest.mark.parametrize(
    "key", sorted(OPERATIONS), ids=lambda key: f"{key[0].upper()} {key[1]}"
)


def promised() -> set[tuple[str, str]]:
    lines = [line.split() for line in PROMISED.strip().splitlines()]
    return {(method.lower(), f"/api/v1{path}") for *methods, path in lines for method in methods}


def test_the_document_is_that_of_the_code() -> None:
    for _ in range(2):  # made, and kept
        assert Client().get("/api/schema").content.decode() == TEXT, "run make schema"


def test_every_promised_operation_is_in_it() -> None:
    assert (promised() | PROBES) - OPERATIONS.keys() == set()


def test_it_is_of_openapi_31() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")


@each_operation
def test_an_operation_has_a_summary_and_an_id(key: tuple[str, str]) -> None:
    operation = OPERATIONS[key]

    assert operation["summary"].strip()
    assert operation["operationId"].strip()
    assert operation["tags"]


def test_ids_of_operations_are_unique() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]

    assert len(ids) == len(set(ids))


@each_operation
def test_an_operation_says_who_may_ask(key: tuple[str, str]) -> None:
    security = OPERATIONS[key]["security"]

    assert security in ([{"bearer": []}], [{}, {"bearer": []}], [{}])
    assert "bearer" in DOCUMENT["components"]["securitySchemes"]


@each_operation
def test_an_operation_has_examples_of_its_body_and_answers(key: tuple[str, str]) -> None:
    operation = OPERATIONS[key]
    contents = dict(operation.get("requestBody", {}).get("content", {}))
    for status, answer in operation["responses"].items():
        if status == "200" or status == "201":
            contents |= {(status, name): inner for name, inner in answer.get("content", {}).items()}

    without = [name for name, inner in contents.items() if not inner.get("examples") and not _is_file(inner)]
    assert without == []


def _is_file(content: Any) -> bool:
    return bool(content["schema"].get("format") == "binary")


@each_operation
def test_an_operation_names_its_refusals_as_problems(key: tuple[str, str]) -> None:
    method, path = key
    answers = OPERATIONS[key]["responses"]
    refusals = {status: answer for status, answer in answers.items() if status.startswith("4")}
    expected = {"400", "401", "406", "429"}
    expected |= {"404"} if "{" in path else set()
    expected |= {"413", "415", "422"} if method in ("post", "put", "patch") else set()

    assert expected <= refusals.keys()
    assert {tuple(answer["content"]) for answer in refusals.values()} == {(PROBLEM_TYPE,)}


@each_operation
def test_a_creation_takes_an_idempotency_key(key: tuple[str, str]) -> None:
    names = {parameter["name"] for parameter in OPERATIONS[key].get("parameters", [])}

    assert ("Idempotency-Key" in names) == (key[0] == "post")
