"""How many people are active."""

import datetime as dt

from accounts.models import User


def active_people_count(since: dt.date) -> int:
    """Count the people who signed in or renewed their session on or after a day."""
    return User.objects.filter(last_active_on__gte=since).count()
