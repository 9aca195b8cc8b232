"""What media asks of the apps above, which fill these slots in their `apps.py`."""

import uuid

from grover.core.ports import Slot
from grover.core.viewers import AnyViewer

may_view_attached: Slot[[str, uuid.UUID, AnyViewer], bool | None] = Slot("may_view_attached")
"""Tell whether the viewer may fetch what hangs there (`post:<id>`, owner); None when it is not one's own."""
