"""Refusals to do with people: profiles, follows, blocks, settings, reports, exports."""

from rest_framework import status

from grover.core.errors import Conflict, Forbidden, Invalid, Problem


class AccountPrivate(Forbidden):
    code = "account_private"
    title = "Only accepted followers of this person see this"


class FollowLimitReached(Forbidden):
    code = "follow_limit_reached"
    title = "You follow as many people as one can"


class OwnAccount(Invalid):
    code = "own_account"
    title = "This cannot be done to oneself"


class UnblockFirst(Conflict):
    code = "unblock_first"
    title = "You block this person"


class TransitionRefused(Conflict):
    code = "transition_refused"
    title = "In its present state this cannot be done"


class StaffOnly(Forbidden):
    code = "staff_only"
    title = "Only staff do this"


class StaffProtected(Forbidden):
    code = "staff_protected"
    title = "Only a superuser does this to a member of the staff"


class AppealedAlready(Conflict):
    code = "appealed_already"
    title = "A decision can be appealed once, and this one was"


class AppealTooLate(Conflict):
    code = "appeal_too_late"
    title = "The time to appeal this decision is over"


class OwnDecision(Forbidden):
    code = "own_decision"
    title = "Somebody else of the staff must decide on an appeal against one's own decision"


class ExportFailed(Conflict):
    code = "export_failed"
    title = "The export could not be made; ask for a new one"


class ExportExpired(Problem):
    status = status.HTTP_410_GONE
    code = "export_expired"
    title = "The export was kept for a week and is gone; ask for a new one"
