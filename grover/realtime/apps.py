"""The realtime app: no tables, only the socket."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "grover.realtime"
    label = "realtime"
