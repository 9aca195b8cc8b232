"""The media app."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "grover.media"
    label = "media"
