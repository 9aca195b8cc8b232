"""The refusals of messages."""

from grover.core.errors import Conflict, Forbidden


class NotTheSender(Forbidden):
    code = "not_the_sender"
    title = "Only who sent the message may do that"


class EditTooLate(Forbidden):
    code = "edit_too_late"
    title = "A message can be edited for fifteen minutes"


class MessageWasUnsent(Conflict):
    code = "message_was_unsent"
    title = "The message was taken back"
