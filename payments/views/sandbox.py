"""The pages on which a buyer decides, while the sandbox takes the money.

Who has the address of an order may decide it: the id in it cannot be guessed, and nobody is signed in. So
there is no cookie that another site could abuse; it could at most have a browser send a form to an address
that it came to know, and a form that a browser sends for another site is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View

from grover.core.errors import Forbidden, NotFound, problem_response
from payments.cards.money import Money
from payments.policies.wording import in_words
from payments.providers.base import (
    CaptureState,
    OrderState,
    SeenCapture,
    SeenOrder,
    SeenSubscription,
    SubscriptionState,
    UnknownToProvider,
)
from payments.providers.sandbox import orders, subscriptions
from payments.providers.sandbox.captures import money_of, settle_capture
from payments.providers.sandbox.records import SandboxRecord, recall
from payments.views.pages import show_page

ORDER_HINTS = (
    "An amount that ends in 13 cents is declined once you have approved it.",
    "An amount that ends in 14 cents stays on its way until you settle it here.",
)
SUBSCRIPTION_HINTS = (
    "A price that ends in 13 cents is paid for one month, and declined from the second on.",
    "Later months are paid by themselves. Here you can have the next one paid before its time.",
)


@dataclass(frozen=True, slots=True)
class Button:
    """A step that somebody may take, as a form."""

    step: str
    label: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """How far a thing is, in words, and what can be done about it."""

    words: str = ""
    tone: str = ""
    buttons: Sequence[Button] = ()


APPROVE_OR_DECLINE = (Button("approve", "Approve", is_main=True), Button("decline", "Decline"))
SETTLE = Button("settle", "Settle", is_main=True)
RENEW = Button("renew", "Pay the next month now")
FAIL = Button("fail", "Let the next payment fail")
RETRY = Button("renew", "Try the payment again", is_main=True)


class SandboxView(View):
    """Answers while the sandbox takes the money, and about what it knows."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if settings.PAYMENT_PROVIDER != "sandbox":
            return problem_response(NotFound())
        try:
            return super().dispatch(request, *args, **kwargs)
        except UnknownToProvider:
            return problem_response(NotFound())


class OrderView(SandboxView):
    """An order: approved or declined, or what became of it."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        known = recall(orders.KIND, key)
        told = _told_of_order(orders.seen(known))
        rows = _rows(known, known.document["description"])
        context = {"heading": "Pay", "amount": in_words(money_of(known)), "hints": ORDER_HINTS}
        return _show(request, known, told, {**context, "rows": rows})


class SubscriptionView(SandboxView):
    """A subscription: approved or declined, or how it stands."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        known = recall(subscriptions.KIND, key)
        seen = subscriptions.seen(known)
        plan = recall(subscriptions.PLAN, seen.plan_id)
        rows = _rows(known, plan.document["name"])
        if seen.next_charge_at is not None:
            rows.append(("Next payment", f"{seen.next_charge_at:%-d %B %Y}", False))
        context = {
            "heading": "Subscribe",
            "amount": in_words(money_of(plan)),
            "is_monthly": True,
            "hints": SUBSCRIPTION_HINTS,
        }
        told = _told_of_subscription(seen, fails_next=known.document["fails_next"])
        return _show(request, known, told, {**context, "rows": rows})


class StepView(SandboxView):
    """A button that was pressed; where it leads is a page, so that loading it again presses nothing."""

    http_method_names = ["post", "options"]
    kind: ClassVar[str]
    steps: ClassVar[dict[str, Callable[[str], str]]]

    def post(self, request: HttpRequest, key: str, step: str) -> HttpResponse:
        if _is_cross_site(request):
            return problem_response(Forbidden("This was sent by another site"))
        take = self.steps.get(step)
        if take is None:
            return problem_response(NotFound())
        field = take(recall(self.kind, key).key)
        where = recall(self.kind, key).document[field] if field else request.path.rpartition("/")[0]
        return HttpResponse(status=303, headers={"Location": where, "Cache-Control": "no-store"})


def _decide_order(approves: bool) -> Callable[[str], str]:
    def decide(key: str) -> str:
        is_approved = orders.decide(key, approves=approves).state != OrderState.VOIDED
        return _way_back(approves, is_approved)

    return decide


def _decide_subscription(approves: bool) -> Callable[[str], str]:
    def decide(key: str) -> str:
        seen = subscriptions.decide_subscription(key, approves=approves)
        return _way_back(approves, bool(seen.charges))

    return decide


def _way_back(approves: bool, is_approved: bool) -> str:
    """Name the address that a buyer goes on to; the page itself, if it had been decided otherwise."""
    if approves != is_approved:
        return ""
    return "return_url" if approves else "cancel_url"


def _settle(key: str) -> str:
    capture = orders.seen(recall(orders.KIND, key)).capture
    if capture is not None:
        settle_capture(capture.id)
    return ""


def _renew(key: str) -> str:
    subscriptions.charge_now(key)
    return ""


def _fail(key: str) -> str:
    subscriptions.fail_next_charge(key)
    return ""


class OrderStepView(StepView):
    """The buttons of an order."""

    kind = orders.KIND
    steps = {"approve": _decide_order(True), "decline": _decide_order(False), "settle": _settle}


class SubscriptionStepView(StepView):
    """The buttons of a subscription."""

    kind = subscriptions.KIND
    steps = {
        "approve": _decide_subscription(True),
        "decline": _decide_subscription(False),
        "renew": _renew,
        "fail": _fail,
    }


def _is_cross_site(request: HttpRequest) -> bool:
    """Tell whether a browser says that another site had it send this; what says nothing is no browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


def _told_of_order(seen: SeenOrder) -> Told:
    if seen.capture is not None:
        return _told_of_capture(seen.capture)
    if seen.state == OrderState.CREATED:
        return Told(buttons=APPROVE_OR_DECLINE)
    if seen.state == OrderState.VOIDED:
        return Told("You declined this. Nothing was paid.", "bad")
    return Told("You approved this. The money is taken in a moment.")


def _told_of_capture(capture: SeenCapture) -> Told:
    if capture.state == CaptureState.PENDING:
        return Told("You approved this. The money is on its way.", "wait", (SETTLE,))
    if capture.state == CaptureState.DECLINED:
        return Told("The payment was declined. Nothing was paid.", "bad")
    returned = sum(refund.amount.value for refund in capture.refunds)
    if returned:
        return Told(
            f"This was paid, and {in_words(Money(returned, capture.amount.currency))} were given back."
        )
    return Told("This is paid.")


def _told_of_subscription(seen: SeenSubscription, *, fails_next: bool) -> Told:
    match seen.state:
        case SubscriptionState.PENDING:
            return Told(buttons=APPROVE_OR_DECLINE)
        case SubscriptionState.ACTIVE if fails_next:
            return Told("You are subscribed. The next payment will fail.", "wait", (RENEW,))
        case SubscriptionState.ACTIVE:
            return Told("You are subscribed.", "", (RENEW, FAIL))
        case SubscriptionState.SUSPENDED:
            return Told("A payment failed, so this is suspended.", "bad", (RETRY,))
    words = "This subscription has ended." if seen.charges else "You declined this. Nothing was paid."
    return Told(words, "bad")


def _rows(known: SandboxRecord, thing: str) -> list[tuple[str, str, bool]]:
    return [("To", "Grover", False), ("For", thing, False), ("Reference", known.document["reference"], True)]


def _show(request: HttpRequest, known: SandboxRecord, told: Told, context: dict[str, object]) -> HttpResponse:
    document = known.document
    is_decided = bool(told.words)
    return show_page(
        request,
        "payments/sandbox/decision.html",
        {
            **context,
            "words": told.words,
            "tone": told.tone,
            "buttons": told.buttons,
            "path": request.path,
            "back": document["return_url"] if is_decided else "",
        },
        leads_to=(document["return_url"], document["cancel_url"]),
    )
