"""The accounts app."""

from django.apps import AppConfig, apps

from grover.core.privacy import Erasure, Holds, holds


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.selectors.sessions import sessions_ended_since
        from grover.core import tokens

        tokens.sessions_ended_since.fill(sessions_ended_since)
        _declare_contrib_models()


def _declare_contrib_models() -> None:
    """Say what Django's own tables hold on people, which they cannot say themselves."""
    for label in ("auth.Group", "auth.Permission", "contenttypes.ContentType", "sessions.Session"):
        holds(Holds.NONE)(apps.get_model(label))
    holds(Holds.SHARED, owner="user_id", erasure=Erasure.DELETE)(apps.get_model("admin.LogEntry"))
