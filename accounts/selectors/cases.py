"""What was reported, as the staff sees it."""

import uuid

from accounts import ports
from accounts.cards.moderation import ReportedThing
from accounts.models import User

USER = "user"


def find_thing(kind: str, thing_id: uuid.UUID) -> ReportedThing | None:
    """Show a thing that was reported, by whichever app it belongs to; None when it is gone."""
    if kind == USER:
        return _find_person(thing_id)
    return next((thing for thing in ports.find_reported.call(kind, thing_id) if thing is not None), None)


def _find_person(user_id: uuid.UUID) -> ReportedThing | None:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return None
    images = [key for key in (user.avatar_id, user.cover_id) if key is not None]
    lines = (user.display_name, user.bio, user.website, user.location)
    return ReportedThing(
        owner_id=user_id, text="\n".join(filter(None, lines)), context=user.status, image_ids=images
    )
