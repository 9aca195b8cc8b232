"""Who is asking: the person behind a request, as every action and selector takes it."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person, known by the access token alone: no row is read to make one."""

    id: uuid.UUID
    session_id: uuid.UUID

    is_authenticated = True
    is_active = True

    @property
    def pk(self) -> uuid.UUID:
        return self.id


NO_SESSION = uuid.UUID(int=0)


def on_behalf_of(user_id: uuid.UUID) -> Viewer:
    """Act for a person outside any session of theirs, as jobs do."""
    return Viewer(user_id, NO_SESSION)


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Somebody who is not signed in."""

    id = None
    pk = None
    session_id = None
    is_authenticated = False
    is_active = False


ANONYMOUS = Anonymous()


def anonymous() -> Anonymous:
    """Give the one anonymous viewer, for the REST framework."""
    return ANONYMOUS


AnyViewer = Viewer | Anonymous
