"""What payment providers tell us."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from grover.core.errors import NotFound
from grover.core.schema import operation
from grover.core.views import ApiViewSet
from payments.actions.webhooks import receive_webhook
from payments.errors.webhooks import WebhookSignatureInvalid


class WebhookViewSet(ApiViewSet):
    """Events of the payment provider; for it alone."""

    public = frozenset({"receive"})
    limits = {"receive": "webhook"}
    idempotency_in_steps = frozenset({"receive"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.signed_body = request._request.body  # before anything reads it as JSON
        super().initial(request, *args, **kwargs)

    @operation(
        "Tell of an event",
        description="For the payment provider that takes part, who signs it. The same event is taken once;"
        " in which order events come does not matter. They are looked at in a job.",
        status=200,
        errors=(WebhookSignatureInvalid, NotFound),
    )
    def receive(self, request: Request, provider: str) -> HttpResponse:
        if provider != settings.PAYMENT_PROVIDER:
            raise NotFound
        headers = {name.lower(): value for name, value in request.headers.items()}
        receive_webhook(headers, self.signed_body)
        return HttpResponse(status=200)
