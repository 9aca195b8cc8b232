"""The development server: HTTP, sockets and, where jobs run in the server, its periodic jobs."""

from typing import Any

from daphne.management.commands.runserver import Command as DaphneCommand
from django.conf import settings

from grover.core.jobs import start_embedded_clock


class Command(DaphneCommand):  # type: ignore[misc]
    """Daphne's server, with the clock of the periodic jobs beside it."""

    def inner_run(self, *args: Any, **options: Any) -> None:
        """Serve until interrupted; the process that only watches files for changes never comes here."""
        if settings.JOBS == "inline":
            start_embedded_clock()
        super().inner_run(*args, **options)
