"""Webhooks as they came in, stored once each."""

from django.db import models
from django.db.models import Q

from grover.core.ids import Identified
from grover.core.privacy import Holds, holds
from payments.enums import WebhookState


@holds(Holds.NONE)
class WebhookEvent(Identified):
    """What a provider told us, once its signature was found good; it only says what to ask about."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=64)
    type = models.CharField(max_length=80)
    about = models.CharField(max_length=20)
    thing_id = models.CharField(max_length=64)
    reference = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()
    body = models.JSONField()
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.RECEIVED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="one_webhook_event"),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="webhook_not_done",
                condition=Q(state__in=[WebhookState.RECEIVED, WebhookState.UNKNOWN]),
            ),
        ]
