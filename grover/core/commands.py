"""Commands: what clients may ask over the socket, as an app declares it in its `commands.py`.

A command reads its data with an input serializer, as REST does, and calls the very action that its
REST twin calls; what that gives is the `data` of the ack. Which socket it came over is no business of
an action: the few commands that are about the socket itself say so.
"""

import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.module_loading import autodiscover_modules

from grover.core.serializers import Input

F = TypeVar("F", bound=Callable[..., Any])

_registry: dict[str, "Command"] = {}


class NoInput(Input):
    """Nothing at all."""


@dataclass(frozen=True, slots=True)
class Command:
    """What clients may ask: its name, what it takes, what it does, and the card that its ack carries.

    `limit` names the rate limit that it counts against; None where the limit of the socket is enough.
    """

    name: str
    serializer: type[Input]
    function: Callable[..., Any]
    card: Any
    limit: str | None
    is_of_socket: bool


def command(
    name: str, serializer: type[Input], *, limit: str | None = "write", is_of_socket: bool = False
) -> Callable[[F], F]:
    """Declare a command: a function of the viewer, or of the socket, and the data that was read.

    What the function is annotated to return is the card of its ack; None is an empty object.
    """

    def declare(function: F) -> F:
        card = typing.get_type_hints(function).get("return")
        _registry[name] = Command(name, serializer, function, card, limit, is_of_socket)
        return function

    return declare


def all_commands() -> dict[str, Command]:
    """Give the commands of all apps, by name."""
    autodiscover_modules("commands")
    return {name: _registry[name] for name in sorted(_registry)}
