"""The refusals of what the staff does with money."""

from grover.core.errors import Conflict, Forbidden, Invalid


class SecondPersonNeeded(Forbidden):
    code = "second_person_needed"
    title = "Somebody else has to decide about this correction"


class CorrectionDecided(Conflict):
    code = "correction_decided"
    title = "This correction was decided already"


class CorrectionInvalid(Invalid):
    code = "correction_invalid"
    title = "This correction cannot be"


class NotFrozen(Conflict):
    code = "not_frozen"
    title = "This is not frozen"
