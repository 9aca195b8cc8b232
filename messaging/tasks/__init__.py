"""The jobs of messaging."""

from messaging.tasks import conversations, messages, notifications

__all__ = ["conversations", "messages", "notifications"]
