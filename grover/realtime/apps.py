"""The realtime app: no tables, only the socket."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "grover.realtime"
    label = "realtime"

    def ready(self) -> None:
        from grover.realtime import commands, events  # noqa: F401 - declares what the socket takes and tells
