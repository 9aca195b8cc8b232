"""Tiers and subscriptions over REST."""

from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions import tiers
from payments.actions.subscriptions import cancel_subscription, subscribe
from payments.cards.subscriptions import SubscriberCard, SubscriptionCard, TierCard
from payments.errors.payments import PayingOneself
from payments.errors.subscriptions import AlreadySubscribed, TierClosed, TooManyTiers
from payments.selectors.subscriptions import get_subscription, subscribers_of, subscriptions_of
from payments.selectors.tiers import own_tiers, tiers_of
from payments.serializers.subscriptions import TierChanges, TierInput

EXAMPLE = {
    "name": "Friends of the loom",
    "description": "A look behind the curtain.",
    "price": {"value": 500, "currency": "USD"},
    "benefits": ["Sketches every Friday"],
}


class TierViewSet(ApiViewSet):
    """What creators give for a price a month."""

    public = frozenset({"of_person"})

    @operation(
        "List one's tiers",
        description="Also the closed ones, the newest first, with the number of their subscribers.",
        page_of=TierCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(own_tiers(self.viewer, self.page_request()))

    @operation(
        "Open a tier",
        description="At most ten are open, for 0.99 to 999 dollars a month. The price cannot be changed"
        " later.",
        body=TierInput,
        card=TierCard,
        status=201,
        errors=(TooManyTiers,),
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        card = tiers.open_tier(self.viewer, **self.read(TierInput))
        return self.answer(card, status=201, location=f"/api/v1/me/tiers/{card.id}")

    @operation(
        "Edit a tier",
        description="All but its price, which is refused as `fixed`: another price is another tier.",
        body=TierChanges,
        card=TierCard,
        errors=(TierClosed,),
        example={"benefits": ["Sketches every Friday", "A call a month"]},
    )
    def partial_update(self, request: Request, tier_id: str) -> HttpResponse:
        changes = self.read(TierChanges, partial=True)
        return self.answer(tiers.edit_tier(self.viewer, tier_id=self.path_id(tier_id), changes=changes))

    @operation(
        "Close a tier", description="It takes no new subscribers; the present ones stay, and are renewed."
    )
    def destroy(self, request: Request, tier_id: str) -> HttpResponse:
        tiers.close_tier(self.viewer, tier_id=self.path_id(tier_id))
        return self.no_content()

    @operation(
        "List somebody's tiers",
        description="The open ones, the cheapest first.",
        page_of=TierCard,
        errors=(NotFound,),
    )
    def of_person(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(tiers_of(self.viewer, user, self.page_request()))


class SubscriptionViewSet(ApiViewSet):
    """What the viewer pays every month, and who pays them."""

    limits = {"create": "payment"}
    idempotency_required = frozenset({"create"})
    idempotency_in_steps = frozenset({"create"})

    @operation(
        "Subscribe to a tier",
        description="Renewed every month until it is cancelled; 15 % of it are the platform's. The buyer"
        " approves it at `approve_url`, which is null while the payment provider does not answer: read the"
        " subscription again. A renewal that fails has three days to be made up for.",
        card=SubscriptionCard,
        status=201,
        errors=(NotFound, PayingOneself, TierClosed, AlreadySubscribed),
    )
    def create(self, request: Request, tier_id: str) -> HttpResponse:
        card = subscribe(self.viewer, subscription_id=self.intent_id, tier_id=self.path_id(tier_id))
        return self.answer(card, status=201, location=f"/api/v1/subscriptions/{card.id}")

    @operation(
        "List one's subscriptions",
        description="Also those that are over, the newest first.",
        page_of=SubscriptionCard,
    )
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(subscriptions_of(self.viewer, self.page_request()))

    @operation("Read a subscription", description="For who subscribes.", card=SubscriptionCard)
    def retrieve(self, request: Request, subscription_id: str) -> HttpResponse:
        return self.answer(get_subscription(self.viewer, self.path_id(subscription_id)))

    @operation(
        "Cancel a subscription",
        description="It is not renewed; what was paid for goes on until `current_period_end`. Cancelling"
        " again gives the same.",
        card=SubscriptionCard,
    )
    def destroy(self, request: Request, subscription_id: str) -> HttpResponse:
        identifier = self.path_id(subscription_id)
        return self.answer(cancel_subscription(self.viewer, subscription_id=identifier))

    @operation(
        "List one's subscribers",
        description="Who is paid up, in grace, or has cancelled but paid; the newest first.",
        page_of=SubscriberCard,
    )
    def subscribers(self, request: Request) -> HttpResponse:
        return self.answer_page(subscribers_of(self.viewer, self.page_request()))
