"""The refusals of content."""

from grover.core.errors import Conflict, Forbidden


class NotTheAuthor(Forbidden):
    code = "not_the_author"
    title = "Only its author may do that"


class NotYourPost(Forbidden):
    code = "not_your_post"
    title = "Only the author of the post may do that"


class RepliesRestricted(Forbidden):
    code = "replies_restricted"
    title = "The author of the post does not take comments from you"


class TooManyPins(Conflict):
    code = "too_many_pins"
    title = "Three posts are pinned already; unpin one first"


class HighlightFull(Conflict):
    code = "highlight_full"
    title = "The highlight has as many stories as one can"


class TooManyHighlights(Conflict):
    code = "too_many_highlights"
    title = "You have as many highlights as one can; delete one first"
