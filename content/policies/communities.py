"""Who may do what to whom in a community."""

from content.enums import CommunityRole

_RANKS = {CommunityRole.MEMBER: 0, CommunityRole.MODERATOR: 1, CommunityRole.OWNER: 2}


def may_remove(own_role: str | None, role: str) -> bool:
    """Tell whether somebody may remove a member of a role: a moderator members, an owner moderators too."""
    return own_role is not None and _RANKS[CommunityRole(own_role)] > _RANKS[CommunityRole(role)]


def may_appoint(own_role: str | None, *, is_self: bool) -> bool:
    """Tell whether somebody may change the role of a member: the owner, of everybody else."""
    return own_role == CommunityRole.OWNER and not is_self
