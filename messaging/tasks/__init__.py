"""The jobs of messaging."""

from messaging.tasks import calls, conversations, messages, notifications, push

__all__ = ["calls", "conversations", "messages", "notifications", "push"]
