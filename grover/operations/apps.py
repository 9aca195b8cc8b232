"""The operations app, at the top of the ladder."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


class OperationsConfig(AppConfig):
    name = "grover.operations"
    label = "operations"

    def ready(self) -> None:
        from grover.operations import sentry
        from grover.operations.startup import check_database

        sentry.start(
            settings.SENTRY_DSN,
            environment=settings.ENVIRONMENT,
            release="grover@" + settings.SPECTACULAR_SETTINGS["VERSION"],
        )
        checks.register(check_database, checks.Tags.database)
        if settings.IS_MONGODB:
            from grover.operations.mongodb_metrics import observe_commands  # needs MongoDB's driver

            observe_commands()
