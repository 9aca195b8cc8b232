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
