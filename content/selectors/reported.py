"""Posts, comments and stories as the staff sees those that were reported, whoever else may see them."""

import uuid

from accounts.cards.moderation import ReportedThing
from accounts.enums import DecisionKind
from content.models import Comment, Post, Story

MEASURES = (DecisionKind.HIDE.value, DecisionKind.REMOVE.value)


def find_reported(kind: str, thing_id: uuid.UUID) -> ReportedThing | None:
    """Show a post, comment or story with what it stands in; None when it is gone or another kind."""
    match kind:
        case "post":
            return _find_post(thing_id)
        case "comment":
            return _find_comment(thing_id)
        case "story":
            return _find_story(thing_id)
    return None


def _find_post(post_id: uuid.UUID) -> ReportedThing | None:
    post = Post.objects.select_related("quote_of").filter(pk=post_id).first()
    if post is None:
        return None
    quoted = "" if post.quote_of is None else f"Quotes: {post.quote_of.text}"
    context = [f"{post.get_visibility_display()}, {post.moderation}", post.content_warning, quoted]
    return ReportedThing(
        owner_id=post.author_id,
        text=post.text,
        context="\n".join(filter(None, context)),
        image_ids=[uuid.UUID(key) for key in post.media_ids],
        measures=MEASURES,
    )


def _find_comment(comment_id: uuid.UUID) -> ReportedThing | None:
    comment = Comment.objects.select_related("post", "parent").filter(pk=comment_id).first()
    if comment is None or comment.post is None:
        return None
    answered = "" if comment.parent is None else f"In reply to: {comment.parent.text}"
    context = [comment.moderation, answered, f"Under the post: {comment.post.text}"]
    return ReportedThing(
        owner_id=comment.author_id,
        text=comment.text,
        context="\n".join(filter(None, context)),
        measures=MEASURES,
    )


def _find_story(story_id: uuid.UUID) -> ReportedThing | None:
    story = Story.objects.filter(pk=story_id).first()
    if story is None:
        return None
    until = f"until {story.expires_at:%Y-%m-%d %H:%M}"
    return ReportedThing(
        owner_id=story.author_id,
        text=story.text,
        context=f"{story.get_audience_display()}, {story.moderation}, {until}",
        image_ids=[] if story.media_id is None else [story.media_id],
        measures=MEASURES,
    )
