"""What the platform holds on people: every model says so, and an export or erasure walks the list.

A model that declares nothing fails the build.
"""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

M = TypeVar("M", bound=type[Model])


class Holds(enum.Enum):
    """What a row of a model is to the person it belongs to."""

    PERSONAL = "personal"  # theirs alone: exported, erased with them
    FINANCIAL = "financial"  # kept as the law asks, without a name: exported
    SHARED = "shared"  # part of what others see: exported, anonymised or erased
    NONE = "none"  # nothing of a person


class Erasure(enum.Enum):
    """What becomes of the rows when their person is erased."""

    DELETE = "delete"
    DETACH = "detach"  # the row stays, its owner does not
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Declaration:
    """How the rows of one model belong to people."""

    model: type[Model]
    holds: Holds
    owner: str
    exported: tuple[str, ...]
    erasure: Erasure


_declarations: dict[type[Model], Declaration] = {}


def holds(
    what: Holds,
    *,
    owner: str = "",
    exported: tuple[str, ...] = (),
    erasure: Erasure = Erasure.DELETE,
) -> Callable[[M], M]:
    """Declare a model: the field that names the owner, the fields an export shows, what erasure does."""

    def declare(model: M) -> M:
        _declarations[model] = Declaration(model, what, owner, exported, erasure)
        return model

    return declare


def declaration_of(model: type[Model]) -> Declaration | None:
    """Find what a model declares."""
    return _declarations.get(model)


def declarations(*what: Holds) -> list[Declaration]:
    """List what models declare, of these kinds, by label."""
    found = [entry for entry in _declarations.values() if entry.holds in what]
    return sorted(found, key=lambda entry: entry.model._meta.label)


def check_declarations(**_: Any) -> list[checks.CheckMessage]:
    """Find models that declare nothing, or what cannot be; a system check."""
    return [
        checks.Error(text, obj=model, id=code)
        for model in apps.get_models()
        for code, text in _mistakes(model)
    ]


def _mistakes(model: type[Model]) -> Iterator[tuple[str, str]]:
    entry = _declarations.get(model)
    if entry is None:
        yield "privacy.E001", "The model does not declare what it holds on people"
    elif entry.holds is Holds.NONE:
        if entry.owner or entry.exported:
            yield "privacy.E002", "The model holds nothing of a person, yet names an owner or an export"
    else:
        yield from _mistakes_of_owner(entry)
        for name in entry.exported:
            if _field(model, name) is None:
                yield "privacy.E005", f"The exported field {name!r} does not exist"


def _mistakes_of_owner(entry: Declaration) -> Iterator[tuple[str, str]]:
    owner = _field(entry.model, entry.owner)
    if owner is None:
        yield "privacy.E003", f"The owner {entry.owner!r} is not a field"
    elif entry.erasure is Erasure.DETACH and not (owner.null or owner.primary_key):
        yield "privacy.E004", f"The owner {entry.owner!r} cannot be detached: it is never null"
    if entry.holds is Holds.FINANCIAL and entry.erasure is Erasure.DELETE:
        yield "privacy.E006", "What is kept as the law asks is not deleted with its person"


def _field(model: type[Model], path: str) -> "Field[Any, Any] | None":
    """Find a field by its name, its column's name or a path across relations."""
    name, _, rest = path.partition("__")
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        columns = {one.attname: one for one in model._meta.concrete_fields}
        field = columns.get(name)  # type: ignore[assignment]
    if rest and field is not None and field.related_model is not None:
        return _field(field.related_model, rest)
    return field if isinstance(field, Field) and not rest else None
