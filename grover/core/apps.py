"""The core as a Django app, for its own tables."""

from django.apps import AppConfig
from django.core import checks


class CoreConfig(AppConfig):
    name = "grover.core"
    label = "core"

    def ready(self) -> None:
        from grover.core.privacy import check_declarations  # the registry of apps is complete by now

        checks.register(check_declarations)
