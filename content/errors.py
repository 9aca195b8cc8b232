"""The refusals of content."""

from grover.core.errors import Conflict, Forbidden, NotFound


class NotTheAuthor(Forbidden):
    code = "not_the_author"
    title = "Only its author may do that"


class NotYourPost(Forbidden):
    code = "not_your_post"
    title = "Only the author of the post may do that"


class PostLocked(Forbidden):
    code = "post_locked"
    title = "Only those who paid for the post may do that"


class NothingToBuy(Conflict):
    code = "nothing_to_buy"
    title = "The post has no price"


class RepliesRestricted(Forbidden):
    code = "replies_restricted"
    title = "The author of the post does not take comments from you"


class TooManyPins(Conflict):
    code = "too_many_pins"
    title = "Three posts are pinned already; unpin one first"


class NotForAll(Forbidden):
    code = "not_for_all"
    title = "Only posts that everybody may see can be passed on or quoted"


class NoPoll(NotFound):
    code = "no_poll"
    title = "The post has no poll"


class PollClosed(Conflict):
    code = "poll_closed"
    title = "The poll takes no more votes"


class AlreadyPublished(Conflict):
    code = "already_published"
    title = "The post was published meanwhile; edit or delete the post itself"


class TooManyDrafts(Conflict):
    code = "too_many_drafts"
    title = "You have as many drafts and scheduled posts as you may"


class NotAMember(Forbidden):
    code = "not_a_member"
    title = "Only members of the community may do that"


class NotAllowedInCommunity(Forbidden):
    code = "not_allowed_in_community"
    title = "Your role in the community does not allow that"


class OwnerCannotLeave(Conflict):
    code = "owner_cannot_leave"
    title = "Hand the community over or close it first"


class TooManyCommunities(Conflict):
    code = "too_many_communities"
    title = "You are a member of as many communities as you may be"


class CollectionFull(Conflict):
    code = "collection_full"
    title = "The collection holds as many posts as it may"


class TooManyCollections(Conflict):
    code = "too_many_collections"
    title = "You have as many collections as you may"


class NotYourCollection(Forbidden):
    code = "not_your_collection"
    title = "Only its owner may do that"


class HighlightFull(Conflict):
    code = "highlight_full"
    title = "The highlight has as many stories as one can"


class TooManyHighlights(Conflict):
    code = "too_many_highlights"
    title = "You have as many highlights as one can; delete one first"
