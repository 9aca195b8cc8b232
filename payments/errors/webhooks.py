"""The refusals of webhooks."""

from grover.core.errors import Forbidden


class WebhookSignatureInvalid(Forbidden):
    code = "webhook_signature_invalid"
    title = "This was not sent by the payment provider"
