"""Subscribing over REST: begun, approved, seen by both sides, cancelled, given back."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import ports
from accounts.models import User
from grover.core.ids import new_id
from grover.core.models import AuditEntry
from grover.core.moments import present
from messaging.models import Notification
from payments.actions.disputes import record_dispute
from payments.actions.reconciling import reconcile
from payments.actions.webhooks import NotKnownYet, process_webhook
from payments.cards.money import Money
from payments.enums import AccountKind, DisputeState, EntitlementKind, SubscriptionState
from payments.models import Entitlement, Payment, SandboxRecord, Subscription, Tier, WebhookEvent
from payments.policies.periods import months_later
from payments.policies.subscriptions import GRACE
from payments.providers import base
from payments.providers.registry import provider
from payments.selectors.entitlements import entitled
from payments.selectors.ledger import balances_of, check_ledger
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.factories.accounts import make_user
from tests.factories.subscriptions import (
    approve_subscription,
    at_sandbox,
    begin_subscription,
    charge,
    make_subscription,
    make_tier,
    refreshed,
    renew,
)
from tests.messaging.frames import published

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob")


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def may_see(user: User, creator: User) -> bool:
    return (EntitlementKind.CREATOR, creator.pk) in entitled(user.pk, [creator.pk])


def seen_until(user: User, creator: User) -> Any:
    rows = Entitlement.objects.filter(user_id=user.pk, thing_id=creator.pk, kind=EntitlementKind.CREATOR)
    return rows.values_list("expires_at", flat=True).get()


def told(user: User) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(user=user).order_by("seq")
    return [(row.thing_kind, row.data["what"]) for row in rows]


def mailed() -> list[tuple[list[str], str]]:
    return [(message.to, str(message.subject)) for message in mail.outbox]


def json_of(moment: Any) -> str:
    return str(moment.isoformat()).replace("+00:00", "Z")


# --- Beginning -----------------------------------------------------------------------------------


def test_a_subscription_is_approved_and_paid(api: Api, ada: User, bob: User) -> None:
    tier = make_tier(ada, 1_000)
    client = api(bob)

    begun = client.post(f"tiers/{tier.pk}/subscriptions", **key())

    card = begun.json()
    assert (begun.status_code, begun["Location"]) == (201, f"/api/v1/subscriptions/{card['id']}")
    subscription = Subscription.objects.get()
    assert card == {
        "id": str(subscription.pk),
        "tier": api().get("users/@ada/tiers").json()["results"][0],
        "state": "created",
        "is_frozen": False,
        "price": {"value": 1_000, "currency": "USD"},
        "approve_url": subscription.approve_url,
        "created_at": card["created_at"],
        "expires_at": json_of(subscription.expires_at),
        "started_at": None,
        "current_period_end": None,
        "stopped_at": None,
    }
    assert f"/sandbox/subscriptions/{at_sandbox(subscription.pk)}" in card["approve_url"]
    assert not may_see(bob, ada)

    approve_subscription(subscription.pk)
    subscription = refreshed(subscription.pk)

    payment = Payment.objects.get()
    assert payment.captured_at is not None
    end = months_later(payment.captured_at, 1)
    active = client.get(f"subscriptions/{subscription.pk}").json()
    assert active == card | {
        "state": "active",
        "approve_url": None,
        "started_at": json_of(payment.captured_at),
        "current_period_end": json_of(end),
    }
    assert client.get("me/subscriptions").json() == {"results": [active], "next": None}
    assert (payment.purpose, payment.thing_id, payment.state) == ("subscription", subscription.pk, "captured")
    assert (payment.payer_id, payment.payee_id, payment.amount, payment.fee) == (bob.pk, ada.pk, 1_000, 150)
    assert balances_of(ada.pk) == {(AccountKind.PENDING, "USD"): 850}
    assert check_ledger().faults == []
    assert (may_see(bob, ada), may_see(ada, bob)) == (True, False)
    assert seen_until(bob, ada) == end + GRACE
    assert (told(ada), told(bob)) == ([("payment", "paid")], [])
    assert mailed() == [(["bob@example.com"], "Your receipt: 10.00 USD")]


def test_a_request_sent_again_finds_its_subscription(api: Api, ada: User, bob: User) -> None:
    tier, again = make_tier(ada), key()
    path = f"tiers/{tier.pk}/subscriptions"
    first, second = (api(bob).post(path, **again) for _ in range(2))

    assert (second.status_code, second.json()) == (201, first.json())
    assert Subscription.objects.count() == 1
    assert refusal(api(bob).post(path)) == (400, "idempotency_key_required")


def test_a_declined_subscription_fails_and_frees_its_place(api: Api, ada: User, bob: User) -> None:
    tier = make_tier(ada)
    subscription = begin_subscription(bob, tier)

    approve_subscription(subscription.pk, approves=False)
    assert refreshed(subscription.pk).state == "failed"
    assert not may_see(bob, ada)
    assert api(bob).post(f"tiers/{tier.pk}/subscriptions", **key()).status_code == 201


def test_one_tier_is_subscribed_to_once(api: Api, ada: User, bob: User) -> None:
    tier, other = make_tier(ada), make_tier(ada, 900)
    make_subscription(bob, tier)

    assert refusal(api(bob).post(f"tiers/{tier.pk}/subscriptions", **key())) == (409, "already_subscribed")
    assert api(bob).post(f"tiers/{other.pk}/subscriptions", **key()).status_code == 201
    assert refusal(api(bob).post(f"tiers/{other.pk}/subscriptions", **key())) == (409, "already_subscribed")
    assert api(make_user()).post(f"tiers/{tier.pk}/subscriptions", **key()).status_code == 201


def test_what_cannot_be_subscribed_to(api: Api, ada: User, bob: User) -> None:
    tier, eve = make_tier(ada), make_user()
    path = f"tiers/{tier.pk}/subscriptions"
    block(ada, bob)
    block(eve, ada)

    assert refusal(api(ada).post(path, **key())) == (409, "paying_oneself")
    assert refusal(api(bob).post(path, **key())) == (404, "not_found")
    assert refusal(api(eve).post(path, **key())) == (404, "not_found")
    assert refusal(api(bob).post(f"tiers/{new_id()}/subscriptions", **key())) == (404, "not_found")
    assert refusal(api(bob).post("tiers/nonsense/subscriptions", **key())) == (404, "not_found")
    api(ada).delete(f"me/tiers/{tier.pk}")
    assert refusal(api(make_user()).post(path, **key())) == (409, "tier_closed")
    suspend(ada)
    assert refusal(api(make_user()).post(path, **key())) == (404, "not_found")
    assert not Subscription.objects.exists()


def test_a_plan_is_made_once_for_all_subscribers(ada: User, bob: User) -> None:
    tier = make_tier(ada)
    plans = set()
    for user in (bob, make_user()):
        subscription = begin_subscription(user, tier)
        plans.add(provider().get_subscription(at_sandbox(subscription.pk)).plan_id)

    assert plans == {Tier.objects.values_list("plan_id", flat=True).get()}


def test_closing_a_tier_keeps_its_subscribers(api: Api, ada: User, bob: User) -> None:
    tier = make_tier(ada)
    subscription = make_subscription(bob, tier)
    api(ada).delete(f"me/tiers/{tier.pk}")

    before = subscription.current_period_end
    assert before is not None
    renewed = renew(subscription.pk)
    assert renewed.state == "active"
    assert renewed.current_period_end == months_later(Payment.objects.order_by("pk")[0].captured_at, 2)
    assert api(bob).get(f"subscriptions/{subscription.pk}").json()["tier"]["is_open"] is False


# --- Seen ----------------------------------------------------------------------------------------


def test_a_subscription_is_only_its_subscribers_to_see(api: Api, ada: User, bob: User) -> None:
    subscription = make_subscription(bob, make_tier(ada))
    for user in (ada, make_user()):
        assert refusal(api(user).get(f"subscriptions/{subscription.pk}")) == (404, "not_found")
        assert refusal(api(user).delete(f"subscriptions/{subscription.pk}")) == (404, "not_found")
    assert refusal(api(bob).get("subscriptions/nonsense")) == (404, "not_found")
    assert Subscription.objects.get().state == "active"


def test_a_creator_sees_who_subscribes(api: Api, ada: User, bob: User) -> None:
    tier = make_tier(ada)
    eve, hidden = make_user(), make_user()
    first, second = make_subscription(bob, tier), make_subscription(eve, tier)
    begin_subscription(make_user(), tier)
    make_subscription(hidden, tier)
    make_subscription(ada, make_tier(bob))
    block(hidden, ada)
    api(bob).delete(f"subscriptions/{first.pk}")

    page = api(ada).get("me/subscribers").json()

    assert page == {
        "results": [
            {
                "id": str(row.pk),
                "user": {
                    "id": str(user.pk),
                    "username": user.username,
                    "display_name": "",
                    "avatar_url": None,
                    "is_verified": False,
                },
                "tier_id": str(tier.pk),
                "tier_name": "Friends",
                "price": {"value": 500, "currency": "USD"},
                "state": state,
                "since": json_of(row.started_at),
                "current_period_end": json_of(row.current_period_end),
            }
            for row, user, state in ((second, eve, "active"), (first, bob, "cancelled"))
        ],
        "next": None,
    }


def test_lists_cost_the_same_however_long(api: Api, ada: User, bob: User) -> None:
    costs = []
    for _ in range(3):
        make_subscription(bob, make_tier(ada))
        make_subscription(bob, make_tier(make_user()))
        costs.append((cost_of(api(bob), "me/subscriptions"), cost_of(api(ada), "me/subscribers")))

    assert (costs[0], costs[2]) == ((2, 3), (2, 3))


def test_both_are_told_how_a_subscription_goes(api: Api, ada: User, bob: User) -> None:
    subscription = begin_subscription(bob, make_tier(ada))
    approve_subscription(subscription.pk)
    with published() as frames:
        refreshed(subscription.pk)
        refreshed(subscription.pk)
        api(bob).delete(f"subscriptions/{subscription.pk}")

    data = {"subscription_id": str(subscription.pk), "tier_id": str(subscription.tier_id)}
    changes = [(frame.group, frame.data) for frame in frames if frame.type == "subscription.changed"]
    assert changes == [
        (f"user.{user.pk}", data | {"state": state})
        for state in ("active", "cancelled")
        for user in (bob, ada)
    ]
    payments = [frame.data["state"] for frame in frames if frame.type == "payment.changed"]
    assert payments == ["captured", "captured"]


# --- Cancelled -----------------------------------------------------------------------------------


def test_cancelling_keeps_what_was_paid_for(api: Api, ada: User, bob: User) -> None:
    subscription = make_subscription(bob, make_tier(ada))
    end, client = subscription.current_period_end, api(bob)
    mail.outbox.clear()

    cancelled = client.delete(f"subscriptions/{subscription.pk}")

    card = cancelled.json()
    assert (cancelled.status_code, card["state"]) == (200, "cancelled")
    assert card["current_period_end"] == json_of(end)
    assert card["stopped_at"] is not None
    assert client.delete(f"subscriptions/{subscription.pk}").json() == card
    assert provider().get_subscription(at_sandbox(subscription.pk)).state == base.SubscriptionState.CANCELLED
    subscription.refresh_from_db()
    assert (subscription.must_stop, subscription.live_key) == (False, None)
    assert may_see(bob, ada)
    assert seen_until(bob, ada) == end
    assert mailed() == [(["bob@example.com"], "Your subscription to @ada is cancelled")]
    [body] = [message.body for message in mail.outbox]
    assert f"What you paid for goes on until {end.day} {end:%B %Y}." in body


def test_who_cancelled_may_subscribe_again(api: Api, ada: User, bob: User) -> None:
    tier = make_tier(ada)
    first = make_subscription(bob, tier)
    api(bob).delete(f"subscriptions/{first.pk}")

    second = make_subscription(bob, tier)
    assert (second.state, seen_until(bob, ada)) == ("active", second.current_period_end + GRACE)


def test_cancelled_before_it_was_approved_it_ends(api: Api, ada: User, bob: User) -> None:
    subscription = begin_subscription(bob, make_tier(ada))
    card = api(bob).delete(f"subscriptions/{subscription.pk}").json()

    assert (card["state"], card["approve_url"]) == ("expired", None)
    approve_subscription(subscription.pk)
    assert refreshed(subscription.pk).state == "expired"
    assert not Payment.objects.exists()
    assert mailed() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("side", ["ada", "bob"])
def test_a_block_cancels_what_two_subscribe_to(api: Api, ada: User, bob: User, side: str) -> None:
    eve = make_user()
    between = [make_subscription(bob, make_tier(ada)), make_subscription(ada, make_tier(bob))]
    others = [make_subscription(eve, make_tier(ada)), make_subscription(bob, make_tier(eve))]
    blocker, other = (ada, bob) if side == "ada" else (bob, ada)

    assert api(blocker).put(f"users/{other.pk}/block").status_code == 200

    states = dict(Subscription.objects.values_list("pk", "state"))
    assert states == {
        **{row.pk: "cancelled" for row in between},
        **{row.pk: "active" for row in others},
    }
    for row in between:
        assert provider().get_subscription(at_sandbox(row.pk)).state == base.SubscriptionState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_pays_and_is_paid_no_more(ada: User, bob: User) -> None:
    eve = make_user()
    of_ada = [make_subscription(bob, make_tier(ada)), make_subscription(ada, make_tier(eve))]
    begun = begin_subscription(eve, make_tier(ada))
    other = make_subscription(bob, make_tier(eve))

    for _ in range(2):
        ports.erase_person.call(ada.pk)
        states = dict(Subscription.objects.values_list("pk", "state"))
        assert states == {
            **{row.pk: "cancelled" for row in of_ada},
            begun.pk: "expired",
            other.pk: "active",
        }
    for row in [*of_ada, begun]:
        assert provider().get_subscription(at_sandbox(row.pk)).state == base.SubscriptionState.CANCELLED
    assert Tier.objects.filter(creator_id=ada.pk, is_open=True).count() == 0


# --- Given back ----------------------------------------------------------------------------------


def give_back(client: Any, payment: Payment, value: int | None = None) -> None:
    body = {} if value is None else {"amount": {"value": value, "currency": "USD"}}
    answer = client.post(f"payments/{payment.pk}/refunds", json=body, **key())
    assert (answer.status_code, answer.json()["state"]) == (201, "completed")


def test_a_month_given_back_is_seen_no_more(api: Api, ada: User, bob: User) -> None:
    subscription = make_subscription(bob, make_tier(ada))
    payment = Payment.objects.get()

    give_back(api(ada), payment, 100)
    assert may_see(bob, ada)
    give_back(api(ada), payment)
    assert not may_see(bob, ada)
    assert not Entitlement.objects.exists()
    assert refreshed(subscription.pk).state == "active"
    assert {value for value in balances_of(ada.pk).values() if value} == set()
    assert check_ledger().faults == []

    renew(subscription.pk)
    assert may_see(bob, ada)


def test_an_earlier_month_given_back_leaves_the_present_one(api: Api, ada: User, bob: User) -> None:
    subscription = renew(make_subscription(bob, make_tier(ada)).pk)
    first, second = Payment.objects.order_by("pk")

    give_back(api(ada), first)
    assert seen_until(bob, ada) == subscription.current_period_end + GRACE
    give_back(api(ada), second)
    assert not Entitlement.objects.exists()


def test_the_last_month_given_back_leaves_the_one_before_without_grace(
    api: Api, ada: User, bob: User
) -> None:
    renew(make_subscription(bob, make_tier(ada)).pk)
    first, second = Payment.objects.order_by("pk")

    give_back(api(ada), second)
    assert seen_until(bob, ada) == months_later(first.captured_at, 1)


def test_two_subscriptions_to_a_creator_do_not_shorten_each_other(api: Api, ada: User, bob: User) -> None:
    short, long = make_subscription(bob, make_tier(ada)), make_subscription(bob, make_tier(ada, 900))
    long = renew(long.pk)
    until = long.current_period_end + GRACE
    assert seen_until(bob, ada) == until
    assert refreshed(short.pk).state == "active"
    assert seen_until(bob, ada) == until

    for payment in Payment.objects.filter(thing_id=long.pk):
        give_back(api(ada), payment)
    short.refresh_from_db()
    assert seen_until(bob, ada) == short.current_period_end + GRACE
    give_back(api(ada), Payment.objects.get(thing_id=short.pk))
    assert not may_see(bob, ada)


def test_what_was_given_back_at_the_provider_is_written_down(ada: User, bob: User) -> None:
    subscription = make_subscription(bob, make_tier(ada))
    payment = Payment.objects.get()
    assert payment.capture_id is not None
    provider().refund_capture(
        payment.capture_id, Money(500, "USD"), reference="", request_id=str(uuid.uuid4())
    )

    for _ in range(2):
        refreshed(subscription.pk)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded, may_see(bob, ada)) == ("refunded", 500, False)
    assert {value for value in balances_of(ada.pk).values() if value} == set()
    assert check_ledger().faults == []


# --- What cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"reference": str(uuid.uuid4())}, "another reference"),
        ({"plan_id": "plan-other"}, "another plan"),
        ({"value": 499}, "another amount"),
        ({"currency": "EUR"}, "another currency"),
    ],
)
def test_a_mismatch_freezes_and_nothing_is_booked(
    ada: User, bob: User, changed: dict[str, Any], reason: str
) -> None:
    subscription = begin_subscription(bob, make_tier(ada))
    approve_subscription(subscription.pk)
    _change_at_sandbox(subscription, changed)

    frozen = refreshed(subscription.pk)
    assert (frozen.frozen_reason, frozen.state) == (reason, "created")
    assert refreshed(subscription.pk).frozen_reason == reason
    assert not Payment.objects.exists()
    assert not may_see(bob, ada)


def test_a_frozen_subscription_can_be_cancelled(api: Api, ada: User, bob: User) -> None:
    subscription = make_subscription(bob, make_tier(ada))
    _change_at_sandbox(subscription, {"plan_id": "plan-other"})
    refreshed(subscription.pk)

    card = api(bob).delete(f"subscriptions/{subscription.pk}").json()
    assert (card["state"], card["is_frozen"]) == ("cancelled", True)
    assert provider().get_subscription(at_sandbox(subscription.pk)).state == base.SubscriptionState.CANCELLED


def _change_at_sandbox(subscription: Subscription, changed: dict[str, Any]) -> None:
    key = at_sandbox(subscription.pk)
    record = SandboxRecord.objects.get(key=key)
    if set(changed) & {"value", "currency"}:
        record = SandboxRecord.objects.get(key=record.document["capture_ids"][0])
    record.document |= changed
    record.save()


def test_money_for_what_is_over_is_booked_and_buys_a_month(api: Api, ada: User, bob: User) -> None:
    subscription = begin_subscription(bob, make_tier(ada))
    approve_subscription(subscription.pk)
    Subscription.objects.update(state=SubscriptionState.EXPIRED, live_key=None)

    late = refreshed(subscription.pk)
    assert (late.state, late.must_stop, Payment.objects.count()) == ("cancelled", False, 1)
    assert seen_until(bob, ada) == late.current_period_end
    assert provider().get_subscription(at_sandbox(late.pk)).state == base.SubscriptionState.CANCELLED


# --- Heard of --------------------------------------------------------------------------------------


def test_a_webhook_about_a_subscription_or_its_charge_has_it_asked_for(ada: User, bob: User) -> None:
    subscription = begin_subscription(bob, make_tier(ada))
    approve_subscription(subscription.pk)
    stranger = _webhook(about="subscription", thing_id="none", reference=str(uuid.uuid4()))
    _process(_webhook(about="subscription", thing_id=at_sandbox(subscription.pk)))
    assert Subscription.objects.get().state == "active"

    payment = Payment.objects.get()
    assert payment.capture_id is not None
    provider().refund_capture(
        payment.capture_id, Money(500, "USD"), reference="", request_id=str(uuid.uuid4())
    )
    _process(_webhook(about="capture", thing_id=payment.capture_id))
    payment.refresh_from_db()
    assert payment.state == "refunded"
    with pytest.raises(NotKnownYet):
        _process(stranger)


def test_what_is_given_back_after_the_end_is_found_by_the_jobs(ada: User, bob: User) -> None:
    make_subscription(bob, make_tier(ada))
    Subscription.objects.update(state=SubscriptionState.EXPIRED, check_at=None)
    payment = Payment.objects.get()
    assert payment.capture_id is not None
    provider().refund_capture(
        payment.capture_id, Money(500, "USD"), reference="", request_id=str(uuid.uuid4())
    )

    reconcile(present() + dt.timedelta(days=2))
    payment.refresh_from_db()
    assert payment.state == "refunded"


def test_a_dispute_that_is_lost_takes_the_month_back(ada: User, bob: User) -> None:
    make_subscription(bob, make_tier(ada))
    payment = Payment.objects.get()
    assert payment.capture_id is not None
    for state, still in ((DisputeState.OPEN, True), (DisputeState.LOST, False)):
        seen = base.SeenDispute(id="PP", state=state, capture_id=payment.capture_id, amount=Money(500, "USD"))
        record_dispute(seen, now=present())
        assert may_see(bob, ada) is still
    assert check_ledger().faults == []


def _webhook(**fields: Any) -> WebhookEvent:
    return WebhookEvent.objects.create(
        provider="sandbox", event_id=str(uuid.uuid4()), type="X", happened_at=present(), body={}, **fields
    )


def _process(event: WebhookEvent) -> None:
    process_webhook(event.pk, present())


# --- The staff -------------------------------------------------------------------------------------


def test_the_staff_looks_at_subscriptions_and_lets_a_frozen_one_go_on(ada: User, bob: User) -> None:
    staff, pages = make_user("staff", is_staff=True, is_superuser=True), Client()
    pages.force_login(staff)
    subscription = begin_subscription(bob, make_tier(ada))
    approve_subscription(subscription.pk)
    plan_id = provider().get_subscription(at_sandbox(subscription.pk)).plan_id
    _change_at_sandbox(subscription, {"plan_id": "plan-other"})
    refreshed(subscription.pk)

    listed = pages.get("/admin/payments/subscription/?frozen=yes").content.decode()
    assert (str(subscription.pk) in listed, "another plan" in listed) == (True, True)
    assert str(subscription.tier_id) in pages.get("/admin/payments/tier/").content.decode()
    for row in (subscription, subscription.tier):
        page = f"/admin/payments/{row._meta.model_name}/{row.pk}/change/"
        assert (pages.get(page).status_code, pages.post(page, {"amount": 1}).status_code) == (200, 403)

    act = f"/admin/payments/subscription/act/thaw/?ids={subscription.pk}"
    pages.post(act, {"reason": "To see"})
    assert Subscription.objects.get().frozen_reason == "another plan"
    _change_at_sandbox(subscription, {"plan_id": plan_id})
    pages.post(act, {"reason": "Mended"})
    again = pages.post(act, {"reason": "Mended"}, follow=True).content.decode()
    assert "not frozen" in again
    subscription.refresh_from_db()
    assert (subscription.frozen_reason, subscription.state) == ("", "active")

    charge(subscription.pk)
    ask = f"/admin/payments/subscription/act/ask/?ids={subscription.pk}"
    pages.post(ask, {"reason": "Says the buyer"})
    assert Payment.objects.count() == 2
    acts = AuditEntry.objects.filter(action__endswith="_subscription").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == [
        "thaw_subscription",
        "thaw_subscription",
        "refresh_subscription",
    ]
