"""Query metrics of MongoDB, for which django-prometheus has no database wrapper."""

from prometheus_client import Counter, Histogram
from pymongo import monitoring

_seconds = Histogram("grover_mongodb_command_seconds", "How long commands of MongoDB took", ["command"])
_errors = Counter("grover_mongodb_errors", "Commands of MongoDB that failed", ["command"])


class CommandMetrics(monitoring.CommandListener):
    """Observes each command by its name, of which there are few; never by what it asks for."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Do nothing: the end tells how long it took."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        _seconds.labels(event.command_name).observe(event.duration_micros / 1_000_000)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        _seconds.labels(event.command_name).observe(event.duration_micros / 1_000_000)
        _errors.labels(event.command_name).inc()


def observe_commands() -> None:
    """Observe the commands of all clients that are made from now on."""
    monitoring.register(CommandMetrics())
