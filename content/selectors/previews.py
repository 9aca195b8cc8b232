"""Posts as those see them who have not paid: made of what is named here, and of nothing else."""

from content.cards import PostCard, PreviewMediaCard
from grover.media.cards import MediaCard


def preview_of(card: PostCard) -> PostCard:
    """Show a published post to who has not paid for it and did nothing to it."""
    return PostCard(
        id=card.id,
        state=card.state,
        failure=None,
        publish_at=None,
        author=card.author,
        text="",
        entities=[],
        media=[],
        poll=None,
        quote_of=None,
        quoted=None,
        reposted_by=[],
        visibility=card.visibility,
        is_locked=True,
        price=card.price,
        preview=card.preview,
        preview_media=[_preview_of_upload(upload) for upload in card.media],
        content_warning=card.content_warning,
        reply_policy=card.reply_policy,
        community_id=card.community_id,
        category=card.category,
        location=None,
        is_pinned=card.is_pinned,
        created_at=card.created_at,
        edited_at=card.edited_at,
        counts=card.counts,
        viewer=card.viewer,
    )


def _preview_of_upload(upload: MediaCard) -> PreviewMediaCard:
    return PreviewMediaCard(
        kind=upload.kind, width=upload.width, height=upload.height, blurhash=upload.blurhash
    )
