"""What the socket refuses, beside what actions refuse."""

from grover.core.errors import Forbidden, Problem


class MalformedFrame(Problem):
    code = "malformed_frame"
    title = "The frame is not a command"


class OtherSession(Forbidden):
    code = "other_session"
    title = "The token is of another person or session"
