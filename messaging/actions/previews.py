"""What the pages behind links say of themselves, fetched after a message was sent."""

import dataclasses
import logging
import uuid

from grover.core.db import atomic
from grover.core.links import first_link
from grover.core.providers import ProviderRefused, ProviderUnavailable
from messaging.actions.messages import tell_of_edit
from messaging.models import Message
from messaging.providers import pages

logger = logging.getLogger(__name__)


def fetch_preview(message_id: uuid.UUID) -> None:
    """Show under a message what the page behind its first link says of itself.

    Nothing is shown of a page that cannot be had, and nothing under a message that was changed meanwhile.
    """
    text = Message.objects.filter(pk=message_id).values_list("text", flat=True).first()
    link = first_link(text or "")
    if not text or not link:
        return
    try:
        preview = pages.read_page(link)
    except (ProviderRefused, ProviderUnavailable) as error:
        logger.info("There is no preview of a link: %s", error)
        return
    if preview is not None:
        _write(message_id, text, dataclasses.asdict(preview))


@atomic
def _write(message_id: uuid.UUID, text: str, preview: dict[str, str | None]) -> None:
    same = Message.objects.filter(pk=message_id, text=text, unsent_at__isnull=True)
    if same.update(preview=preview) == 1:
        message = Message.objects.select_related("conversation").get(pk=message_id)
        tell_of_edit(message.conversation, message)
