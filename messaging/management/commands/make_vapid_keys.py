"""`manage.py make_vapid_keys`: the keys with which browsers are woken."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from messaging.providers.push.vapid import make_keys


class Command(BaseCommand):
    """Prints the lines for `.env`; whoever changes the key wakes no browser that subscribed before."""

    help = "Makes a key with which browsers are woken, and prints the lines for .env."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        private, public = make_keys()
        self.stdout.write(f"VAPID_PRIVATE_KEY={private}\nVAPID_SUBJECT={settings.VAPID_SUBJECT}")
        self.stdout.write(f"# the public key, which GET /api/v1/push-devices/vapid gives: {public}")
