"""The refusals of calls."""

from grover.core.errors import Conflict, Forbidden


class CallsNotAllowed(Forbidden):
    code = "calls_not_allowed"
    title = "This person does not take calls from you"


class NotTheCallee(Forbidden):
    code = "not_the_callee"
    title = "Only who is called may do that"


class Busy(Conflict):
    code = "busy"
    title = "One of you is in a call"


class CallOver(Conflict):
    code = "call_over"
    title = "The call is past that"
