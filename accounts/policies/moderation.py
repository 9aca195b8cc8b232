"""What the staff may do, and to whom."""

from accounts.errors.people import OwnAccount, StaffOnly, StaffProtected
from accounts.models import User


def check_is_staff(staff: User | None) -> User:
    """Give the member of the staff; refuse everybody else."""
    if staff is None or not staff.is_active or not staff.is_staff:
        raise StaffOnly
    return staff


def check_can_moderate(staff: User, target: User) -> None:
    """Refuse what a member of the staff may not do to this person: themself, or a colleague."""
    if staff.pk == target.pk:
        raise OwnAccount
    if target.is_staff and not staff.is_superuser:
        raise StaffProtected
