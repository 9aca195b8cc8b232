"""What accounts asks of the apps above, which fill these slots in their `apps.py`."""

import uuid
from collections.abc import Collection

from accounts.cards.moderation import ReportedThing
from accounts.enums import Moderation
from grover.core.ports import Slot
from grover.core.viewers import AnyViewer

erase_person: Slot[[uuid.UUID], None] = Slot("erase_person")
"""Remove what a person left, with the counts of others exact; called before the person's rows go.

It runs in a job, outside any transaction, and may be called again for the same person.
"""

find_reportable: Slot[[str, uuid.UUID, AnyViewer], bool | None] = Slot("find_reportable")
"""Tell whether the viewer sees the thing of this kind and id; None when the kind is not one's own."""

find_reported: Slot[[str, uuid.UUID], ReportedThing | None] = Slot("find_reported")
"""Show the staff a thing of this kind and id; None when it is gone or the kind is not one's own."""

moderate_reported: Slot[[str, uuid.UUID, Moderation], bool | None] = Slot("moderate_reported")
"""Hide a thing, remove it or show it again, and tell whether it is there; None for another's kind.

It is called inside the transaction of the decision, which is run again after `LostRace`.
"""

erase_removed: Slot[[str, uuid.UUID], None] = Slot("erase_removed")
"""Erase a thing that the staff removed for good; called in a job, and perhaps again."""

audience_changed: Slot[[uuid.UUID], None] = Slot("audience_changed")
"""Hear that who may see what a person published has changed: privacy, suspension, deactivation.

It is called inside the transaction of the change; what takes long belongs in a job.
"""

count_posts: Slot[[Collection[uuid.UUID]], dict[uuid.UUID, int]] = Slot("count_posts")
"""Count the posts of people; those who have none may be left out."""

person_followed: Slot[[uuid.UUID, uuid.UUID], None] = Slot("person_followed")
"""Hear that the first person follows the second. Called inside the transaction, as the four below."""

follow_requested: Slot[[uuid.UUID, uuid.UUID], None] = Slot("follow_requested")
"""Hear that the first person asks to follow the second."""

follow_accepted: Slot[[uuid.UUID, uuid.UUID], None] = Slot("follow_accepted")
"""Hear that the first person, who asked, may follow the second."""

follows_accepted: Slot[[Collection[uuid.UUID], uuid.UUID], None] = Slot("follows_accepted")
"""Hear that all these people, who asked, may follow one; they may be many, so it belongs in a job."""

follow_ended: Slot[[uuid.UUID, uuid.UUID], None] = Slot("follow_ended")
"""Hear that the first person follows the second no more, or that their request is gone."""

person_blocked: Slot[[uuid.UUID, uuid.UUID], None] = Slot("person_blocked")
"""Hear that the first person blocks the second; what takes long belongs in a job."""
