"""The commands that are about the socket itself."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from grover.core.commands import NoInput, command
from grover.core.serializers import IdField, Input, SecretField
from grover.core.tokens import viewer_until
from grover.realtime.cards import Pong, SessionRenewed
from grover.realtime.errors import OtherSession
from grover.realtime.sockets import Socket
from messaging.actions.presence import set_presence
from messaging.cards.presence import PresenceCard, TypingCard
from messaging.enums import PresenceState

LONGEST_TOKEN = 4_096


class TypingCommand(Input):
    """Where one writes."""

    conversation_id = IdField()


class PresenceCommand(Input):
    """Whether one looks at it."""

    state = serializers.ChoiceField([PresenceState.ACTIVE.value, PresenceState.AWAY.value])


class RenewCommand(Input):
    """A new access token of the same session."""

    access_token = SecretField(max_length=LONGEST_TOKEN)


@command("typing.start", TypingCommand, limit="typing", is_of_socket=True)
def start_typing(socket: Socket, data: dict[str, Any]) -> TypingCard:
    """Say that one writes; it ends by itself after six seconds."""
    return socket.typing.start(data["conversation_id"])


@command("typing.stop", TypingCommand, limit="typing", is_of_socket=True)
def stop_typing(socket: Socket, data: dict[str, Any]) -> TypingCard:
    """Say that one writes no more."""
    return socket.typing.stop(data["conversation_id"])


@command("presence.set", PresenceCommand, is_of_socket=True)
def set_state(socket: Socket, data: dict[str, Any]) -> PresenceCard:
    """Say whether one looks at this socket; who looks at any of theirs is active."""
    return set_presence(socket.viewer, seat_id=socket.id, state=data["state"])


@command("session.renew", RenewCommand, limit=None, is_of_socket=True)
def renew_session(socket: Socket, data: dict[str, Any]) -> SessionRenewed:
    """Keep the socket open for as long as a new access token lives."""
    viewer, expires_at = viewer_until(data["access_token"])
    if viewer != socket.viewer:
        raise OtherSession
    socket.renew(expires_at)
    return SessionRenewed(expires_at=expires_at)


@command("ping", NoInput, limit=None, is_of_socket=True)
def ping(socket: Socket, data: dict[str, Any]) -> Pong:
    """Ask whether the server is there."""
    return Pong(server_time=timezone.now())
