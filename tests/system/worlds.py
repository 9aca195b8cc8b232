"""An owner with things of each kind, and whoever is something to them."""

import itertools
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.actions.mail_tokens import issue_mail_token
from accounts.enums import MailPurpose, ReportReason
from accounts.models import Decision, Export, Relation, Report, User
from content.enums import Visibility
from content.models import (
    Category,
    Collection,
    Comment,
    Community,
    CommunityRequest,
    Draft,
    Highlight,
    Post,
    Story,
)
from grover.core.viewers import ANONYMOUS
from grover.media.models import Media
from messaging.models import Call, Conversation, Message, Notification, PushDevice
from payments.models import Discount, Gift, Order, Payment, Payout, Product, Subscription, Tier
from tests.conftest import ApiClient, sign_in
from tests.factories.accounts import PASSWORD, make_decision, make_user
from tests.factories.calls import make_call
from tests.factories.content import (
    make_collection,
    make_comment,
    make_community,
    make_poll,
    make_post,
    make_tag,
)
from tests.factories.market import make_discount, make_order, make_paid_order, make_product
from tests.factories.media import make_media
from tests.factories.messaging import make_conversation, make_message
from tests.factories.notifications import make_notification
from tests.factories.payments import make_paid_tip, make_tip
from tests.factories.push import make_phone
from tests.factories.stories import make_highlight, make_story
from tests.factories.subscriptions import make_subscription, make_tier
from tests.factories.wallet import give_coins, make_gift, make_payout

ROLES = ("anonymous", "stranger", "blocked", "follower", "owner", "staff")

_numbers = itertools.count(1)
_NOBODY = (ANONYMOUS, None)


class World:
    """An owner with things of each kind, and whoever is something to them; made as they are named."""

    def __init__(self, *, private: bool) -> None:
        self.number = next(_numbers)
        self.owner_user = make_user(is_private=private, follower_count=1)
        self.follower_user = make_user(following_count=1)
        self.blocked_user = make_user()
        Relation.objects.create(source=self.follower_user, target=self.owner_user, kind="follow")
        Relation.objects.create(source=self.owner_user, target=self.blocked_user, kind="block")

    def client_of(self, role: str) -> ApiClient:
        """Sign in as one of ROLES."""
        match role:
            case "anonymous":
                return ApiClient(*_NOBODY)
            case "stranger":
                return ApiClient(*sign_in(make_user()))
            case "staff":
                return ApiClient(*sign_in(make_user(is_staff=True)))
        user: User = getattr(self, f"{role}_user")
        return ApiClient(*sign_in(user))

    def __getitem__(self, name: str) -> str:
        value = getattr(self, name)
        return str(getattr(value, "pk", value))

    @cached_property
    def owner_id(self) -> Any:
        return self.owner_user.pk

    @cached_property
    def stranger_id(self) -> Any:
        return make_user().pk

    @cached_property
    def follower_id(self) -> Any:
        return self.follower_user.pk

    @cached_property
    def owner_name(self) -> str:
        return self.owner_user.username

    @cached_property
    def new_name(self) -> str:
        return f"newcomer_{self.number}"

    @cached_property
    def refresh_token(self) -> str:
        body = {"identifier": self.owner_name, "password": PASSWORD}
        token: str = ApiClient(*_NOBODY).post("auth/login", json=body).json()["refresh_token"]
        return token

    @cached_property
    def verification_token(self) -> str:
        return issue_mail_token(self.owner_user, MailPurpose.VERIFY, self.owner_user.email)

    @cached_property
    def reset_token(self) -> str:
        return issue_mail_token(self.owner_user, MailPurpose.RESET, self.owner_user.email)

    @cached_property
    def session(self) -> Any:
        return sign_in(self.owner_user)[0].session_id

    @cached_property
    def export(self) -> Export:
        return Export.objects.create(user=self.owner_user)

    @cached_property
    def follow_request(self) -> Relation:
        return Relation.objects.create(source=make_user(), target=self.owner_user, kind="request")

    @cached_property
    def report(self) -> Report:
        fields = {"target_kind": "user", "target_id": self.blocked_user.pk, "reason": ReportReason.SPAM}
        return Report.objects.create(reporter=self.owner_user, **fields)

    @cached_property
    def decision(self) -> Decision:
        return make_decision(self.owner_user)

    @cached_property
    def media(self) -> Media:
        return Media.objects.get(pk=self.post.media_ids[0])

    @cached_property
    def loose_media(self) -> Media:
        return make_media(self.owner_user.pk)

    @cached_property
    def open_media(self) -> Media:
        media = make_media(self.owner_user.pk, access="public")
        make_post(self.owner_user, media=[media])
        return media

    @cached_property
    def post(self) -> Post:
        return make_post(
            self.owner_user, media=[make_media(self.owner_user.pk)], visibility=Visibility.FOLLOWERS
        )

    @cached_property
    def open_post(self) -> Post:
        return make_post(self.owner_user)

    @cached_property
    def paid_post(self) -> Post:
        return make_post(self.owner_user, price=500, currency="USD")

    @cached_property
    def secret_post(self) -> Post:
        return make_post(self.owner_user, visibility=Visibility.PRIVATE)

    @cached_property
    def quiet_post(self) -> Post:
        return make_post(self.owner_user, reply_policy="nobody")

    @cached_property
    def poll_post(self) -> Post:
        return make_poll(make_post(self.owner_user, visibility=Visibility.FOLLOWERS), ["Yes", "No"])

    @cached_property
    def draft(self) -> Draft:
        content = {"text": "Later", "media_ids": [], "quote_of": None, "poll": None}
        return Draft.objects.create(author=self.owner_user, content=content)

    @cached_property
    def community(self) -> Community:
        return make_community(self.owner_user, self.follower_user, is_private=True)

    @cached_property
    def open_community(self) -> Community:
        return make_community(self.owner_user, self.follower_user)

    @cached_property
    def community_request(self) -> CommunityRequest:
        return CommunityRequest.objects.create(community=self.community, user=make_user())

    @cached_property
    def tag(self) -> str:
        return make_tag(f"tag{self.number}").name

    @cached_property
    def category(self) -> str:
        return Category.objects.create(slug=f"category{self.number}", name="Category").slug

    @cached_property
    def collection(self) -> Collection:
        return make_collection(self.owner_user, self.open_post)

    @cached_property
    def open_collection(self) -> Collection:
        return make_collection(self.owner_user, self.open_post, is_public=True)

    @cached_property
    def comment(self) -> Comment:
        return make_comment(self.post, self.owner_user)

    @cached_property
    def open_comment(self) -> Comment:
        return make_comment(self.open_post, self.follower_user)

    @cached_property
    def story(self) -> Story:
        return make_story(self.owner_user, audience="followers")

    @cached_property
    def open_story(self) -> Story:
        return make_story(self.owner_user)

    @cached_property
    def close_story(self) -> Story:
        return make_story(self.owner_user, audience="close_friends")

    @cached_property
    def highlight(self) -> Highlight:
        return make_highlight(self.owner_user, self.story)

    @cached_property
    def direct(self) -> Conversation:
        return make_conversation("direct", self.owner_user, self.follower_user)

    @cached_property
    def message(self) -> Message:
        return make_message(self.direct, self.owner_user)

    @cached_property
    def club(self) -> Conversation:
        return make_conversation("group", self.owner_user, self.follower_user)

    @cached_property
    def push_device(self) -> PushDevice:
        return make_phone(self.owner_user)

    @cached_property
    def call(self) -> Call:
        return make_call(self.follower_user, self.owner_user)

    @cached_property
    def tip(self) -> Payment:
        return make_tip(self.follower_user, self.owner_user)

    @cached_property
    def tip_order(self) -> Any:
        return self.tip.order_id

    @cached_property
    def paid_tip(self) -> Payment:
        return make_paid_tip(self.follower_user, self.owner_user)

    @cached_property
    def gift(self) -> Gift:
        return make_gift(self.follower_user, self.owner_user)

    @cached_property
    def gifted(self) -> Any:
        """Somebody to whom the owner has the coins to give a gift."""
        give_coins(self.owner_user, 10)
        return make_user().pk

    @cached_property
    def payout(self) -> Payout:
        return make_payout(self.owner_user)

    @cached_property
    def month(self) -> str:
        return f"{timezone.now():%Y-%m}"

    @cached_property
    def tier(self) -> Tier:
        return make_tier(self.owner_user)

    @cached_property
    def subscription(self) -> Subscription:
        return make_subscription(self.follower_user, self.tier)

    @cached_property
    def notification(self) -> Notification:
        return make_notification(self.owner_user, self.follower_user)

    @cached_property
    def product(self) -> Product:
        return make_product(self.owner_user)

    @cached_property
    def unpublished(self) -> Product:
        return make_product(self.owner_user, state="draft")

    @cached_property
    def lesson(self) -> Product:
        return make_product(self.owner_user, kind="service")

    @cached_property
    def order(self) -> Order:
        return make_order(self.follower_user, self.product)

    @cached_property
    def paid_order(self) -> Order:
        return make_paid_order(self.follower_user, self.product)

    @cached_property
    def discount(self) -> Discount:
        return make_discount(self.owner_user)

    @cached_property
    def discount_code(self) -> str:
        return self.discount.code

    @cached_property
    def bought(self) -> Product:
        make_paid_order(self.follower_user, self.lesson)
        return self.lesson

    @cached_property
    def film(self) -> Product:
        return make_product(self.owner_user, kind="digital")

    @cached_property
    def bought_film(self) -> Product:
        make_paid_order(self.follower_user, self.film)
        return self.film
