"""What messaging asks of the apps above, which fill these slots in their `apps.py`."""

import uuid
from collections.abc import Collection

from grover.core.ports import Slot
from grover.core.viewers import AnyViewer, Viewer
from messaging.cards.messages import SharedCard

find_shared: Slot[[str, Collection[uuid.UUID], AnyViewer], dict[uuid.UUID, SharedCard] | None] = Slot(
    "find_shared"
)
"""Show things of this kind as just this viewer may see them; those hidden from them are left out.

None when the kind is not one's own.
"""

find_excerpts: Slot[[str, Collection[uuid.UUID], Viewer], dict[uuid.UUID, str] | None] = Slot("find_excerpts")
"""Give how things of this kind begin; those that are gone or hidden from the viewer are left out.

None when the kind is not one's own.
"""
