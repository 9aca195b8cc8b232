"""Refusals to do with conversations and their members."""

from grover.core.errors import Conflict, Forbidden


class MessagesNotAllowed(Forbidden):
    code = "messages_not_allowed"
    title = "This person does not take messages from you"


class NotAGroup(Forbidden):
    code = "not_a_group"
    title = "This is only done in groups"


class RoleTooLow(Forbidden):
    code = "role_too_low"
    title = "Your role in this group does not allow it"


class GroupFull(Conflict):
    code = "group_full"
    title = "The group has as many members as one can"


class NotAccepted(Conflict):
    code = "not_accepted"
    title = "Whoever was invited has not accepted yet"


class OwnerStays(Conflict):
    code = "owner_stays"
    title = "Hand the group over to another member first"
