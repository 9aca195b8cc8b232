"""Who may do what: every method of every route, asked by everyone that somebody can be to its owner."""

import json
from collections.abc import Callable
from string import Template
from typing import Any, NamedTuple

import pytest
from django.urls import resolve

from tests.conftest import ApiClient
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.media import as_upload, picture
from tests.system.routes import all_routes
from tests.system.worlds import ROLES, World

pytestmark = pytest.mark.django_db


class Row(NamedTuple):
    """A request and what it is answered, in the order of ROLES.

    `$name` in the path and the body is an attribute of the World. In a `private` world the owner's
    account is private; `file` has the request carry one, and `once` an idempotency key.
    """

    request: str
    statuses: str
    body: dict[str, Any] | None = None
    private: bool = False
    file: bool = False
    once: bool = False

    @property
    def method(self) -> str:
        return self.request.partition(" ")[0]

    @property
    def path(self) -> str:
        path = self.request.partition(" ")[2]
        return path if path.startswith("/") else f"/api/v1/{path}"


REGISTRATION = {
    "username": "$new_name",
    "email": "$new_name@example.com",
    "password": PASSWORD,
    "birth_date": "1990-12-10",
}
REPORT_OF_POST = {"target": {"kind": "post", "id": "$post"}, "reason": "spam"}
REPORT_OF_COMMENT = {"target": {"kind": "comment", "id": "$comment"}, "reason": "spam"}
REPORT_OF_STORY = {"target": {"kind": "story", "id": "$story"}, "reason": "spam"}
REPORT_OF_OWNER = {"target": {"kind": "user", "id": "$owner_id"}, "reason": "spam"}
REPORT_OF_MESSAGE = {"target": {"kind": "message", "id": "$message"}, "reason": "spam"}
LIKE = {"kind": "like"}
PHONE = {"kind": "expo", "token": "ExponentPushToken[$new_name]"}
WITH_OWNER = {"kind": "direct", "user_ids": ["$owner_id"]}
CALL_TO_OWNER = {"user_id": "$owner_id", "kind": "voice"}
CALL_TO_FOLLOWER = {"user_id": "$follower_id", "kind": "video"}
TIER = {"name": "Friends", "price": {"value": 500, "currency": "USD"}}
TIP = {"amount": {"value": 500, "currency": "USD"}}
HEART = {"gift": "heart", "quantity": 1}
PACK = {"pack": "coins_100"}
PAYOUT_ACCOUNT = {"receiver": "owner@pay.example"}
PRODUCT = {"kind": "service", "title": "A lesson", "price": {"value": 900, "currency": "USD"}}
ORDER = {"lines": [{"product_id": "$lesson"}]}
CHECK = {"discount_code": "$discount_code", "lines": [{"product_id": "$lesson"}]}
WITH_STRANGER = {"kind": "group", "user_ids": ["$stranger_id"]}

# `$post` is for followers, with the upload `$media` and the owner's `$comment`; `$open_post` is for all,
# with the follower's `$open_comment`; `$secret_post` is for the owner alone. `$story` is for followers and
# in `$highlight`, `$open_story` is for all and `$close_story` for close friends. In the direct conversation
# `$direct` are the owner and the follower, and in `$club`, a group of the owner's; with `$call` the follower
# calls the owner. With `$tip` the follower is to tip the owner, with `$paid_tip` they
# did; the sandbox knows `$tip` as `$tip_order`. With `$subscription` they pay for the owner's `$tier`.
TABLE = [
    #                                             anonymous, stranger, blocked, follower, owner, staff
    # --- signing in -------------------------------------------------------------------------------
    Row("POST auth/register", "201 201 201 201 201 201", REGISTRATION),
    Row("POST auth/login", "200 200 200 200 200 200", {"identifier": "$owner_name", "password": PASSWORD}),
    Row("POST auth/refresh", "200 200 200 200 200 200", {"refresh_token": "$refresh_token"}),
    Row("POST auth/logout", "401 204 204 204 204 204"),
    Row("POST auth/reauthenticate", "401 200 200 200 200 200", {"password": PASSWORD}),
    Row("POST auth/email/verify", "204 204 204 204 204 204", {"token": "$verification_token"}),
    Row("POST auth/email/verify/resend", "401 202 202 202 202 202"),
    Row(
        "POST auth/password/change",
        "401 204 204 204 204 204",
        {"current_password": PASSWORD, "new_password": "an even better passphrase"},
    ),
    Row("POST auth/password/reset", "202 202 202 202 202 202", {"email": "$owner_name@example.com"}),
    Row(
        "POST auth/password/reset/confirm",
        "204 204 204 204 204 204",
        {"token": "$reset_token", "new_password": "an even better passphrase"},
    ),
    Row("POST auth/2fa/setup", "401 200 200 200 200 200"),
    Row("POST auth/2fa/confirm", "401 409 409 409 409 409", {"code": "000000"}),
    Row("POST auth/2fa/disable", "401 409 409 409 409 409", {"code": "000000"}),
    Row("GET auth/sessions", "401 200 200 200 200 200"),
    Row("DELETE auth/sessions", "401 204 204 204 204 204"),
    Row("DELETE auth/sessions/$session", "401 404 404 404 204 404"),
    # --- oneself ----------------------------------------------------------------------------------
    Row("GET me", "401 200 200 200 200 200"),
    Row("PATCH me", "401 200 200 200 200 200", {"bio": "New."}),
    Row("PATCH me", "401 422 422 422 200 422", {"avatar_id": "$loose_media"}),
    Row("DELETE me", "401 202 202 202 202 202", {"password": PASSWORD}),
    Row("GET me/settings", "401 200 200 200 200 200"),
    Row("PATCH me/settings", "401 200 200 200 200 200", {"is_private": True}),
    Row("POST me/export", "401 202 202 202 202 202"),
    Row("GET me/export/$export", "401 404 404 404 202 404"),
    Row("GET me/decisions", "401 200 200 200 200 200"),
    Row("POST me/decisions/$decision/appeal", "401 404 404 404 200 404", {"text": "It is a mistake."}),
    Row("GET me/follow-requests", "401 200 200 200 200 200"),
    Row("POST me/follow-requests/$follow_request/accept", "401 404 404 404 200 404", private=True),
    Row("POST me/follow-requests/$follow_request/reject", "401 404 404 404 204 404", private=True),
    Row("GET me/blocks", "401 200 200 200 200 200"),
    Row("GET me/mutes", "401 200 200 200 200 200"),
    # --- people -----------------------------------------------------------------------------------
    Row("GET users/$owner_id", "200 200 404 200 200 200"),
    Row("GET users/@$owner_name", "200 200 404 200 200 200"),
    Row("GET users/$owner_id", "200 200 404 200 200 200", private=True),
    Row("GET users/$owner_id/followers", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/followers", "403 403 404 200 200 403", private=True),
    Row("GET users/$owner_id/following", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/following", "403 403 404 200 200 403", private=True),
    Row("PUT users/$owner_id/follow", "401 200 404 200 422 200"),
    Row("PUT users/$owner_id/follow", "401 200 404 200 422 200", private=True),
    Row("DELETE users/$owner_id/follow", "401 200 404 200 422 200"),
    Row("PUT users/$owner_id/block", "401 200 200 200 422 200"),
    Row("DELETE users/$owner_id/block", "401 200 200 200 422 200"),
    Row("PUT users/$owner_id/mute", "401 200 404 200 422 200"),
    Row("DELETE users/$owner_id/mute", "401 200 404 200 422 200"),
    Row("POST reports", "401 404 404 201 201 404", REPORT_OF_POST),
    Row("POST reports", "401 404 404 201 201 404", REPORT_OF_COMMENT),
    Row("POST reports", "401 201 404 201 422 201", REPORT_OF_OWNER),
    Row("GET reports/$report", "401 404 404 404 200 404"),
    # --- media ------------------------------------------------------------------------------------
    Row("POST media", "401 201 201 201 201 201", file=True),
    Row("POST media/direct", "401 409 409 409 409 409", {"content_type": "image/png", "size": 9}),  # a disk
    Row("POST media/$media/complete", "401 404 404 404 200 404"),
    Row("GET media/$media", "401 404 404 200 200 404"),
    Row("PATCH media/$media", "401 404 404 403 200 404", {"alt_text": "A loom"}),
    Row("DELETE media/$media", "401 404 404 403 409 404"),
    Row("DELETE media/$loose_media", "401 404 404 404 204 404"),
    Row("GET /media/$media/200.webp", "404 404 404 200 200 404"),
    Row("GET /media/$loose_media/200.webp", "404 404 404 404 200 404"),
    Row("GET /media/$open_media/200.webp", "200 200 200 200 200 200"),
    # --- posts ------------------------------------------------------------------------------------
    Row("POST posts", "401 201 201 201 201 201", {"text": "Good morning."}),
    Row("POST posts", "401 422 422 422 201 422", {"media_ids": ["$loose_media"]}),
    Row("GET posts/$post", "404 404 404 200 200 404"),
    Row("GET posts/$post", "404 404 404 200 200 404", private=True),
    Row("GET posts/$open_post", "200 200 404 200 200 200"),
    Row("GET posts/$open_post", "404 404 404 200 200 404", private=True),
    Row("GET posts/$secret_post", "404 404 404 404 200 404"),
    Row("PATCH posts/$post", "401 404 404 403 200 404", {"text": "Edited."}),
    Row("PATCH posts/$open_post", "401 403 404 403 200 403", {"text": "Edited."}),
    Row("DELETE posts/$post", "401 404 404 403 204 404"),
    Row("DELETE posts/$open_post", "401 403 404 403 204 403"),
    Row("GET posts/$post/history", "404 404 404 200 200 404"),
    Row("GET posts/$open_post/history", "200 200 404 200 200 200"),
    Row("PUT posts/$post/pin", "401 404 404 403 200 404"),
    Row("PUT posts/$open_post/pin", "401 403 404 403 200 403"),
    Row("DELETE posts/$post/pin", "401 404 404 403 200 404"),
    Row("PUT posts/$post/view", "401 404 404 204 204 404"),
    Row("PUT posts/$open_post/view", "401 204 404 204 204 204"),
    Row("PUT posts/$post/reaction", "401 404 404 200 200 404", LIKE),
    Row("PUT posts/$open_post/reaction", "401 200 404 200 200 200", LIKE),
    Row("DELETE posts/$post/reaction", "401 404 404 200 200 404"),
    Row("GET posts/$post/reactions", "404 404 404 200 200 404"),
    Row("GET posts/$open_post/reactions", "200 200 404 200 200 200"),
    Row("PUT posts/$post/save", "401 404 404 200 200 404"),
    Row("PUT posts/$open_post/save", "401 200 404 200 200 200"),
    Row("DELETE posts/$post/save", "401 404 404 200 200 404"),
    Row("GET me/saved", "401 200 200 200 200 200"),
    Row("GET posts/$paid_post", "200 200 404 200 200 200"),
    Row("GET posts/$paid_post/history", "403 403 404 403 200 403"),
    Row("GET posts/$paid_post/comments", "403 403 404 403 200 403"),
    Row("POST posts/$paid_post/comments", "401 403 404 403 201 403", {"text": "Hi."}),
    Row("POST posts/$paid_post/purchases", "401 201 404 201 409 201", once=True),
    Row("POST posts/$open_post/purchases", "401 409 404 409 409 409", once=True),
    Row("PUT posts/$poll_post/vote", "401 404 404 200 200 404", {"option": 0}),
    Row("PUT posts/$open_post/vote", "401 404 404 404 404 404", {"option": 0}),
    Row("PUT posts/$open_post/repost", "401 200 404 200 200 200"),
    Row("PUT posts/$post/repost", "401 404 404 403 200 404"),
    Row("DELETE posts/$open_post/repost", "401 200 404 200 200 200"),
    Row("GET posts/$open_post/reposts", "200 200 404 200 200 200"),
    Row("GET posts/$post/reposts", "404 404 404 200 200 404"),
    Row("GET posts/$open_post/quotes", "200 200 404 200 200 200"),
    Row("GET posts/$post/quotes", "404 404 404 200 200 404"),
    Row("GET users/$owner_id/reposts", "200 200 404 200 200 200"),
    # --- drafts -----------------------------------------------------------------------------------
    Row("POST posts", "401 201 201 201 201 201", {"text": "Later.", "state": "draft"}),
    Row("GET posts/$draft", "404 404 404 404 200 404"),
    Row("PATCH posts/$draft", "401 404 404 404 200 404", {"text": "Later still."}),
    Row("DELETE posts/$draft", "401 404 404 404 204 404"),
    Row("GET me/drafts", "401 200 200 200 200 200"),
    Row("GET me/scheduled", "401 200 200 200 200 200"),
    # --- communities ------------------------------------------------------------------------------
    Row("GET communities", "200 200 200 200 200 200"),
    Row("POST communities", "401 201 201 201 201 201", {"name": "Weavers"}),
    Row("GET communities/$community", "200 200 200 200 200 200"),
    Row("PATCH communities/$community", "401 403 403 403 200 403", {"name": "Spinners"}),
    Row("DELETE communities/$community", "401 403 403 403 204 403"),
    Row("PUT communities/$community/membership", "401 200 200 200 200 200"),
    Row("DELETE communities/$community/membership", "401 200 200 200 409 200"),
    Row("GET communities/$community/members", "403 403 403 200 200 403"),
    Row("GET communities/$open_community/members", "200 200 200 200 200 200"),
    Row(
        "PATCH communities/$community/members/$follower_id", "401 403 403 403 204 403", {"role": "moderator"}
    ),
    Row("DELETE communities/$community/members/$follower_id", "401 403 403 403 204 403"),
    Row("GET communities/$community/posts", "403 403 403 200 200 403"),
    Row("GET communities/$open_community/posts", "200 200 200 200 200 200"),
    Row("GET communities/$community/requests", "401 403 403 403 200 403"),
    Row("POST communities/$community/requests/$community_request/accept", "401 403 403 403 200 403"),
    Row("POST communities/$community/requests/$community_request/reject", "401 403 403 403 204 403"),
    # --- discovery --------------------------------------------------------------------------------
    Row("GET search?q=looms", "200 200 200 200 200 200"),
    Row("GET explore", "200 200 200 200 200 200"),
    Row("GET trending/posts", "200 200 200 200 200 200"),
    Row("GET trending/tags", "200 200 200 200 200 200"),
    Row("GET trending/creators", "200 200 200 200 200 200"),
    Row("GET suggestions/users", "401 200 200 200 200 200"),
    # --- shelves ----------------------------------------------------------------------------------
    Row("GET me/mentions", "401 200 200 200 200 200"),
    Row("GET categories", "200 200 200 200 200 200"),
    Row("GET categories/$category/posts", "200 200 200 200 200 200"),
    Row("GET tags/$tag", "200 200 200 200 200 200"),
    Row("GET tags/$tag/posts", "200 200 200 200 200 200"),
    Row("PUT tags/$tag/follow", "401 200 200 200 200 200"),
    Row("DELETE tags/$tag/follow", "401 200 200 200 200 200"),
    Row("GET collections", "401 200 200 200 200 200"),
    Row("POST collections", "401 201 201 201 201 201", {"title": "Looms"}),
    Row("GET collections/$collection", "404 404 404 404 200 404"),
    Row("GET collections/$open_collection", "200 200 404 200 200 200"),
    Row("GET collections/$open_collection", "404 404 404 200 200 404", private=True),
    Row("PATCH collections/$collection", "401 404 404 404 200 404", {"title": "New"}),
    Row("PATCH collections/$open_collection", "401 403 404 403 200 403", {"title": "New"}),
    Row("DELETE collections/$open_collection", "401 403 404 403 204 403"),
    Row("GET collections/$collection/posts", "404 404 404 404 200 404"),
    Row("GET collections/$open_collection/posts", "200 200 404 200 200 200"),
    Row("PUT collections/$open_collection/posts/$post", "401 403 404 403 200 403"),
    Row("DELETE collections/$open_collection/posts/$open_post", "401 403 404 403 200 403"),
    Row("PUT collections/$collection/follow", "401 404 404 404 200 404"),
    Row("PUT collections/$open_collection/follow", "401 200 404 200 200 200"),
    Row("DELETE collections/$open_collection/follow", "401 200 404 200 200 200"),
    Row("GET users/$owner_id/collections", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/posts", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/posts", "200 200 404 200 200 200", private=True),  # nothing is in it
    Row("GET users/$owner_id/media", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/media?kind=video", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/media", "200 200 404 200 200 200", private=True),  # nothing is in it
    Row("GET feed", "401 200 200 200 200 200"),
    # --- stories ----------------------------------------------------------------------------------
    Row("GET stories", "401 200 200 200 200 200"),
    Row("POST stories", "401 201 201 201 201 201", {"text": "Good morning."}),
    Row("POST stories", "401 422 422 422 201 422", {"media_id": "$loose_media"}),
    Row("GET stories/$story", "404 404 404 200 200 404"),
    Row("GET stories/$open_story", "200 200 404 200 200 200"),
    Row("GET stories/$open_story", "404 404 404 200 200 404", private=True),
    Row("GET stories/$close_story", "404 404 404 404 200 404"),
    Row("DELETE stories/$story", "401 404 404 403 204 404"),
    Row("DELETE stories/$open_story", "401 403 404 403 204 403"),
    Row("PUT stories/$story/view", "401 404 404 204 204 404"),
    Row("GET stories/$story/viewers", "401 404 404 403 200 404"),
    Row("PUT stories/$story/reaction", "401 404 404 200 200 404", LIKE),
    Row("DELETE stories/$story/reaction", "401 404 404 200 200 404"),
    Row("POST stories/$story/reply", "401 404 404 201 422 404", {"text": "Indeed."}),
    Row("POST stories/$open_story/reply", "401 201 404 201 422 201", {"text": "Indeed."}),
    Row("POST reports", "401 404 404 201 201 404", REPORT_OF_STORY),
    Row("GET users/$owner_id/stories", "200 200 404 200 200 200"),
    Row("GET me/close-friends", "401 200 200 200 200 200"),
    Row("PUT me/close-friends/$owner_id", "401 200 404 200 422 200"),
    Row("DELETE me/close-friends/$owner_id", "401 200 404 200 422 200"),
    Row("GET highlights", "401 200 200 200 200 200"),
    Row("POST highlights", "401 201 201 201 201 201", {"title": "Lisbon"}),
    Row("POST highlights", "401 422 422 422 201 422", {"title": "Lisbon", "story_ids": ["$story"]}),
    Row("GET highlights/$highlight", "404 404 404 200 200 404"),
    Row("GET highlights/$highlight/stories", "404 404 404 200 200 404"),
    Row("PATCH highlights/$highlight", "401 404 404 403 200 404", {"title": "Porto"}),
    Row("DELETE highlights/$highlight", "401 404 404 403 204 404"),
    Row("PUT highlights/$highlight/stories/$story", "401 404 404 403 200 404"),
    Row("DELETE highlights/$highlight/stories/$story", "401 404 404 403 200 404"),
    Row("GET users/$owner_id/highlights", "200 200 404 200 200 200"),
    # --- comments ---------------------------------------------------------------------------------
    Row("GET posts/$post/comments", "404 404 404 200 200 404"),
    Row("GET posts/$open_post/comments", "200 200 404 200 200 200"),
    Row("POST posts/$post/comments", "401 404 404 201 201 404", {"text": "Indeed."}),
    Row("POST posts/$open_post/comments", "401 201 404 201 201 201", {"text": "Indeed."}),
    Row("POST posts/$quiet_post/comments", "401 403 404 403 201 403", {"text": "Indeed."}),
    Row("GET comments/$comment", "404 404 404 200 200 404"),
    Row("GET comments/$open_comment", "200 200 404 200 200 200"),
    Row("PATCH comments/$comment", "401 404 404 403 200 404", {"text": "Edited."}),
    Row("PATCH comments/$open_comment", "401 403 404 200 403 403", {"text": "Edited."}),
    Row("DELETE comments/$comment", "401 404 404 403 204 404"),
    Row("DELETE comments/$open_comment", "401 403 404 204 204 403"),
    Row("GET comments/$comment/replies", "404 404 404 200 200 404"),
    Row("PUT comments/$comment/reaction", "401 404 404 200 200 404", LIKE),
    Row("PUT comments/$open_comment/reaction", "401 200 404 200 200 200", LIKE),
    Row("DELETE comments/$comment/reaction", "401 404 404 200 200 404"),
    Row("PUT comments/$comment/hide", "401 404 404 403 200 404"),
    Row("PUT comments/$open_comment/hide", "401 403 404 403 200 403"),
    Row("DELETE comments/$comment/hide", "401 404 404 403 200 404"),
    # --- conversations ----------------------------------------------------------------------------
    Row("GET conversations", "401 200 200 200 200 200"),
    Row("POST conversations", "401 201 404 201 422 201", WITH_OWNER),
    Row("POST conversations", "401 201 201 201 201 201", WITH_STRANGER),
    Row("GET conversations/$direct", "401 404 404 200 200 404"),
    Row("PATCH conversations/$direct", "401 404 404 403 403 404", {"title": "Us"}),
    Row("PATCH conversations/$club", "401 404 404 403 200 404", {"title": "Engines"}),
    Row("DELETE conversations/$direct", "401 404 404 204 204 404"),
    Row("DELETE conversations/$club", "401 404 404 204 204 404"),
    Row("PUT conversations/$direct/mute", "401 404 404 200 200 404"),
    Row("DELETE conversations/$direct/mute", "401 404 404 200 200 404"),
    Row("PUT conversations/$direct/archive", "401 404 404 200 200 404"),
    Row("DELETE conversations/$direct/archive", "401 404 404 200 200 404"),
    Row("PUT conversations/$direct/accept", "401 404 404 200 200 404"),
    Row("GET conversations/$club/members", "401 404 404 200 200 404"),
    Row("PUT conversations/$club/members/$stranger_id", "401 404 404 403 200 404"),
    Row("PATCH conversations/$club/members/$follower_id", "401 404 404 403 200 404", {"role": "admin"}),
    Row("DELETE conversations/$club/members/$follower_id", "401 404 404 204 204 404"),
    Row("DELETE conversations/$club/members/$owner_id", "401 404 404 403 204 404"),
    # --- messages ---------------------------------------------------------------------------------
    Row("GET conversations/$direct/messages", "401 404 404 200 200 404"),
    Row("POST conversations/$direct/messages", "401 404 404 201 201 404", {"text": "Hi"}),
    Row("GET conversations/$direct/search?q=hello", "401 404 404 200 200 404"),
    Row("PUT conversations/$direct/read", "401 404 404 200 200 404", {"seq": 0}),
    Row("GET messages/search?q=hello", "401 200 200 200 200 200"),
    Row("GET messages/$message", "401 404 404 200 200 404"),
    Row("PATCH messages/$message", "401 404 404 403 200 404", {"text": "New."}),
    Row("DELETE messages/$message", "401 404 404 403 200 404"),
    Row("GET messages/$message/history", "401 404 404 200 200 404"),
    Row("PUT messages/$message/reaction", "401 404 404 200 200 404", LIKE),
    Row("DELETE messages/$message/reaction", "401 404 404 200 200 404"),
    Row("POST reports", "401 404 404 201 201 404", REPORT_OF_MESSAGE),
    # --- the socket -------------------------------------------------------------------------------
    Row("POST realtime/ticket", "401 201 201 201 201 201"),
    # --- notifications ----------------------------------------------------------------------------
    Row("GET notifications", "401 200 200 200 200 200"),
    Row("GET notifications/unread", "401 200 200 200 200 200"),
    Row("PUT notifications/seen", "401 200 200 200 200 200", {"seq": 1}),
    Row("PUT notifications/read", "401 200 200 200 200 200", {}),
    Row("PUT notifications/$notification/read", "401 404 404 404 200 404"),
    # --- devices ----------------------------------------------------------------------------------
    Row("GET push-devices", "401 200 200 200 200 200"),
    Row("POST push-devices", "401 201 201 201 201 201", PHONE),
    Row("GET push-devices/vapid", "401 200 200 200 200 200"),
    Row("DELETE push-devices/$push_device", "401 404 404 404 204 404"),
    # --- payments ---------------------------------------------------------------------------------
    Row("GET payments", "401 200 200 200 200 200"),
    Row("GET payments/$tip", "401 404 404 200 200 404"),
    Row("POST payments/$tip/capture", "401 404 404 409 403 404"),
    Row("POST payments/$paid_tip/capture", "401 404 404 200 403 404"),
    Row("POST payments/$paid_tip/refunds", "401 404 404 403 201 404", {}, once=True),
    Row("POST users/$owner_id/tips", "401 201 404 201 409 201", TIP, once=True),
    Row("GET users/$owner_id/tips/top", "401 200 404 200 200 200"),
    # --- coins, gifts and what one has ------------------------------------------------------------
    Row("GET coin-packs", "401 200 200 200 200 200"),
    Row("POST me/coins", "401 201 201 201 201 201", PACK, once=True),
    Row("GET gifts", "401 200 200 200 200 200"),
    Row("GET gifts/$gift", "401 404 404 200 200 404"),
    Row("POST users/$owner_id/gifts", "401 409 404 409 409 409", HEART, once=True),
    Row("POST users/$gifted/gifts", "401 409 409 409 201 409", HEART, once=True),
    Row("GET me/wallet", "401 200 200 200 200 200"),
    Row("GET me/transactions", "401 200 200 200 200 200"),
    Row("GET me/earnings", "401 200 200 200 200 200"),
    Row("GET me/statements/$month", "401 200 200 200 200 200"),
    Row("GET me/payout-account", "401 404 404 404 404 404"),
    Row("PUT me/payout-account", "401 200 200 200 200 200", PAYOUT_ACCOUNT),
    Row("GET me/payouts", "401 200 200 200 200 200"),
    Row("POST me/payouts", "401 409 409 409 409 409", {}, once=True),
    Row("GET me/payouts/$payout", "401 404 404 404 200 404"),
    # --- the market -------------------------------------------------------------------------------
    Row("GET products", "200 200 200 200 200 200"),
    Row("POST products", "401 201 201 201 201 201", PRODUCT),
    Row("GET products/$product", "200 200 404 200 200 200"),
    Row("GET products/$unpublished", "404 404 404 404 200 404"),
    Row("PATCH products/$product", "401 403 404 403 200 403", {"stock": 1}),
    Row("DELETE products/$product", "401 403 404 403 204 403"),
    Row("GET users/$owner_id/products", "200 200 404 200 200 200"),
    Row("GET products/$film/file", "401 403 404 403 200 403"),
    Row("GET products/$bought_film/file", "401 403 404 200 200 403"),
    Row("GET products/$product/reviews", "200 200 404 200 200 200"),
    Row("PUT products/$product/review", "401 403 404 403 403 403", {"rating": 5}),
    Row("PUT products/$bought/review", "401 403 404 200 403 403", {"rating": 5}),
    Row("DELETE products/$bought/review", "401 204 204 204 204 204"),
    Row("GET me/discounts", "401 200 200 200 200 200"),
    Row("POST me/discounts", "401 201 201 201 201 201", {"code": "SPRING", "percent": 10}),
    Row("PATCH me/discounts/$discount", "401 404 404 404 200 404", {"percent": 20}),
    Row("DELETE me/discounts/$discount", "401 404 404 404 204 404"),
    Row("POST discounts/check", "401 200 422 200 409 200", CHECK),
    Row("GET orders", "401 200 200 200 200 200"),
    Row("GET me/sales", "401 200 200 200 200 200"),
    Row("POST orders", "401 201 422 201 409 201", ORDER, once=True),
    Row("GET orders/$order", "401 404 404 200 404 404"),
    Row("GET orders/$paid_order", "401 404 404 200 200 404"),
    Row("PATCH orders/$paid_order", "401 404 404 403 200 404", {"state": "shipped"}),
    Row("POST orders/$order/cancel", "401 404 404 200 404 404"),
    Row("POST orders/$paid_order/cancel", "401 404 404 200 200 404"),
    Row("POST webhooks/sandbox", "403 403 403 403 403 403", {}),
    Row("GET /payments/done", "200 200 200 200 200 200"),
    Row("GET /sandbox/orders/$tip_order", "200 200 200 200 200 200"),
    Row("POST /sandbox/orders/$tip_order/approve", "303 303 303 303 303 303"),
    Row("GET /sandbox/subscriptions/none", "404 404 404 404 404 404"),
    Row("POST /sandbox/subscriptions/none/approve", "404 404 404 404 404 404"),
    # --- subscriptions ----------------------------------------------------------------------------
    Row("GET me/tiers", "401 200 200 200 200 200"),
    Row("POST me/tiers", "401 201 201 201 201 201", TIER),
    Row("PATCH me/tiers/$tier", "401 404 404 404 200 404", {"name": "Kin"}),
    Row("DELETE me/tiers/$tier", "401 404 404 404 204 404"),
    Row("GET users/$owner_id/tiers", "200 200 404 200 200 200"),
    Row("GET users/$owner_id/tiers", "200 200 404 200 200 200", private=True),
    Row("POST tiers/$tier/subscriptions", "401 201 404 201 409 201", once=True),
    Row("POST tiers/$tier/subscriptions", "401 201 404 201 409 201", private=True, once=True),
    Row("GET me/subscriptions", "401 200 200 200 200 200"),
    Row("GET me/subscribers", "401 200 200 200 200 200"),
    Row("GET subscriptions/$subscription", "401 404 404 200 404 404"),
    Row("DELETE subscriptions/$subscription", "401 404 404 200 404 404"),
    # --- calls ------------------------------------------------------------------------------------
    Row("GET calls", "401 200 200 200 200 200"),
    Row("POST calls", "401 403 404 403 422 403", CALL_TO_OWNER),
    Row("POST calls", "401 403 403 422 201 403", CALL_TO_FOLLOWER),
    Row("GET calls/$call", "401 404 404 200 200 404"),
    Row("POST calls/$call/answer", "401 404 404 403 200 404"),
    Row("POST calls/$call/decline", "401 404 404 403 200 404"),
    Row("POST calls/$call/end", "401 404 404 200 200 404"),
    # --- operations -------------------------------------------------------------------------------
    Row("GET /api/live", "200 200 200 200 200 200"),
    Row("GET /api/health", "200 200 200 200 200 200"),
    Row("GET /api/ready", "200 200 200 200 200 200"),
    Row("GET /metrics", "200 200 200 200 200 200"),
    Row("GET /api/metrics", "200 200 200 200 200 200"),
    Row("GET /api/schema", "200 200 200 200 200 200"),
    Row("GET /api/asyncapi", "200 200 200 200 200 200"),
    Row("GET /", "302 302 302 302 302 302"),
    Row("GET /admin", "302 302 302 302 302 302"),
    Row("GET /docs", "200 200 200 200 200 200"),
    Row("GET /docs/errors", "200 200 200 200 200 200"),
    Row("GET /redoc", "200 200 200 200 200 200"),
]


def ask(row: Row, role: str) -> int:
    """Send the request of a row in a world of its own."""
    world = World(private=row.private)
    client = world.client_of(role)
    path = Template(row.path).substitute(world)  # type: ignore[arg-type]
    body = Template(json.dumps(row.body)).substitute(world)  # type: ignore[arg-type]
    content: dict[str, Any] = {"json": body} if row.body is not None else {}
    if row.file:
        content = {"data": {"file": as_upload(picture())}}
    headers = {"Idempotency-Key": f"key-{world.number}"} if row.once else {}
    status: int = client.request(row.method.lower(), path, **content, **headers).status_code
    return status


def _name(row: Row) -> str:
    return f"{row.request}{' private' if row.private else ''}"


@pytest.mark.parametrize("row", TABLE, ids=_name)
def test_each_role_is_answered_as_the_table_says(row: Row) -> None:
    answers = {role: ask(row, role) for role in ROLES}

    assert answers == dict(zip(ROLES, map(int, row.statuses.split()), strict=True))


def test_the_table_has_every_route_and_no_other() -> None:
    somewhere = "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"
    in_table = {(row.method, resolve(_fill(row.path, somewhere)).route) for row in TABLE}

    assert in_table == all_routes()


def test_other_methods_are_refused(api: Callable[..., ApiClient]) -> None:
    somewhere = "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"
    routes = all_routes()
    paths = {resolve(path).route: path for path in (_fill(row.path, somewhere) for row in TABLE)}
    client = api(make_user())
    of_ours = {route: path for route, path in paths.items() if route.startswith("api/v1/")}

    answers = {
        (method, route): client.request(method.lower(), path).status_code
        for route, path in of_ours.items()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if (method, route) not in routes
    }

    assert len(answers) > 150
    assert set(answers.values()) == {405}


def _fill(path: str, text: str) -> str:
    bare = path.partition("?")[0]
    return Template(bare).substitute(dict.fromkeys(Template(bare).get_identifiers(), text))
