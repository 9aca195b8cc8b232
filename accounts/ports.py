"""What accounts asks of the apps above, which fill these slots in their `apps.py`."""

import uuid
from collections.abc import Collection

from grover.core.ports import Slot
from grover.core.viewers import AnyViewer

erase_person: Slot[[uuid.UUID], None] = Slot("erase_person")
"""Remove what a person left, with the counts of others exact; called before the person's rows go.

It runs in a job, outside any transaction, and may be called again for the same person.
"""

find_reportable: Slot[[str, uuid.UUID, AnyViewer], bool | None] = Slot("find_reportable")
"""Tell whether the viewer sees the thing of this kind and id; None when the kind is not one's own."""

audience_changed: Slot[[uuid.UUID], None] = Slot("audience_changed")
"""Hear that who may see what a person published has changed: privacy, suspension, deactivation.

It is called inside the transaction of the change; what takes long belongs in a job.
"""

count_posts: Slot[[Collection[uuid.UUID]], dict[uuid.UUID, int]] = Slot("count_posts")
"""Count the posts of people; those who have none may be left out."""
