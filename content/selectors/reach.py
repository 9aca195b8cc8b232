"""Whether a viewer reaches a thing that another app only knows by its name."""

import uuid

from django.utils import timezone

from content.errors import PostLocked
from content.selectors.comments import visible_comment
from content.selectors.posts import readable_post, visible_post
from content.selectors.stories import STORY, sees_story
from grover.core.errors import NotFound
from grover.core.ids import parse_id
from grover.core.viewers import AnyViewer


def find_reportable(kind: str, thing_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer sees the post, comment or story they report; None when it is none."""
    match kind:
        case "post":
            return _sees_post(viewer, thing_id)
        case "comment":
            return _sees_comment(viewer, thing_id)
        case "story":
            return sees_story(viewer, thing_id, now=timezone.now())
    return None


def may_view_attached(attached_to: str, owner_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer may fetch an upload that hangs on a post or draft; None for anything else."""
    kind, _, text = attached_to.partition(":")
    if kind == "draft":
        return viewer.id == owner_id
    post_id = parse_id(text)
    if kind != "post" or post_id is None:
        return None
    return _reads_post(viewer, post_id)


def may_view_story_media(attached_to: str, owner_id: uuid.UUID, viewer: AnyViewer) -> bool | None:
    """Tell whether the viewer may fetch an upload that hangs on a story; None when it hangs elsewhere."""
    kind, _, text = attached_to.partition(":")
    story_id = parse_id(text)
    if kind != STORY or story_id is None:
        return None
    return sees_story(viewer, story_id, now=timezone.now())


def _sees_post(viewer: AnyViewer, post_id: uuid.UUID) -> bool:
    try:
        visible_post(viewer, post_id)
    except NotFound:
        return False
    return True


def _reads_post(viewer: AnyViewer, post_id: uuid.UUID) -> bool:
    try:
        readable_post(viewer, post_id)
    except (NotFound, PostLocked):
        return False
    return True


def _sees_comment(viewer: AnyViewer, comment_id: uuid.UUID) -> bool:
    try:
        visible_comment(viewer, comment_id)
    except (NotFound, PostLocked):
        return False
    return True
